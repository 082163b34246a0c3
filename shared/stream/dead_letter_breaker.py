"""A circuit breaker on dead letters.

After a bad deployment a stage pauses instead of moving a whole topic into its dead-letter topic.
Closed, the breaker counts. Open, the stage reads nothing. After a pause it is half-open: a few
records are processed on trial, and it closes if most of them succeed, or opens again for twice as
long. Pure: the clock is passed in, in seconds.
"""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

WINDOW_S: Final = 60.0
MAX_DEAD_SHARE: Final = 0.5
"""It opens if more than this share of the window's records became dead letters for a whole
window."""
MIN_DEAD_LETTERS: Final = 10
"""Fewer dead letters in a window are too few to judge by."""
ENOUGH_DEAD_LETTERS: Final = 1_000
"""So many dead letters in a window open it at once: a backlog would be gone within a minute."""
ALMOST_A_WINDOW: Final = 0.95
"""This share of a window counts as a whole one: the first of its records is about to leave it."""
FIRST_PAUSE_S: Final = 60.0
LONGEST_PAUSE_S: Final = 600.0
TRIAL_RECORDS: Final = 10
"""How many records of each partition are processed on trial after a pause."""


@dataclass(slots=True)
class DeadLetterBreaker:
    """One stage's breaker: ``count`` each committed batch, check ``is_open`` before each fetch."""

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
        """Count a batch of ``records`` with the error class of each dead letter in it.

        What ends while the breaker is open does not count.
        """
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
        """Return whether the stage must not read now."""
        return self._open_until is not None and now < self._open_until

    @property
    def is_on_trial(self) -> bool:
        """Return whether it opened and has not closed since: the next records are on trial."""
        return self._open_until is not None

    def reason(self) -> str:
        """Return why it is open or half-open; "" while it is closed."""
        return self._reason

    def _is_over(self, now: float) -> bool:
        while self._batches and self._batches[0][0] < now - self.window_s:
            _, dead, records = self._batches.popleft()
            self._dead, self._records = self._dead - dead, self._records - records
        if self._dead < MIN_DEAD_LETTERS or self._dead <= MAX_DEAD_SHARE * self._records:
            self._over_since = None
            return False
        if self._over_since is None:
            self._over_since = next(time for time, dead, _ in self._batches if dead)
        over_s = now - self._over_since
        if self._dead < ENOUGH_DEAD_LETTERS and over_s < self.window_s * ALMOST_A_WINDOW:
            return False
        error = self._errors.most_common(1)[0][0]
        self._reason = (
            f"{self._dead} of its last {self._records} records became dead letters, "
            f"most with {error}"
        )
        return True

    def _end_trial(self, dead: int, records: int, now: float) -> None:
        if dead > MAX_DEAD_SHARE * records:
            self._open(now, min(LONGEST_PAUSE_S, self._pause_s * 2))
        else:
            self._open_until, self._reason = None, ""
        self._dead = self._records = 0
        self._batches.clear()
        self._errors.clear()
        self._over_since = None

    def _open(self, now: float, pause_s: float) -> None:
        self._pause_s, self._open_until = pause_s, now + pause_s
