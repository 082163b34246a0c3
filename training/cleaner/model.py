"""Fit the trees with LightGBM, and write them as plain arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import lightgbm
import numpy as np

from services.cleaner.page.blocks.boosted_trees import LEAF
from services.cleaner.page.blocks.features.block_features import WORDS, Matrix
from services.cleaner.page.blocks.features.matrix import FEATURES
from training.cleaner.labels import Numbers, page_weights

MEMBERS: Final = 4
"""Models that differ in their seed; page/blocks/boosted_trees.py says when which is evaluated."""
ROUNDS: Final = 150
SECOND_MEMBERS: Final = 2
SECOND_ROUNDS: Final = 250
REBUILT_WEIGHT: Final = 0.5
"""The second committee learns from more kinds of pages than the first: it has more trees, and a
rebuilt page (components.py) counts half."""
SETTINGS: Final[dict[str, Any]] = {
    "objective": "binary",
    "num_leaves": 15,
    "learning_rate": 0.06,
    "min_data_in_leaf": 20,
    "min_sum_hessian_in_leaf": 3,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "seed": 11,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}
"""One thread and ``deterministic``: the same pages give the same weights."""


@dataclass(frozen=True)
class Page:
    """A page as the model sees it: features, labels and weights of its blocks."""

    matrix: Matrix
    labels: Numbers
    weights: Numbers

    @property
    def sample_weights(self) -> Numbers:
        """How much each block counts in training."""
        words = self.matrix[:, WORDS].astype(np.float64)
        return page_weights(self.labels, self.weights, words)


def fit(pages: Sequence[Page], rebuilt: Sequence[Page]) -> dict[str, Any]:
    """Fit both committees, as ``parse_model`` takes them.

    The first learns from the pages, the second from them and the rebuilt ones.
    """
    first = _fit_committee(pages, ROUNDS, MEMBERS)
    lighter = [replace(page, weights=page.weights * REBUILT_WEIGHT) for page in rebuilt]
    second = _fit_committee([*pages, *lighter], SECOND_ROUNDS, SECOND_MEMBERS)
    nodes = len(first["feature"])
    document = {name: first[name] + second[name] for name in ("feature", "threshold", "value")}
    moved = [[nodes + node for node in pair] for pair in second["following"]]
    return {
        "features": first["features"],
        **document,
        "following": first["following"] + moved,
        "root": first["root"],
        "second": [[nodes + root for root in member] for member in second["root"]],
    }


def _fit_committee(pages: Sequence[Page], rounds: int, members: int) -> dict[str, Any]:
    matrix, labels, weights = (
        np.concatenate([getattr(page, name) for page in pages])
        for name in ("matrix", "labels", "sample_weights")
    )
    return train(matrix, labels, weights, FEATURES, SETTINGS, rounds, members)


def train(
    matrix: Matrix,
    labels: Numbers,
    weights: Numbers,
    names: Sequence[str],
    settings: dict[str, Any],
    rounds: int,
    members: int = 1,
) -> dict[str, Any]:
    """Train trees on rows with labels and weights.

    ``names``: the columns' names; ``members``: number of models that differ in their seed.
    """
    roots = []
    for member in range(members):
        booster = lightgbm.train(
            settings | {"seed": settings["seed"] + member},
            lightgbm.Dataset(matrix, labels, weight=weights),
            rounds,
        )
        roots += [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]
    arrays = _to_arrays(roots)
    beginnings = np.array(arrays["root"]).reshape(members, -1).tolist()
    return {"features": list(names), **arrays, "root": beginnings}


def _to_arrays(roots: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    arrays: dict[str, list[Any]] = {
        name: [] for name in ("feature", "threshold", "following", "value", "root")
    }
    for root in roots:
        first = len(arrays["feature"])
        arrays["root"].append(first)
        nodes = list(_preorder(root))
        place = {id(node): first + index for index, node in enumerate(nodes)}
        for node in nodes:
            leaf = "leaf_value" in node
            children = (
                [0, 0]
                if leaf
                else [place[id(node[side])] for side in ("left_child", "right_child")]
            )
            arrays["feature"].append(LEAF if leaf else node["split_feature"])
            arrays["threshold"].append(0.0 if leaf else node["threshold"])
            arrays["following"].append(children)
            arrays["value"].append(node["leaf_value"] if leaf else node["internal_value"])
    return arrays


def _preorder(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    if "leaf_value" not in node:
        yield from _preorder(node["left_child"])
        yield from _preorder(node["right_child"])
