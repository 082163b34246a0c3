"""Select the lines that stay, by the line model's scores and by vetoes.

How depends on how much of the text looks like an article:

1. Nearly all of it, or nothing speaks for a page around it: a clean text. Do no harm: only lines
   that certainly do not belong are removed.
2. Little of it: the dump of a page; the best stretch of neighbouring lines stays.
3. Otherwise each line is decided by its own score.

A line of a type that is never body (line_types.py, repeats.py) is removed in any case. A text of a
few sentences is too short for the model: the hand-made stretch decides.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.lines.line_types import TextLine
from services.cleaner.lines.repeats import REPEATED
from services.cleaner.lines.stretch import best_run, best_stretch, widen

CLEAN: Final = 0.95
"""A text is clean if this share of its words is in lines that look like an article."""
MIXED: Final = 0.6
"""Below this share it is the dump of a page."""
LOOKS_LIKE: Final = 0.5
SURELY_NOT: Final = 0.03
LIKELY: Final = 0.4
IN_STRETCH: Final = 0.2
BETWEEN: Final = 0.1
"""A line between two that stay, a subhead or an item of a list, stays with this score or more."""
SHORT_WORDS: Final = 80
_CLEAN_TYPES: Final = frozenset(("", REPEATED))
"""Types of lines that clean texts have as well: they do not speak for a page."""

Mask = NDArray[np.bool_]
Scores = NDArray[np.float64]


def select_lines(lines: Sequence[TextLine], scores: Scores) -> Mask:
    """Return for each line whether it stays."""
    words = np.array([line.words for line in lines], np.float64)
    allowed = np.array([not line.junk for line in lines], np.bool_)
    is_clean = all(line.junk in _CLEAN_TYPES for line in lines)
    if words.sum() < SHORT_WORDS:
        selected = np.ones(len(lines), np.bool_) if is_clean else _select_by_hand(lines)
    else:
        selected = scores > SURELY_NOT if is_clean else _select_by_share(scores, words)
    return _fill_gaps(selected & allowed, scores, allowed)


def _select_by_hand(lines: Sequence[TextLine]) -> Mask:
    start, end = best_stretch(lines)
    return _mask(len(lines), *(widen(lines, start, end) if start < end else (start, end)))


def _mask(count: int, start: int, end: int) -> Mask:
    places = np.arange(count)
    return (places >= start) & (places < end)


def _select_by_share(scores: Scores, words: NDArray[np.float64]) -> Mask:
    share = words[scores > LOOKS_LIKE].sum() / max(1.0, words.sum())
    if share >= CLEAN:
        return scores > SURELY_NOT
    if share >= MIXED:
        return scores > LIKELY
    start, end = best_run(((scores - LIKELY) * np.sqrt(words + 1)).tolist())
    return _mask(len(scores), start, end) & (scores > IN_STRETCH)


def _fill_gaps(selected: Mask, scores: Scores, allowed: Mask) -> Mask:
    """Select lines between two that stay."""
    for index in range(1, len(selected) - 1):
        is_between = selected[index - 1] and selected[index + 1]
        if allowed[index] and is_between and scores[index] > BETWEEN:
            selected[index] = True
    return selected
