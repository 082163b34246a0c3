"""Logistic regression whose weights keep a sign, so that each can be read: by gradient descent."""

from collections.abc import Callable, Mapping, Sequence
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


def fit_with_threshold(
    parts: Sequence[Sequence[Row]],
    fit_rows: Callable[[Sequence[Row]], LinearModel],
    false_cost: float = 1.0,
) -> tuple[LinearModel, float]:
    """Fit all parts, and choose the score from which "yes" costs least, each part unseen.

    A false "yes" costs ``false_cost``, a missed one 1. For the threshold each part is judged by a
    model of the others, so that it is no threshold for rows that the model was fitted to.
    """
    scored = list[tuple[float, bool]]()
    for number, part in enumerate(parts):
        others = [row for other in (*parts[:number], *parts[number + 1 :]) for row in other]
        model = fit_rows(others or part)
        scored += [(model.score(features), is_true) for features, is_true, _ in part]
    return fit_rows([row for part in parts for row in part]), _threshold(scored, false_cost)


def _threshold(scored: Sequence[tuple[float, bool]], false_cost: float) -> float:
    """Return the middle one of the thresholds that cost least."""
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
