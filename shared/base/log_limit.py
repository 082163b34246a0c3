"""Limit log lines by kind: pass the first few of a time window and count the others.

Pure: the clock is passed in, in seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

LINES: Final = 10
WINDOW_S: Final = 60.0
LONGEST_WINDOW_S: Final = 960.0
MAX_KINDS: Final = 500


class LogKind(NamedTuple):
    """What makes two lines alike: the logger, the level, and the text without its arguments."""

    logger: str
    level: int
    text: str


MIXED_KIND: Final = LogKind("summitwire.log", 30, "lines of many other kinds")
"""The kind of every further line while MAX_KINDS kinds are counted already."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """How many lines of a kind were suppressed, and over how many seconds."""

    kind: LogKind
    lines: int
    seconds: float


@dataclass(slots=True)
class _Window:
    start: float
    length_s: float
    passed: int = 0
    suppressed: int = 0


class LogLimit:
    """Lets at most ``lines`` of a kind pass in a window and reports the others when it ends.

    While a kind keeps overflowing its window doubles, up to 16 minutes; after a window in which
    nothing was suppressed it is short again. Every line either passes or is counted in exactly one
    HeldBack.
    """

    def __init__(
        self, lines: int = LINES, window_s: float = WINDOW_S, max_kinds: int = MAX_KINDS
    ) -> None:
        self._lines, self._window_s, self._max_kinds = lines, window_s, max_kinds
        self._windows: dict[LogKind, _Window] = {}
        self._ended: list[HeldBack] = []

    def allow(self, kind: LogKind, now: float) -> bool:
        """Return whether a line of this kind may be written now; if not, count it."""
        if kind not in self._windows and len(self._windows) >= self._max_kinds:
            kind = MIXED_KIND
        window = self._window(kind, now)
        if window.passed < self._lines:
            window.passed += 1
            return True
        window.suppressed += 1
        return False

    def due(self, now: float) -> Sequence[HeldBack]:
        """Return what was suppressed in windows that have ended since the last call."""
        for kind, window in list(self._windows.items()):
            if now - window.start >= window.length_s:
                self._renew(kind, window, now)
        ended, self._ended = self._ended, []
        return ended

    def flush(self, now: float) -> Sequence[HeldBack]:
        """Return what was suppressed until now, because the process is about to stop."""
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
        """End a window; if it overflowed, start one of twice the length."""
        overflowed = window.suppressed > 0
        self._report(kind, window, now)
        if overflowed:
            length_s = max(self._window_s, min(LONGEST_WINDOW_S, window.length_s * 2))
            self._windows[kind] = _Window(now, length_s)
        else:
            del self._windows[kind]

    def _report(self, kind: LogKind, window: _Window, now: float) -> None:
        if window.suppressed:
            self._ended.append(HeldBack(kind, window.suppressed, now - window.start))
