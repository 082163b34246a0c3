"""Has something gone on for long? Pure: the clock is passed in, in seconds."""

from collections.abc import Hashable
from typing import Final

RECURRENT_AFTER_S: Final = 30.0
GAP_S: Final = 15.0
"""After a pause of this length it counts as having begun anew."""
MOST: Final = 500


class RecurrenceTracker:
    """Tell what passes by itself from what goes on: what recurs for half a minute."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, tuple[float, float]] = {}

    def is_recurrent(self, what: Hashable, now: float) -> bool:
        """Note that it has happened; return whether it has recurred for GOES_ON_AFTER_S."""
        first, last = self._seen.pop(what, (now, now))
        if now - last > GAP_S:
            first = now
        self._seen[what] = (first, now)  # popped and set anew: the oldest stands first
        if len(self._seen) > MOST:
            del self._seen[next(iter(self._seen))]
        return now - first >= RECURRENT_AFTER_S
