"""Where a text is divided: into lines, sentences, paragraphs.

Each division is found once and then looked up by bisection. Searching from each name to the end of
its line would read a text of one long line once per name.
"""

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Final

from shared.messages.schemas import Span


class Breaks:
    """The positions where a pattern matches, in order; its matches must not overlap."""

    def __init__(self, pattern: re.Pattern[str], plain: str) -> None:
        self.starts: Final = [match.start() for match in pattern.finditer(plain)]

    def count(self, start: int, end: int) -> int:
        """Count the matches that begin at ``start`` or later and before ``end``."""
        return bisect_left(self.starts, end) - bisect_left(self.starts, start)

    def last_before(self, position: int) -> int:
        """Return where the last match that begins before ``position`` begins, or -1."""
        index = bisect_left(self.starts, position)
        return self.starts[index - 1] if index else -1


class Sentences:
    """The sentences of a text; what is between two of them belongs to the first one."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.starts: Final = [span.start for span in spans]

    def around(self, start: int, end: int) -> range:
        """Return the range of the sentences that contain the span from ``start`` to ``end``."""
        first, following = bisect_right(self.starts, start), bisect_left(self.starts, end)
        return range(
            self.starts[first - 1] if first else 0,
            self.starts[following] if following < len(self.starts) else sys.maxsize,
        )

    def is_divided(self, start: int, end: int) -> bool:
        """Return whether a sentence begins after ``start`` and not after ``end``."""
        return bisect_right(self.starts, start) < bisect_right(self.starts, end)


class Lines:
    """The lines of a text; each is read once, however many names it contains."""

    def __init__(self, plain: str) -> None:
        self._plain: Final = plain
        self._breaks: Final = Breaks(_NEWLINE, plain).starts
        self._upper: Final[dict[int, bool]] = {}

    def start(self, position: int) -> int:
        """Return the start of the line at ``position``; a newline belongs to the line it ends."""
        return self._start(bisect_left(self._breaks, position))

    def is_upper(self, position: int) -> bool:
        """Return whether the line at ``position`` has letters and all of them are capitals."""
        number = bisect_left(self._breaks, position)
        if number not in self._upper:
            self._upper[number] = self._plain[self._start(number) : self._end(number)].isupper()
        return self._upper[number]

    def _start(self, number: int) -> int:
        return self._breaks[number - 1] + 1 if number else 0

    def _end(self, number: int) -> int:
        return self._breaks[number] if number < len(self._breaks) else len(self._plain)


_NEWLINE: Final = re.compile("\n")
