"""Logistic regression whose weights keep a sign, so that each can be read: by gradient descent."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from services.alerting.stories.joining.weights import LinearModel

PENALTY: Final = 0.001
STEPS: Final = 5_000
RATE: Final = 0.3
Row = tuple[Mapping[str, float], bool, float]
"""Features, whether it is so, and how much the row counts."""
_DECIMALS: Final = 3


def fit(
    rows: Sequence[Row],
    signs: Mapping[str, int],
    penalty: float = PENALTY,
) -> LinearModel:
    """Fit the rows; a feature whose weight would have the other sign gets 0."""
    names = sorted(signs)
    values = np.array([[features.get(name, 0.0) for name in names] for features, _, _ in rows])
    truth = np.array([float(is_true) for _, is_true, _ in rows])
    counts = np.array([count for _, _, count in rows])
    sign = np.array([float(signs[name]) for name in names])
    weights, bias = sign * 0.5, -2.0
    for _ in range(STEPS):
        error = (1 / (1 + np.exp(-(values @ weights + bias))) - truth) * counts
        weights = weights - RATE * (values.T @ error / len(truth) + penalty * weights)
        weights = np.where(weights * sign < 0, 0.0, weights)
        bias -= RATE * error.mean()
    rounded = {name: round(float(w), _DECIMALS) for name, w in zip(names, weights, strict=True)}
    return LinearModel(round(float(bias), _DECIMALS), rounded)


def best_threshold(model: LinearModel, rows: Sequence[Row], false_cost: float = 1.0) -> float:
    """Return the score from which "yes" costs least: a false one ``false_cost``, a missed one 1.

    Of several, the middle one.
    """
    scored = [(model.score(features), is_true) for features, is_true, _ in rows]
    steps = [step / 20 for step in range(-60, 41)]
    costs = [
        sum(
            false_cost * (score >= at and not is_true) + (score < at and is_true)
            for score, is_true in scored
        )
        for at in steps
    ]
    best = [at for at, cost in zip(steps, costs, strict=True) if cost == min(costs)]
    return best[len(best) // 2]
