"""Which lines to keep, by the line model's scores and by vetoes. How to decide depends on how much of the text looks like an article.

1. Nearly all of it, or nothing speaks for a page around it: a clean text. Do no harm: only what is surely none goes. 2. Little of it: a
page's dump; the best stretch of neighbouring lines. 3. Else each line by its own score. A line of a kind that is never body (kinds.py,
repeats.py) goes in any case. A text of a few sentences tells the model too little: the hand-made stretch decides.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.lines.line_types import TextLine
from services.cleaner.lines.repeats import REPEATED
from services.cleaner.lines.stretch import best_run, best_stretch, widened

CLEAN: Final = 0.95
"""A text is clean if so much of its words stands in lines that look like an article;"""
MIXED: Final = 0.6
"""below this it is a page's dump."""
LOOKS_LIKE: Final = 0.5
SURELY_NOT: Final = 0.03
LIKELY: Final = 0.4
IN_STRETCH: Final = 0.2
BETWEEN: Final = 0.1
"""A line between two that stay, a subhead or an item of a list, needs no more than this to stay as well."""
SHORT_WORDS: Final = 80
_CLEAN_TOO: Final = frozenset(("", REPEATED))
"""Kinds that clean texts have as well: they do not speak for a page."""

Mask = NDArray[np.bool_]
Scores = NDArray[np.float64]


def kept(lines: Sequence[TextLine], scores: Scores) -> Mask:
    """For each line whether it stays."""
    words = np.array([line.words for line in lines], np.float64)
    allowed = np.array([not line.junk for line in lines], np.bool_)
    untouched = all(line.junk in _CLEAN_TOO for line in lines)
    if words.sum() < SHORT_WORDS:
        chosen = np.ones(len(lines), np.bool_) if untouched else _by_hand(lines)
    else:
        chosen = scores > SURELY_NOT if untouched else _by_share(scores, words)
    return _with_gaps(chosen & allowed, scores, allowed)


def _by_hand(lines: Sequence[TextLine]) -> Mask:
    start, end = best_stretch(lines)
    return _between(len(lines), *(widened(lines, start, end) if start < end else (start, end)))


def _between(count: int, start: int, end: int) -> Mask:
    places = np.arange(count)
    return (places >= start) & (places < end)


def _by_share(scores: Scores, words: NDArray[np.float64]) -> Mask:
    share = words[scores > LOOKS_LIKE].sum() / max(1.0, words.sum())
    if share >= CLEAN:
        return scores > SURELY_NOT
    if share >= MIXED:
        return scores > LIKELY
    start, end = best_run(((scores - LIKELY) * np.sqrt(words + 1)).tolist())
    return _between(len(scores), start, end) & (scores > IN_STRETCH)


def _with_gaps(chosen: Mask, scores: Scores, allowed: Mask) -> Mask:
    """Lines between two that stay."""
    for at in range(1, len(chosen) - 1):
        if allowed[at] and chosen[at - 1] and chosen[at + 1] and scores[at] > BETWEEN:
            chosen[at] = True
    return chosen
