"""Report an outage of the broker in two log lines: one when it starts, one when it ends.

There are two sources: the Kafka client's own error lines (``on_error_line``), and a probe that asks
the broker (``on_broker_lost``, ``on_broker_back``). Once a probe has reported, it alone decides.
Pure: the clock is passed in, in seconds.
"""

from dataclasses import dataclass
from typing import Final

BEGINS_AFTER_S: Final = 2.0
"""A broker that restarts, a leader that moves: the client recovers from shorter errors by
itself."""
QUIET_S: Final = 15.0
"""Without a probe, no error line for this long means that the broker answers: the client retries
faster."""


@dataclass(frozen=True, slots=True)
class OutageStart:
    """The broker has not answered for ``seconds``."""

    seconds: float


@dataclass(frozen=True, slots=True)
class OutageEnd:
    """The broker answers again after ``seconds``; ``lines`` of its clients were suppressed."""

    seconds: float
    lines: int


class OutageLog:
    """Decides from error lines, or from a probe, when an outage starts and ends."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._last = 0.0
        self._lines = 0
        self._is_open = self._is_probed = False

    @property
    def is_open(self) -> bool:
        """Return whether an outage has been reported and has not ended."""
        return self._is_open

    @property
    def is_probed(self) -> bool:
        """Return whether a probe has reported: then an error line alone starts no outage."""
        return self._is_probed

    def on_error_line(self, now: float) -> OutageStart | None:
        """Count a client's error line; return the start of the outage if this line reveals one."""
        self._lines += 1
        if self._is_probed and not self._is_open:
            return None
        if self._first is None:
            self._first = now
        self._last = now
        return None if self._is_open or now - self._first < BEGINS_AFTER_S else self._begin(now)

    def on_broker_lost(self, now: float, since: float | None = None) -> OutageStart | None:
        """Note that a probe gets no answer, since ``since``; return the outage's start, once."""
        self._is_probed = True
        if self._is_open:
            return None
        candidates = [moment for moment in (self._first, since) if moment is not None]
        self._first, self._last = min(candidates, default=now), now
        return self._begin(now)

    def on_broker_back(self, now: float) -> OutageEnd | None:
        """Note that a probe got an answer; return the end of the outage if there was one."""
        self._is_probed = True
        return self._end(now)

    def tick(self, now: float) -> OutageEnd | None:
        """Check the clock: without a probe, an outage ends when the error lines stop."""
        if self._first is None or self._is_probed or now - self._last < QUIET_S:
            return None
        return self._end(self._last)

    def _begin(self, now: float) -> OutageStart:
        assert self._first is not None  # noqa: S101 - set by both callers
        self._is_open = True
        return OutageStart(now - self._first)

    def _end(self, now: float) -> OutageEnd | None:
        first, lines, was_open = self._first, self._lines, self._is_open
        self._first, self._lines, self._is_open = None, 0, False
        return OutageEnd(now - first, lines) if was_open and first is not None else None
