"""Where a text is divided: into lines, sentences, paragraphs. Each division is sought once, then looked up by bisection.

Whoever looks from each name for the end of its line reads a text of one long line as often as it has names.
"""

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Final

from shared.messages.schemas import Span


class Breaks:
    """The places where a pattern matches, in order; its matches must not overlap."""

    def __init__(self, pattern: re.Pattern[str], plain: str) -> None:
        self.starts: Final = [found.start() for found in pattern.finditer(plain)]

    def count(self, start: int, end: int) -> int:
        """How many begin from ``start`` to before ``end``."""
        return bisect_left(self.starts, end) - bisect_left(self.starts, start)

    def last_before(self, place: int) -> int:
        """Where the last one begins that begins before ``place``; -1 if none does."""
        at = bisect_left(self.starts, place)
        return self.starts[at - 1] if at else -1


class Sentences:
    """The sentences of a text. What stands between two of them belongs to the first one."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._starts: Final = [span.start for span in spans]

    def around(self, start: int, end: int) -> range:
        """Return the offsets of the sentences in which the span from ``start`` to ``end`` lies."""
        first, following = bisect_right(self._starts, start), bisect_left(self._starts, end)
        return range(
            self._starts[first - 1] if first else 0,
            self._starts[following] if following < len(self._starts) else sys.maxsize,
        )

    def is_divided(self, start: int, end: int) -> bool:
        """Return whether a sentence begins after ``start`` and not after ``end``."""
        return bisect_right(self._starts, start) < bisect_right(self._starts, end)


class Lines:
    """The lines of a text; each is read once, however many names stand in it."""

    def __init__(self, plain: str) -> None:
        self._plain: Final = plain
        self._breaks: Final = Breaks(_NEWLINE, plain).starts
        self._upper: Final[dict[int, bool]] = {}

    def start(self, place: int) -> int:
        """Where the line begins in which ``place`` lies; a newline is the end of its line."""
        return self._start(bisect_left(self._breaks, place))

    def is_upper(self, place: int) -> bool:
        """Whether the line in which ``place`` lies has letters, all of them capitals."""
        number = bisect_left(self._breaks, place)
        if number not in self._upper:
            self._upper[number] = self._plain[self._start(number) : self._end(number)].isupper()
        return self._upper[number]

    def _start(self, number: int) -> int:
        return self._breaks[number - 1] + 1 if number else 0

    def _end(self, number: int) -> int:
        return self._breaks[number] if number < len(self._breaks) else len(self._plain)


_NEWLINE: Final = re.compile("\n")
