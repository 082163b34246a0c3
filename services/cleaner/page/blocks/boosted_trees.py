"""The model: gradient-boosted trees as plain arrays, evaluated without the training library.

training/cleaner/ makes weights.json. Several models that differ only in their seed may be kept: the
first scores all rows, and where it is in doubt all of them do, by the mean of their log odds. One
block of a page in twenty-five is scored again, so that the committee of four costs a tenth more
than the first model alone.

A second committee, which has also learnt from pages built of components, reads the few pages that
the first does not understand (page/body/find_body.py).
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
from services.cleaner.page.blocks.jit import jit

WEIGHTS: Final = Path(__file__).with_name("weights.json")
LEAF: Final = -1
"""A leaf's feature in weights.json, and a feature that is none."""
_EXPLAINED_FEATURES: Final = 2
_SURE: Final = 2.0
"""Log odds (.88) of the first model, beyond which the others are not evaluated."""
_CACHED_ROWS: Final = 512
"""With more rows at a time, each of the trees would read them all from memory again."""


class BoostedTrees(NamedTuple):
    """All nodes of all trees.

    A node tests whether ``feature`` is above ``threshold``; ``following[node]`` are the next nodes
    for no and yes. ``height``: the most tests that follow, 0 at a leaf, which leads to itself.
    ``value`` is the leaf's, or the mean of what is below, as log odds. ``root``: where each tree
    begins, a row a model; ``second``: the same of the second committee, which is the first again if
    there is no other.
    """

    feature: NDArray[np.uint32]
    threshold: NDArray[np.float32]
    following: NDArray[np.uint32]
    height: NDArray[np.int32]
    value: NDArray[np.float64]
    root: NDArray[np.int32]
    second: NDArray[np.int32]


@cache
def load_model() -> BoostedTrees:
    """Load the packaged block model. Raises ValueError if it was trained on other features."""
    return parse_model(orjson.loads(WEIGHTS.read_bytes()))


def parse_model(document: dict[str, Any], features: tuple[str, ...] = FEATURES) -> BoostedTrees:
    """Parse a document as training writes it.

    Raises ValueError if it was trained on other features than ``features``.
    """
    if tuple(document["features"]) != features:
        raise ValueError(
            "the weights were trained on other features than the code has: "
            "train again (make train-cleaner)"
        )
    feature = np.array(document["feature"], np.int32)
    following = np.array(document["following"], np.int32)
    is_leaf = feature == LEAF
    following[is_leaf] = np.flatnonzero(is_leaf)[:, np.newaxis]
    root = np.atleast_2d(np.array(document["root"], np.int32))  # a single model may be one row
    second = np.array(document["second"], np.int32) if "second" in document else root
    return BoostedTrees(
        feature=np.where(is_leaf, 0, feature).astype(np.uint32),
        threshold=np.where(is_leaf, np.float32(np.inf), _round_down(document["threshold"])),
        following=following.astype(np.uint32),
        height=_heights(following, is_leaf),
        value=np.array(document["value"], np.float64),
        root=root,
        second=np.atleast_2d(second),
    )


def _heights(following: NDArray[np.int32], is_leaf: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return how many tests follow each node at most."""
    height = np.zeros(is_leaf.size, np.int32)
    for _ in range(is_leaf.size):
        higher = np.where(is_leaf, 0, height[following].max(axis=1) + 1).astype(np.int32)
        if np.array_equal(higher, height):
            break
        height = higher
    return height


def second_committee(model: BoostedTrees) -> BoostedTrees:
    """Return the model with its second committee in place of the first."""
    return model._replace(root=model.second)


def _round_down(thresholds: list[float]) -> Matrix:
    """Return the greatest single-precision numbers that are not above the thresholds.

    So no feature, itself of single precision, falls on another side.
    """
    exact = np.array(thresholds, np.float64)
    single = exact.astype(np.float32)
    return np.where(single > exact, np.nextafter(single, np.float32(-np.inf)), single)


@jit
def probabilities(model: BoostedTrees, matrix: Matrix) -> NDArray[np.float64]:
    """Return for each row how likely it is part of the article: 0 to 1."""
    odds = np.zeros(matrix.shape[0])
    _add_odds(model, 0, matrix, odds)
    doubtful = np.flatnonzero(np.abs(odds) < _SURE)
    rows, all_odds = matrix[doubtful], odds[doubtful]
    for member in range(1, model.root.shape[0]):
        _add_odds(model, member, rows, all_odds)
    odds[doubtful] = all_odds / model.root.shape[0]
    return 1 / (1 + np.exp(-odds))


@jit
def _add_odds(model: BoostedTrees, member: int, matrix: Matrix, odds: NDArray[np.float64]) -> None:
    """Add the log odds that one model of the committee gives these rows."""
    for start in range(0, odds.size, _CACHED_ROWS):
        rows = slice(start, start + _CACHED_ROWS)
        _add_odds_together(model, member, matrix[rows], odds[rows])


@jit
def _add_odds_together(
    model: BoostedTrees, member: int, matrix: Matrix, odds: NDArray[np.float64]
) -> None:
    """Add the log odds that one model of the committee gives rows that fit into the cache.

    All rows take a step together, to the height of the tree: the processor need not wait for a
    row's test before it begins the next row's, and that takes a third of the time.
    """
    feature, threshold, following, value = (
        model.feature,
        model.threshold,
        model.following,
        model.value,
    )
    nodes = np.empty(odds.size, np.uint32)  # without a sign, an index needs no check for one
    for root in model.root[member]:
        nodes[:] = root
        for _ in range(model.height[root]):
            for row in range(nodes.size):
                node = nodes[row]
                is_above = matrix[row, feature[node]] > threshold[node]
                nodes[row] = following[node, np.uint32(is_above)]
        for row in range(nodes.size):
            odds[row] += value[nodes[row]]


@jit
def contributions(model: BoostedTrees, row: Matrix) -> NDArray[np.float64]:
    """Return how much each feature moved the first model's log odds.

    By Saabas' method: the change of the mean at every node that tests the feature.
    """
    moved = np.zeros(row.size)
    for root in model.root[0]:
        node = np.uint32(root)
        while model.height[node] > 0:
            column = model.feature[node]
            after = model.following[node, np.uint32(row[column] > model.threshold[node])]
            moved[column] += model.value[after] - model.value[node]
            node = after
    return moved


def explain_scores(model: BoostedTrees, matrix: Matrix, rows: Sequence[int]) -> list[str]:
    """Return for each of these rows the features that decided most, e.g. "link share, words".

    The strongest feature comes first.
    """
    columns = strongest_features(model, matrix, np.array(rows, np.int64)).tolist()
    return [", ".join(FEATURES[column] for column in row if column != LEAF) for row in columns]


@jit
def strongest_features(
    model: BoostedTrees, matrix: Matrix, rows: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Return for each of the rows the columns that moved its odds most in their direction.

    LEAF stands where there are fewer than _EXPLAINED_FEATURES.
    """
    strongest = np.full((rows.size, _EXPLAINED_FEATURES), LEAF, np.int32)
    for index in range(rows.size):
        moved = contributions(model, matrix[rows[index]])
        moved *= 1.0 if moved.sum() > 0 else -1.0
        for rank in range(_EXPLAINED_FEATURES):
            best = int(np.argmax(moved))
            if moved[best] > 0:
                strongest[index, rank] = best
                moved[best] = 0
    return strongest
