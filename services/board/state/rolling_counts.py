"""Counts records per minute or hour of a window that ends now. Pure: the time is passed in."""

from dataclasses import dataclass, field
from typing import Final

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS


@dataclass(slots=True, kw_only=True)
class RollingCount:
    """Counts by record time, in ``buckets`` buckets of ``bucket_ms`` milliseconds."""

    bucket_ms: int
    buckets: int
    _counts: dict[int, int] = field(default_factory=dict)

    @property
    def window_ms(self) -> int:
        """Return how far back a record still counts, in milliseconds."""
        return self.bucket_ms * self.buckets

    def add(self, recorded_ms: int) -> None:
        """Count a record. If times are far apart, only the latest window is kept."""
        bucket = recorded_ms // self.bucket_ms
        self._counts[bucket] = self._counts.get(bucket, 0) + 1
        if len(self._counts) > 2 * self.buckets:
            for old in sorted(self._counts)[: -self.buckets]:
                del self._counts[old]

    def series(self, now_ms: int) -> tuple[int, ...]:
        """Return the window's counts, oldest first.

        Records from the future count as of ``now_ms``.
        """
        last = now_ms // self.bucket_ms
        past = [self._counts.get(bucket, 0) for bucket in range(last - self.buckets + 1, last)]
        return (*past, sum(count for bucket, count in self._counts.items() if bucket >= last))
