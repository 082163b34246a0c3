"""A circuit breaker on dead letters: after a bad deploy a stage pauses instead of emptying a topic into the dead-letter topic.

Pure: the clock is passed in, in seconds. Closed, it counts; open, the stage reads nothing; after a pause it lets a few records through and
closes when most of them are good, or else opens again for twice as long.
"""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

WINDOW_S: Final = 60.0
SHARE: Final = 0.5
"""It opens when more than this share of the window's records died, for as long as a window."""
LEAST: Final = 10
"""Dead letters in a window that are too few to judge by."""
MOST: Final = 1_000
"""Dead letters in a window that are enough to judge by at once: a backlog would not last a minute."""
ALMOST: Final = 0.95
"""Of a window is a window: the first of its records is just leaving it."""
FIRST_PAUSE_S: Final = 60.0
LONGEST_PAUSE_S: Final = 600.0
TRIAL_RECORDS: Final = 10
"""So many of each partition are tried after a pause."""


@dataclass(slots=True)
class DeadLetterBreaker:
    """One stage's breaker. ``count`` each committed batch, and ask ``is_open`` before the next fetch."""

    window_s: float = WINDOW_S
    first_pause_s: float = FIRST_PAUSE_S
    _batches: deque[tuple[float, int, int]] = field(default_factory=deque)
    _errors: Counter[str] = field(default_factory=Counter)
    _dead: int = 0
    _records: int = 0
    _over_since: float | None = None
    _open_until: float | None = None
    _pause_s: float = 0.0
    _reason: str = ""

    def count(self, errors: Iterable[str], records: int, now: float) -> None:
        """Count a batch: the error class of each dead letter in it, and how many records it had. What ends while it is open counts for nothing."""
        if self.is_open(now):
            return
        classes = list(errors)
        self._batches.append((now, len(classes), records))
        self._dead, self._records = self._dead + len(classes), self._records + records
        self._errors.update(classes)
        if self._open_until is not None:
            self._end_trial(len(classes), records, now)
        elif self._is_over(now):
            self._open(now, self.first_pause_s)

    def is_open(self, now: float) -> bool:
        """Return whether the stage must read nothing now."""
        return self._open_until is not None and now < self._open_until

    @property
    def is_on_trial(self) -> bool:
        """Whether it has opened and not closed since: what is read once the pause is over is read on trial."""
        return self._open_until is not None

    def reason(self) -> str:
        """Return why it is open or on trial; "" while it is closed."""
        return self._reason

    def _is_over(self, now: float) -> bool:
        while self._batches and self._batches[0][0] < now - self.window_s:
            _, dead, records = self._batches.popleft()
            self._dead, self._records = self._dead - dead, self._records - records
        if self._dead < LEAST or self._dead <= SHARE * self._records:
            self._over_since = None
            return False
        if self._over_since is None:
            self._over_since = next(at for at, dead, _ in self._batches if dead)
        if self._dead < MOST and now - self._over_since < self.window_s * ALMOST:
            return False
        most = self._errors.most_common(1)[0][0]
        self._reason = f"{self._dead} of its last {self._records} records became dead letters, most with {most}"
        return True

    def _end_trial(self, dead: int, records: int, now: float) -> None:
        if dead > SHARE * records:
            self._open(now, min(LONGEST_PAUSE_S, self._pause_s * 2))
        else:
            self._open_until, self._reason = None, ""
        self._dead = self._records = 0
        self._batches.clear()
        self._errors.clear()
        self._over_since = None

    def _open(self, now: float, pause_s: float) -> None:
        self._pause_s, self._open_until = pause_s, now + pause_s
