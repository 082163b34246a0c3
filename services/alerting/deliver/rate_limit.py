"""The pace of one address: rate limit, waits after failures such as a 429, circuit breaker. Pure.

Times are seconds of a monotonic clock; ``jitter`` is random, 0 ≤ jitter < 1.
"""

from dataclasses import dataclass, replace
from typing import Final

from services.alerting.deliver.channels.answers import Answer, Verdict

SPACING_S: Final = 1.0
"""Slack: one message per second per incoming webhook (docs.slack.dev, rate limits)."""
FIRST_WAIT_S: Final = 1.0
MAX_WAIT_S: Final = 300.0
OPEN_S: Final = 300.0
"""An address that is gone is tried again after this time: someone may have repaired it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """``ready_at``: no post before; ``failures`` in a row; ``open_until``: None if it is closed."""

    ready_at: float = 0.0
    failures: int = 0
    open_until: float | None = None

    def is_open(self, now: float) -> bool:
        """Return whether the address refuses everything and must not be tried."""
        return self.open_until is not None and now < self.open_until


def on_send(limit: RateLimit, now: float) -> RateLimit:
    """Return the state when a post begins: the next one follows a second later."""
    return replace(limit, ready_at=max(limit.ready_at, now + SPACING_S))


def on_response(limit: RateLimit, answer: Answer, *, now: float, jitter: float) -> RateLimit:
    """Return the state after an answer: closed, waiting (as long as it was asked to), or open."""
    if answer.verdict in (Verdict.ACCEPTED, Verdict.MALFORMED):
        return replace(limit, failures=0, open_until=None)
    if answer.verdict is Verdict.GONE:
        return replace(limit, open_until=now + OPEN_S)
    failures = limit.failures + 1
    ready_at = max(limit.ready_at, now + wait_s(answer, failures, jitter))
    return replace(limit, failures=failures, ready_at=ready_at)


def wait_s(answer: Answer, tries: int, jitter: float) -> float:
    """Return how long to wait before the next try, after ``tries`` tries.

    It is what the destination asked for, else full jitter over a span that doubles with each try.
    Full jitter: AWS Architecture Blog, "Exponential Backoff and Jitter" (2015).
    """
    if answer.retry_after_s is not None:
        return answer.retry_after_s
    return jitter * min(MAX_WAIT_S, FIRST_WAIT_S * 2.0 ** min(tries - 1, 20))
