"""Slack's rate limits: a message a second in a webhook or channel, and calls a minute of a method.

The figures are from docs.slack.dev, "Rate limits"; how large a burst may be is not documented.
"""

from dataclasses import dataclass, field
from typing import Final

PER_SECOND: Final = 1.0
BURST: Final = 3
PER_MINUTE: Final = 50
"""Tier 3, which chat.update and what reads messages and reactions are in."""
RETRY_AFTER_S: Final = 1


@dataclass(slots=True)
class _TokenBucket:
    """So many at once, then so many a second."""

    tokens: float
    size: float
    at_s: float = 0.0

    def take(self, now_s: float, per_second: float) -> bool:
        self.tokens = min(self.size, self.tokens + (now_s - self.at_s) * per_second)
        self.at_s = now_s
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass(slots=True)
class SlackRateLimits:
    """The limits of each webhook, channel and method, by any key. Times are monotonic seconds."""

    _buckets: dict[tuple[str, str], _TokenBucket] = field(default_factory=dict)

    def admit_message(self, kind: str, name: str, now_s: float, per_second: float) -> bool:
        """Return whether a webhook (``kind`` hook) or channel takes another message now."""
        bucket = self._buckets.setdefault((kind, name), _TokenBucket(BURST, BURST))
        return bucket.take(now_s, per_second)

    def admit_call(self, method: str, now_s: float, per_minute: float) -> bool:
        """Return whether the method may be called now; a minute's calls may come at once."""
        bucket = self._buckets.setdefault(("method", method), _TokenBucket(per_minute, per_minute))
        return bucket.take(now_s, per_minute / 60)
