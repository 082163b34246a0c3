"""Limit log lines by kind: let the first few of a window through, count the rest.

Pure: the clock is passed in, in seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

LINES: Final = 10
WINDOW_S: Final = 60.0
LONGEST_WINDOW_S: Final = 960.0
MOST_KINDS: Final = 500


class LogKind(NamedTuple):
    """What makes two lines alike: the logger, the level, and the text without its arguments."""

    logger: str
    level: int
    text: str


OTHER: Final = LogKind("summitwire.log", 30, "lines of many other kinds")
"""The kind of every line that comes while MOST_KINDS others are counted."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """How many lines of a kind were held back, and over how long."""

    kind: LogKind
    lines: int
    seconds: float


@dataclass(slots=True)
class _Window:
    start: float
    length_s: float
    passed: int = 0
    held: int = 0


class LogLimit:
    """Let at most ``lines`` of a kind pass in a window, and report how many more there were once it ends.

    The window of a kind that goes on overflowing doubles, up to 16 minutes; it is short again after a window
    in which nothing was held back. Every line either passes or is counted in exactly one HeldBack.
    """

    def __init__(
        self, lines: int = LINES, window_s: float = WINDOW_S, most_kinds: int = MOST_KINDS
    ) -> None:
        self._lines, self._window_s, self._most_kinds = lines, window_s, most_kinds
        self._windows: dict[LogKind, _Window] = {}
        self._ended: list[HeldBack] = []

    def allow(self, kind: LogKind, now: float) -> bool:
        """Return whether a line of this kind may be written now; one that may not is counted."""
        if kind not in self._windows and len(self._windows) >= self._most_kinds:
            kind = OTHER
        window = self._window(kind, now)
        if window.passed < self._lines:
            window.passed += 1
            return True
        window.held += 1
        return False

    def due(self, now: float) -> Sequence[HeldBack]:
        """Return what was held back in windows that have ended since the last call."""
        for kind, window in list(self._windows.items()):
            if now - window.start >= window.length_s:
                self._renew(kind, window, now)
        ended, self._ended = self._ended, []
        return ended

    def flush(self, now: float) -> Sequence[HeldBack]:
        """Return what was held back until now, because the process is about to stop."""
        for kind, window in self._windows.items():
            self._report(kind, window, now)
        self._windows.clear()
        ended, self._ended = self._ended, []
        return ended

    def _window(self, kind: LogKind, now: float) -> _Window:
        window = self._windows.get(kind)
        if window is not None and now - window.start >= window.length_s:
            self._renew(kind, window, now)
            window = self._windows.get(kind)
        if window is None:
            window = self._windows[kind] = _Window(now, self._window_s)
        return window

    def _renew(self, kind: LogKind, window: _Window, now: float) -> None:
        """End a window; where it overflowed, begin one of twice the length."""
        overflowed = window.held > 0
        self._report(kind, window, now)
        if overflowed:
            length_s = max(self._window_s, min(LONGEST_WINDOW_S, window.length_s * 2))
            self._windows[kind] = _Window(now, length_s)
        else:
            del self._windows[kind]

    def _report(self, kind: LogKind, window: _Window, now: float) -> None:
        if window.held:
            self._ended.append(HeldBack(kind, window.held, now - window.start))
