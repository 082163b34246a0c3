"""The pace of one address: rate limit, waits after failures such as a 429, circuit breaker. Pure.

Times are seconds of a monotonic clock; ``jitter`` is random, 0 ≤ jitter < 1.
"""

from dataclasses import dataclass, replace
from typing import Final

from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.channel import PostingPace

FIRST_WAIT_S: Final = 1.0
MAX_WAIT_S: Final = 300.0
FIRST_PROBE_S: Final = 15.0
MAX_PROBE_S: Final = 300.0
"""An address that refuses everything is probed, ever less often: someone may have repaired it."""
OUTAGE_FAILURES: Final = 4
"""After so many failures in a row what waits is a backlog, not a queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """``ready_at``: no post before; ``failures`` in a row; ``open_until``: None if it is closed.

    ``refusals`` counts the answers in a row that say that the address is gone. ``paced_until`` is
    when all posts so far would have begun at least, each a spacing after the one before.
    """

    ready_at: float = 0.0
    paced_until: float = 0.0
    failures: int = 0
    refusals: int = 0
    open_until: float | None = None

    @property
    def was_out(self) -> bool:
        """Whether the address has taken nothing for so long that what waits is a backlog."""
        return self.open_until is not None or self.failures >= OUTAGE_FAILURES

    def next_at(self) -> float:
        """Return when the next post may begin, a probe of a refusing address included."""
        return max(self.ready_at, self.open_until or 0.0)


def on_send(limit: RateLimit, now: float, pace: PostingPace) -> RateLimit:
    """Return the state when a post begins: the next one keeps the pace (GCRA, a leaky bucket)."""
    paced_until = max(limit.paced_until, now) + pace.spacing_s
    next_at = paced_until - (pace.burst - 1) * pace.spacing_s
    return replace(limit, ready_at=max(limit.ready_at, next_at), paced_until=paced_until)


def on_response(limit: RateLimit, answer: Answer, *, now: float, jitter: float) -> RateLimit:
    """Return the state after an answer: closed, waiting (as long as it was asked to), or open."""
    if answer.verdict in (Verdict.ACCEPTED, Verdict.MALFORMED):
        return replace(limit, failures=0, refusals=0, open_until=None)
    if answer.verdict is Verdict.GONE:
        pause = min(MAX_PROBE_S, FIRST_PROBE_S * 2.0 ** min(limit.refusals, 20))
        return replace(limit, refusals=limit.refusals + 1, open_until=now + pause)
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
