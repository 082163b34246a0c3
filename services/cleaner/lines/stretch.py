"""Where the article lies among the lines: the stretch with the most running text and the least junk.

Kadane's maximum sum over one weight a line. A clean text has no junk, so the stretch is all of it; behind an article, offers and lists
of links outweigh the odd sentence between them.
"""

from collections.abc import Sequence
from typing import Final

from services.cleaner.lines.line_types import TextLine, is_paragraph
from services.cleaner.lines.repeats import REPEATED

_PROSE_AT_MOST: Final = 40
"""A long paragraph counts no more than this many words, so that one in a footer cannot bridge it."""
_JUNK: Final = -12
_FRAGMENT: Final = -6


def weight(line: TextLine) -> int:
    """Positive for running text, by its words; negative for junk, a little for fragments (subheads, links), zero for listed items."""
    if line.junk:
        return _FRAGMENT if line.junk == REPEATED else _JUNK
    if line.prose:
        return min(line.words, _PROSE_AT_MOST)
    return 0 if line.listed else _FRAGMENT


def best_stretch(lines: Sequence[TextLine]) -> tuple[int, int]:
    """Start and end (exclusive) of the best stretch; the longest or last of equals, (0, 0) where no line is running text."""
    return best_run([weight(line) for line in lines])


def best_run(weights: Sequence[float]) -> tuple[int, int]:
    """Start and end (exclusive) of the neighbours with the greatest sum (Kadane); the longest or last of equals, (0, 0) if none is positive."""
    best, best_sum, start, total = (0, 0), 0.0, 0, 0.0
    for at, value in enumerate(weights):
        if total <= 0:
            start, total = at, 0.0
        total += value
        if total > 0 and total >= best_sum:
            best, best_sum = (start, at + 1), total
    return best


def widened(lines: Sequence[TextLine], start: int, end: int) -> tuple[int, int]:
    """The stretch with short paragraphs that only one line of junk (an advertisement, a caption) parts from it, and lists behind it."""
    while start > 1 and lines[start - 1].junk and is_paragraph(lines[start - 2]):
        start -= 2
    while end < len(lines) and lines[end].listed and not lines[end].junk:
        end += 1
    if (
        end < len(lines)
        and sum(bool(line.junk) for line in lines[end:]) == 1
        and is_paragraph(lines[-1])
    ):
        end = len(lines)
    return start, end
