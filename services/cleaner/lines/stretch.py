"""Where the article is among the lines: the stretch with the most running text and least junk.

It is Kadane's maximum sum over one weight a line. A clean text has no junk, so the stretch is all
of it; behind an article, offers and lists of links outweigh the odd sentence between them.
"""

from collections.abc import Sequence
from typing import Final

from services.cleaner.lines.line_types import TextLine, is_paragraph
from services.cleaner.lines.repeats import REPEATED

_MAX_PROSE: Final = 40
"""Of a long paragraph so many words count, so that one in a footer cannot bridge the footer."""
_JUNK: Final = -12
_FRAGMENT: Final = -6


def weight(line: TextLine) -> int:
    """Return the line's weight.

    It is positive for running text, by its words; negative for junk and, less, for fragments
    (subheads, links); zero for list items.
    """
    if line.junk:
        return _FRAGMENT if line.junk == REPEATED else _JUNK
    if line.is_prose:
        return min(line.words, _MAX_PROSE)
    return 0 if line.is_list_item else _FRAGMENT


def best_stretch(lines: Sequence[TextLine]) -> tuple[int, int]:
    """Return start and end (exclusive) of the best stretch.

    Of equal ones it is the longest or last; (0, 0) if no line is running text.
    """
    return best_run([weight(line) for line in lines])


def best_run(weights: Sequence[float]) -> tuple[int, int]:
    """Return start and end (exclusive) of the neighbours with the greatest sum (Kadane).

    Of equal ones it is the longest or last; (0, 0) if no weight is positive.
    """
    best, best_sum, start, total = (0, 0), 0.0, 0, 0.0
    for index, value in enumerate(weights):
        if total <= 0:
            start, total = index, 0.0
        total += value
        if total > 0 and total >= best_sum:
            best, best_sum = (start, index + 1), total
    return best


def widen(lines: Sequence[TextLine], start: int, end: int) -> tuple[int, int]:
    """Widen the stretch by lists behind it and by paragraphs that one line of junk separates.

    Such a line is an advertisement or a caption.
    """
    while start > 1 and lines[start - 1].junk and is_paragraph(lines[start - 2]):
        start -= 2
    while end < len(lines) and lines[end].is_list_item and not lines[end].junk:
        end += 1
    if end < len(lines):
        junk = sum(bool(line.junk) for line in lines[end:])
        if junk == 1 and is_paragraph(lines[-1]):
            end = len(lines)
    return start, end
