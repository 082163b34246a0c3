"""Features of a line's context: its neighbours, the running text near it, and the best stretch.

No column tells where on a page a line is: a model that knows it deletes true paragraphs of a text
that was copied from a page.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.lines.line_features import LINE_FEATURES
from services.cleaner.lines.line_types import TextLine
from services.cleaner.lines.stretch import best_stretch, widen

Matrix = NDArray[np.float32]
Column = NDArray[np.float64]

_MAX_DISTANCE: Final = 3
_DISTANCES: Final = (-3, -2, -1, 1, 2, 3)
_NEIGHBOUR_FEATURES: Final = ("ends like a sentence", "common words")
_REACHES: Final = (3, 6, 12)
_JUNK_REACHES: Final = (2, 5, 12)
CONTEXT_FEATURES: Final = (
    *(f"words at {distance:+d}" for distance in _DISTANCES),
    *(
        f"{feature} at {distance:+d}"
        for distance in (-1, 1)
        for feature in (*_NEIGHBOUR_FEATURES, "running")
    ),
    *(
        f"{feature} within {reach}"
        for reach in _REACHES
        for feature in ("running words", "running part")
    ),
    *("lines since running", "lines to running", "running part of text"),
    *("usual running line", "running text so far"),
    *(f"junk {side} {reach}" for reach in _JUNK_REACHES for side in ("in the next", "in the last")),
    *("lines to junk", "lines since junk"),
    *("in the stretch", "lines from its start", "lines from its end"),
    *("its part of text", "its junk"),
)
"""Names of the columns, in order. Weights files name them: renaming one is a change of both.

Running: a line of ten words or more that ends like a sentence. The stretch: stretch.py's.
"""
_RUNNING_WORDS: Final = 10
_FAR: Final = 20
_WORDS: Final = LINE_FEATURES.index("words")
_SENTENCE: Final = LINE_FEATURES.index("ends like a sentence")
_OF_NEIGHBOURS: Final = [LINE_FEATURES.index(name) for name in _NEIGHBOUR_FEATURES]


def context_features(lines: Sequence[TextLine], line_features: Matrix) -> Matrix:
    """Return a row a line. ``line_features``: the features of each line by itself."""
    counts = np.expm1(line_features[:, _WORDS].astype(np.float64))
    running = (counts >= _RUNNING_WORDS) & (line_features[:, _SENTENCE] > 0)
    junk = np.array([bool(line.junk) for line in lines])
    neighbours = np.column_stack([line_features[:, _OF_NEIGHBOURS], running])
    columns = [
        *(_shift(distance, line_features[:, [_WORDS]]) for distance in _DISTANCES),
        *(_shift(distance, neighbours) for distance in (-1, 1)),
        *(_running_within(reach, counts * running, counts) for reach in _REACHES),
        _running_order(running, counts),
        *(_junk_within(reach, junk) for reach in _JUNK_REACHES),
        np.column_stack(_distances(junk)[::-1]),
        _stretch(lines, junk),
    ]
    return np.hstack(columns).astype(np.float32)


def _shift(distance: int, columns: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the columns of the line at this distance, -1 beyond the text."""
    edge = np.full((_MAX_DISTANCE, columns.shape[1]), -1, columns.dtype)
    return np.vstack([edge, columns, edge])[_MAX_DISTANCE + distance :][: len(columns)]


def _cumulative(column: Column) -> Column:
    return np.concatenate([[0.0], np.cumsum(column)])


def _running_within(reach: int, running: Column, counts: Column) -> NDArray[np.float64]:
    """Return the running words within ``reach`` lines, and their share of all words there."""
    places = np.arange(len(counts))
    first, last = np.maximum(0, places - reach), np.minimum(len(counts), places + reach + 1)
    running_sum, total_sum = _cumulative(running), _cumulative(counts)
    words = running_sum[last] - running_sum[first]
    share = words / np.maximum(1, total_sum[last] - total_sum[first])
    return np.column_stack([np.log1p(words), share])


def _running_order(running: NDArray[np.bool_], counts: Column) -> NDArray[np.float64]:
    """Return how far running text is, its share and usual length, and how much came so far."""
    words, count = counts * running, len(counts)
    usual = np.log1p(np.median(counts[running])) if running.any() else 0.0
    part = words.sum() / max(1.0, counts.sum())
    columns = [np.full(count, part), np.full(count, usual)]
    so_far = np.cumsum(words) / max(1.0, words.sum())
    return np.column_stack([*_distances(running), *columns, so_far])


def _distances(mask: NDArray[np.bool_]) -> tuple[Column, Column]:
    """Return the lines since the last true one before, and to the next behind, at most _FAR."""
    places, rows = np.flatnonzero(mask), np.arange(len(mask))
    padded_before = np.concatenate([[-2 * _FAR], places])
    padded_behind = np.concatenate([places, [len(mask) + 2 * _FAR]])
    before = padded_before[np.searchsorted(places, rows, side="left")]
    behind = padded_behind[np.searchsorted(places, rows, side="right")]
    return np.minimum(rows - before, _FAR), np.minimum(behind - rows, _FAR)


def _junk_within(reach: int, junk: NDArray[np.bool_]) -> NDArray[np.float64]:
    places, junk_sum = np.arange(len(junk)), _cumulative(junk.astype(np.float64))
    first, last = np.maximum(0, places - reach), np.minimum(len(junk), places + reach + 1)
    behind, before = junk_sum[last] - junk_sum[places], junk_sum[places] - junk_sum[first]
    return np.column_stack([behind, before]) / reach


def _stretch(lines: Sequence[TextLine], junk: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return where each line is relative to the stretch that the hand-made weights find."""
    start, end = best_stretch(lines)
    start, end = widen(lines, start, end) if start < end else (start, end)
    places = np.arange(len(lines))
    words = np.array([line.words for line in lines], np.float64)
    inside = (places >= start) & (places < end)
    part = words[inside].sum() / max(1.0, words.sum())
    junk_share = junk[inside].sum() / max(1, inside.sum())
    distances = (np.clip(places - edge, -_FAR, _FAR) for edge in (start, end))
    constants = (np.full(len(lines), value) for value in (part, junk_share))
    return np.column_stack([inside, *distances, *constants])
