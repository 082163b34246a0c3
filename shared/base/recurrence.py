"""Tell problems that persist from those that pass.

Pure: the clock is passed in, in seconds.
"""

from collections.abc import Hashable
from typing import Final

RECURRENT_AFTER_S: Final = 30.0
GAP_S: Final = 15.0
"""After a pause of this length a problem counts as new."""
MAX_PROBLEMS: Final = 500


class RecurrenceTracker:
    """Tracks what recurs for half a minute."""

    def __init__(self) -> None:
        self._times: dict[Hashable, tuple[float, float]] = {}

    def is_recurrent(self, problem: Hashable, now: float) -> bool:
        """Note a problem; return whether it has recurred for RECURRENT_AFTER_S."""
        first, last = self._times.pop(problem, (now, now))
        if now - last > GAP_S:
            first = now
        self._times[problem] = (first, now)  # popped and set again, so the oldest comes first
        if len(self._times) > MAX_PROBLEMS:
            del self._times[next(iter(self._times))]
        return now - first >= RECURRENT_AFTER_S
