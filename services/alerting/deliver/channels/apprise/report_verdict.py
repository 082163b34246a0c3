"""What a sending by Apprise means for a notification. Pure."""

from datetime import datetime

import msgspec

from services.alerting.deliver.channels.answers import Answer, Verdict, classify


class SendingResult(msgspec.Struct, frozen=True, kw_only=True):
    """The report of the child (sending.py)."""

    is_known: bool
    is_sent: bool
    statuses: tuple[int, ...] = ()
    retry_after: str = ""
    connections: int = 0
    refusals: int = 0
    failures: int = 0


def judge(output: bytes, exit_code: int | None, now: datetime) -> Answer:
    """Return what the child's output means; None as its exit code: it was stopped.

    Apprise says yes or no. A no is what the service's last HTTP status says; without one it is
    certainly unsent only if no connection came about.
    """
    if exit_code is None:
        return Answer(verdict=Verdict.IN_DOUBT, detail="no answer: it took too long")
    try:
        result = msgspec.json.decode(output, type=SendingResult)
    except msgspec.DecodeError:
        return Answer(verdict=Verdict.IN_DOUBT, detail=f"no answer: exit code {exit_code}")
    if result.is_sent:
        return Answer(verdict=Verdict.ACCEPTED, detail="sent")
    if not result.is_known:
        return Answer(verdict=Verdict.GONE, detail="not asked: no service that Apprise knows")
    if result.statuses:
        return _judge_status(result, now)
    if result.connections > result.failures:
        return Answer(verdict=Verdict.IN_DOUBT, detail="no answer")
    if result.refusals:
        return Answer(verdict=Verdict.GONE, detail="not asked: refused")
    return Answer(verdict=Verdict.UNSENT, detail="no answer: connect")


def _judge_status(result: SendingResult, now: datetime) -> Answer:
    """Return what the last status means; what one before it accepted may be part of the message."""
    headers = {"retry-after": result.retry_after} if result.retry_after else {}
    answer = classify(result.statuses[-1], b"", headers, now)
    was_accepted = any(200 <= status < 300 for status in result.statuses)
    if answer.verdict is Verdict.ACCEPTED or (answer.verdict is Verdict.UNSENT and was_accepted):
        return Answer(
            verdict=Verdict.IN_DOUBT, detail=answer.detail, retry_after_s=answer.retry_after_s
        )
    return answer
