"""Where the article lies among the lines: the stretch with the most running text and the least junk.

Kadane's maximum sum over one weight a line. A clean text has no junk, so the stretch is all of it; behind an article, offers and lists
of links outweigh the odd sentence between them.
"""

from collections.abc import Sequence
from typing import Final

from services.cleaner.lines.kinds import Line

_PROSE_AT_MOST: Final = 40
"""A long paragraph counts no more than this many words, so that one in a footer cannot bridge it."""
_JUNK: Final = -25
_FRAGMENT: Final = -6


def weight(line: Line) -> int:
    """Positive for running text, by its words; negative for junk, and a little for fragments such as subheads and links."""
    if line.junk:
        return _JUNK
    return min(line.words, _PROSE_AT_MOST) if line.prose else _FRAGMENT


def best_stretch(lines: Sequence[Line]) -> tuple[int, int]:
    """Start and end (exclusive) of the best stretch; the first of equals, (0, 0) where no line is running text."""
    best, best_sum, start, total = (0, 0), 0, 0, 0
    for at, line in enumerate(lines):
        if total <= 0:
            start, total = at, 0
        total += weight(line)
        if total > best_sum:
            best, best_sum = (start, at + 1), total
    return best
