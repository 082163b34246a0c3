"""The model: gradient-boosted trees as plain arrays, evaluated without the library that trained them. training/cleaner/ makes weights.json.

Several models that differ in their seed only may be kept: the first judges all rows, and where it doubts all of them do, by the mean of their
log odds. One block of a page in twenty-five is asked about again, so that its committee of four costs a tenth of what the first costs.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from services.cleaner.page.blocks.features.block_features import Matrix
from services.cleaner.page.blocks.features.matrix import FEATURES
from services.cleaner.page.blocks.jit import compiled

WEIGHTS: Final = Path(__file__).with_name("weights.json")
LEAF: Final = -1
_MOST_TOLD: Final = 2
_SURE: Final = 2.0
"""Log odds (.88) of the first model, beyond which the others are not asked."""


class BoostedTrees(NamedTuple):
    """All nodes of all trees. A node asks whether ``feature`` is above ``threshold``; ``following[node]`` are the next nodes for no and yes.

    ``feature`` is LEAF at a leaf. ``value`` is the leaf's, or the mean of what lies below, as log odds. ``root``: where each tree begins,
    a row a model.
    """

    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    following: NDArray[np.int32]
    value: NDArray[np.float64]
    root: NDArray[np.int32]


@cache
def shipped() -> BoostedTrees:
    """The weights that come with the package. ValueError: they were trained on other features than the code has."""
    return read(orjson.loads(WEIGHTS.read_bytes()))


def read(document: dict[str, Any], features: tuple[str, ...] = FEATURES) -> BoostedTrees:
    """Trees out of a document as training writes it. ValueError: it was trained on other features than ``features``."""
    if tuple(document["features"]) != features:
        raise ValueError(
            "the weights were trained on other features than the code has: train again (make train-cleaner)"
        )
    whole = {name: np.array(document[name], np.int32) for name in ("feature", "following", "root")}
    whole["root"] = np.atleast_2d(whole["root"])  # a model by itself may be written as one row
    return BoostedTrees(
        threshold=_rounded_down(document["threshold"]),
        value=np.array(document["value"], np.float64),
        **whole,
    )


def _rounded_down(thresholds: list[float]) -> Matrix:
    """The greatest single-precision numbers that are not above: no feature, itself of single precision, falls on another side."""
    exact = np.array(thresholds, np.float64)
    single = exact.astype(np.float32)
    return np.where(single > exact, np.nextafter(single, np.float32(-np.inf)), single)


@compiled
def probabilities(trees: BoostedTrees, matrix: Matrix) -> NDArray[np.float64]:
    """For each row, how likely its block is part of the article: 0 to 1."""
    odds = np.zeros(matrix.shape[0])
    _vote(trees, 0, matrix, np.arange(odds.size), odds)
    doubtful = np.flatnonzero(np.abs(odds) < _SURE)
    for model in range(1, trees.root.shape[0]):
        _vote(trees, model, matrix, doubtful, odds)
    odds[doubtful] /= trees.root.shape[0]
    return 1 / (1 + np.exp(-odds))


@compiled
def _vote(
    trees: BoostedTrees,
    model: int,
    matrix: Matrix,
    rows: NDArray[np.int64],
    odds: NDArray[np.float64],
) -> None:
    """Adds the model's log odds for these rows."""
    feature, threshold, following, value = (
        trees.feature,
        trees.threshold,
        trees.following,
        trees.value,
    )
    for root in trees.root[
        model
    ]:  # a tree's nodes stay in the cache while all rows pass through it
        for row in rows:
            node = root
            asked = feature[node]
            while asked != LEAF:
                node = following[node, np.int64(matrix[row, asked] > threshold[node])]
                asked = feature[node]
            odds[row] += value[node]


@compiled
def contributions(trees: BoostedTrees, row: Matrix) -> NDArray[np.float64]:
    """How much each feature moved the first model's log odds (Saabas: the change of the mean at every question asked)."""
    moved = np.zeros(row.size)
    for root in trees.root[0]:
        node = root
        while trees.feature[node] != LEAF:
            asked = trees.feature[node]
            after = trees.following[node, np.int64(row[asked] > trees.threshold[node])]
            moved[asked] += trees.value[after] - trees.value[node]
            node = after
    return moved


def telling(trees: BoostedTrees, matrix: Matrix, rows: Sequence[int]) -> list[str]:
    """For each of these rows the features that spoke most for what was decided about its block, the strongest first: "link share, words"."""
    names = strongest(trees, matrix, np.array(rows, np.int64)).tolist()
    return [", ".join(FEATURES[at] for at in row if at != LEAF) for row in names]


@compiled
def strongest(trees: BoostedTrees, matrix: Matrix, rows: NDArray[np.int64]) -> NDArray[np.int32]:
    """The features' columns, ``_MOST_TOLD`` for each of the rows; LEAF where fewer spoke for it."""
    told = np.full((rows.size, _MOST_TOLD), LEAF, np.int32)
    for at in range(rows.size):
        moved = contributions(trees, matrix[rows[at]])
        moved *= 1.0 if moved.sum() > 0 else -1.0
        for rank in range(_MOST_TOLD):
            best = int(np.argmax(moved))
            if moved[best] > 0:
                told[at, rank] = best
                moved[best] = 0
    return told
