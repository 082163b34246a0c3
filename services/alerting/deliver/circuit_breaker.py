"""The pace of one address: a message a second, growing waits after failures, and a circuit for one that refuses everything. Pure.

Times are seconds of a monotonic clock; the dice are passed in, 0 ≤ jitter < 1.
"""

from dataclasses import dataclass, replace
from typing import Final

from services.alerting.deliver.channels.answers import Answer, Verdict

SPACING_S: Final = 1.0
"""Slack: one message per second for each incoming webhook (docs.slack.dev, rate limits)."""
FIRST_WAIT_S: Final = 1.0
MAX_WAIT_S: Final = 300.0
OPEN_S: Final = 300.0
"""An address that is gone is asked again this much later: somebody may have mended it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitBreaker:
    """``ready_at``: no post before; ``failures`` in a row; ``closed_until``: the circuit is open until then, None while all is well."""

    ready_at: float = 0.0
    failures: int = 0
    open_until: float | None = None

    def is_open(self, now: float) -> bool:
        """Whether the address refuses everything and is not to be tried."""
        return self.open_until is not None and now < self.open_until


def on_send(lane: CircuitBreaker, now: float) -> CircuitBreaker:
    """The lane once a post is about to begin: the next one a second later."""
    return replace(lane, ready_at=max(lane.ready_at, now + SPACING_S))


def on_response(
    lane: CircuitBreaker, answer: Answer, *, now: float, jitter: float
) -> CircuitBreaker:
    """The lane after an answer: it recovers, waits (as long as it was asked to, where it was), or is closed."""
    if answer.verdict in (Verdict.ACCEPTED, Verdict.MALFORMED):
        return replace(lane, failures=0, open_until=None)
    if answer.verdict is Verdict.GONE:
        return replace(lane, open_until=now + OPEN_S)
    failures = lane.failures + 1
    return replace(
        lane, failures=failures, ready_at=max(lane.ready_at, now + wait_s(answer, failures, jitter))
    )


def wait_s(answer: Answer, tries: int, jitter: float) -> float:
    """How long to wait before try ``tries`` + 1: what was asked for, else full jitter over a doubling span.

    Full jitter: AWS Architecture Blog, "Exponential Backoff and Jitter" (2015).
    """
    if answer.retry_after_s is not None:
        return answer.retry_after_s
    return jitter * min(MAX_WAIT_S, FIRST_WAIT_S * 2.0 ** min(tries - 1, 20))
