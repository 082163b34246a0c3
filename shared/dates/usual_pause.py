"""How long something that publishes is usually quiet: one definition for sources and feeds. Pure.

The usual pause is the median, over the days known, of the longest pause that ended on each day: a
newsroom that sleeps at night is not quiet every morning.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

MIN_DAYS: Final = 3
"""Days on which a pause must have ended before the usual one is known."""
FACTOR: Final = 3
MIN_QUIET_S: Final = 60 * 60
"""Nothing is called quiet before."""


@dataclass(frozen=True, slots=True)
class UsualPause:
    """How long something is usually quiet, in seconds.

    ``longest_s`` is the longest of the days known, ``longer_s`` the longest but one.
    """

    usual_s: int
    longest_s: int
    longer_s: int

    @classmethod
    def from_minutes(cls, longest_of_days: Iterable[int]) -> Self | None:
        """Build it from the longest pause that ended on each day; None if there are too few."""
        longest = sorted(longest_of_days)
        days_known = len(longest)
        if days_known < MIN_DAYS:
            return None
        return cls(
            usual_s=max(60, (longest[(days_known - 1) // 2] + longest[days_known // 2]) * 30),
            longest_s=longest[-1] * 60,
            longer_s=longest[-2] * 60,
        )

    def is_exceeded(self, quiet_s: float) -> bool:
        """Return whether so long a pause is unusual: three times as long, and longer than ever."""
        return quiet_s >= FACTOR * self.usual_s and quiet_s > self.longest_s
