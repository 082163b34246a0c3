"""What operators are told when nothing is read for long or a stage lags, and when it ends. Pure.

Each trouble is told of once and its end once: the ids of both dispatches come from the trouble's
kind and beginning, so that after a crash deliver recognises what it has sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.alerting.reasons import NotificationReason
from services.alerting.watch.arrivals import Arrivals
from services.alerting.watch.daily_line import format_span
from shared.dates.usual_pause import FACTOR
from shared.messages.ids import content_id
from shared.messages.schemas import Dispatch, OpenTrouble, Severity

READING: Final = "reading"
"""The kind of trouble that nothing is read at all; the other kinds are names of stages."""
MIN_SILENCE: Final = timedelta(minutes=10)
UNKNOWN_SILENCE: Final = timedelta(hours=6)
"""How long nothing may be read while too little is known to say what is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLag:
    """Since when the oldest record waits that a stage has not read."""

    stage: str
    since: datetime


def allowed_silence(arrivals: Arrivals, limit: timedelta | None = None) -> timedelta:
    """Return how long nothing may be read before somebody is told.

    ``arrivals`` are those of all sources as of one. ``limit`` is what operators have set. The
    longest pause is left out, so that one outage does not hide the next.
    """
    if limit is not None:
        return limit
    usual = arrivals.usual_pause("")
    if usual is None:
        return UNKNOWN_SILENCE
    return max(MIN_SILENCE, timedelta(seconds=max(FACTOR * usual.usual_s, usual.longer_s)))


def find_troubles(
    before: Sequence[OpenTrouble],
    last_read_at: datetime | None,
    allowed: timedelta,
    lags: Sequence[StageLag],
    now: datetime,
) -> tuple[OpenTrouble, ...]:
    """Return what is wrong now; ``before`` is what was wrong the last time.

    A stage that lags explains that nothing is read: then only the stage is in trouble.
    """
    troubles = [OpenTrouble(kind=lag.stage, since=lag.since) for lag in lags]
    is_silent = last_read_at is not None and now - last_read_at > allowed
    is_explained = bool(troubles) and all(each.kind != READING for each in before)
    if last_read_at is not None and is_silent and not is_explained:
        troubles.append(OpenTrouble(kind=READING, since=last_read_at))
    return tuple(troubles)


def update_troubles(
    before: Sequence[OpenTrouble],
    current: Sequence[OpenTrouble],
    destination: str,
    now: datetime,
) -> tuple[tuple[OpenTrouble, ...], tuple[Dispatch, ...]]:
    """Return the troubles that are open now, and what the operators' destination is told.

    A trouble of a kind that is open already is the same one, which began when it was first seen.
    Without a destination nobody is told.
    """
    known, wrong = {each.kind: each for each in before}, {each.kind: each for each in current}
    begun = [each for kind, each in wrong.items() if kind not in known]
    over = [each for kind, each in known.items() if kind not in wrong]
    open_now = tuple(known.get(kind, each) for kind, each in sorted(wrong.items()))
    told = [_build_begun(each, destination, now) for each in begun]
    told += [_build_over(each, destination, now) for each in over]
    return open_now, tuple(told) if destination else ()


def _build_begun(trouble: OpenTrouble, destination: str, now: datetime) -> Dispatch:
    span, since = _span(trouble, now), _clock(trouble.since)
    if trouble.kind == READING:
        text = NotificationReason.NOTHING_READ.text(span=span, since=since)
    else:
        text = NotificationReason.STAGE_LAGS.text(stage=trouble.kind, span=span, since=since)
    return _notice(trouble, destination, "begun", Severity.HIGH, text)


def _build_over(trouble: OpenTrouble, destination: str, now: datetime) -> Dispatch:
    span, since = _span(trouble, now), _clock(trouble.since)
    if trouble.kind == READING:
        text = NotificationReason.READ_AGAIN.text(span=span, since=since)
    else:
        text = NotificationReason.STAGE_KEEPS_UP.text(stage=trouble.kind, span=span, since=since)
    return _notice(trouble, destination, "over", Severity.INFO, text)


def _notice(
    trouble: OpenTrouble, destination: str, end: str, severity: Severity, text: str
) -> Dispatch:
    began = trouble.since.isoformat()
    return Dispatch(
        dispatch_id=content_id("watch", destination, trouble.kind, began, end),
        destination=destination,
        kind="notice",
        severity=severity,
        reason=text,
    )


def _span(trouble: OpenTrouble, now: datetime) -> str:
    return format_span(int((now - trouble.since).total_seconds()))


def _clock(moment: datetime) -> str:
    return f"{moment:%d %b %H:%M} UTC"
