"""What stands around a line, in numbers: its neighbours, how much of the text near it runs, and where by hand-made rules the article lies.

No column tells where on a page a line is: a model that knows deletes true paragraphs of a text that was cut out of a page.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.lines.line_features import LOOKS
from services.cleaner.lines.line_types import TextLine
from services.cleaner.lines.stretch import best_stretch, widened

Matrix = NDArray[np.float32]
Column = NDArray[np.float64]

_FURTHEST: Final = 3
_DISTANCES: Final = (-3, -2, -1, 1, 2, 3)
_SEEN: Final = ("ends like a sentence", "common words")
_REACHES: Final = (3, 6, 12)
_JUNK_REACHES: Final = (2, 5, 12)
AROUND: Final = (
    *(f"words at {distance:+d}" for distance in _DISTANCES),
    *(f"{seen} at {distance:+d}" for distance in (-1, 1) for seen in (*_SEEN, "running")),
    *(f"{what} within {reach}" for reach in _REACHES for what in ("running words", "running part")),
    *(
        "lines since running",
        "lines to running",
        "running part of text",
        "usual running line",
        "running text so far",
    ),
    *(
        f"junk {where} {reach}"
        for reach in _JUNK_REACHES
        for where in ("in the next", "in the last")
    ),
    *("lines to junk", "lines since junk"),
    *(
        "in the stretch",
        "lines from its start",
        "lines from its end",
        "its part of text",
        "its junk",
    ),
)
"""Names of the columns, in order. Running: a line of ten words or more that ends like a sentence. The stretch: stretch.py's."""
_RUNNING_WORDS: Final = 10
_FAR: Final = 20


def around(lines: Sequence[TextLine], alone: Matrix) -> Matrix:
    """A row a line; ``alone`` are the lines' looks."""
    counts = np.expm1(alone[:, LOOKS.index("words")].astype(np.float64))
    running = (counts >= _RUNNING_WORDS) & (alone[:, LOOKS.index("ends like a sentence")] > 0)
    junk = np.array([bool(line.junk) for line in lines])
    columns = [
        *(_at(distance, alone[:, [LOOKS.index("words")]]) for distance in _DISTANCES),
        *(
            _at(
                distance,
                np.column_stack([alone[:, [LOOKS.index(name) for name in _SEEN]], running]),
            )
            for distance in (-1, 1)
        ),
        *(_within(reach, counts * running, counts) for reach in _REACHES),
        _order(running, counts),
        *(_junk_near(reach, junk) for reach in _JUNK_REACHES),
        np.column_stack(_distances(junk)[::-1]),
        _stretch(lines, junk),
    ]
    return np.hstack(columns).astype(np.float32)


def _at(distance: int, columns: NDArray[np.floating]) -> NDArray[np.floating]:
    """The columns of the line that is so far before or behind; -1 beyond the text."""
    edge = np.full((_FURTHEST, columns.shape[1]), -1, columns.dtype)
    return np.vstack([edge, columns, edge])[_FURTHEST + distance :][: len(columns)]


def _summed(column: Column) -> Column:
    return np.concatenate([[0.0], np.cumsum(column)])


def _within(reach: int, running: Column, counts: Column) -> NDArray[np.float64]:
    """Running words among the lines that are no further than ``reach``, and their part of all words there."""
    places = np.arange(len(counts))
    first, last = np.maximum(0, places - reach), np.minimum(len(counts), places + reach + 1)
    told, every = _summed(running), _summed(counts)
    words = told[last] - told[first]
    return np.column_stack([np.log1p(words), words / np.maximum(1, every[last] - every[first])])


def _order(running: NDArray[np.bool_], counts: Column) -> NDArray[np.float64]:
    """How far running text is; its part of the text, its usual length, and how much of it came so far."""
    words, count = counts * running, len(counts)
    usual = np.log1p(np.median(counts[running])) if running.any() else 0.0
    part = words.sum() / max(1.0, counts.sum())
    return np.column_stack(
        [
            *_distances(running),
            np.full(count, part),
            np.full(count, usual),
            np.cumsum(words) / max(1.0, words.sum()),
        ]
    )


def _distances(marked: NDArray[np.bool_]) -> tuple[Column, Column]:
    """Lines since the last marked one before, and to the next behind, at most _FAR."""
    places, every = np.flatnonzero(marked), np.arange(len(marked))
    before = np.concatenate([[-2 * _FAR], places])[np.searchsorted(places, every, side="left")]
    behind = np.concatenate([places, [len(marked) + 2 * _FAR]])[
        np.searchsorted(places, every, side="right")
    ]
    return np.minimum(every - before, _FAR), np.minimum(behind - every, _FAR)


def _junk_near(reach: int, junk: NDArray[np.bool_]) -> NDArray[np.float64]:
    places, summed = np.arange(len(junk)), _summed(junk.astype(np.float64))
    first, last = np.maximum(0, places - reach), np.minimum(len(junk), places + reach + 1)
    return np.column_stack([summed[last] - summed[places], summed[places] - summed[first]]) / reach


def _stretch(lines: Sequence[TextLine], junk: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Where the line lies beside the stretch that the hand-made weights find."""
    start, end = best_stretch(lines)
    start, end = widened(lines, start, end) if start < end else (start, end)
    places, words = np.arange(len(lines)), np.array([line.words for line in lines], np.float64)
    inside = (places >= start) & (places < end)
    part, spoilt = (
        words[inside].sum() / max(1.0, words.sum()),
        junk[inside].sum() / max(1, inside.sum()),
    )
    far = (np.clip(places - at, -_FAR, _FAR) for at in (start, end))
    return np.column_stack([inside, *far, np.full(len(lines), part), np.full(len(lines), spoilt)])
