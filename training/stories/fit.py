"""Logistic regression whose weights keep a sign, so that each can be read: by gradient descent with
momentum (Nesterov 1983)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from services.alerting.stories.joining.weights import LinearModel

PENALTY: Final = 0.003
STEPS: Final = 600
Row = tuple[Mapping[str, float], bool, float]
"""Features, whether it is so, and how much the row counts."""
Group = Sequence[Row]
"""Rows of which one at most is answered: an article with each story that it may belong to."""
_NEAR_STEPS: Final = 12
"""How many twentieths on each side a threshold is judged with."""
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
    columns = np.column_stack([values, np.ones(len(truth))])
    curvature = np.linalg.eigvalsh((columns.T * counts) @ columns / len(truth) / 4)[-1]
    rate = 1 / (curvature + penalty)
    shrink = np.append(np.full(len(names), penalty), 0.0)
    weights = before = np.append(sign * 0.5, -2.0)
    for step in range(1, STEPS):
        ahead = weights + (step - 1) / (step + 2) * (weights - before)
        error = (1 / (1 + np.exp(-(columns @ ahead))) - truth) * counts
        before, weights = weights, ahead - rate * (columns.T @ error / len(truth) + shrink * ahead)
        weights[:-1] = np.where(weights[:-1] * sign < 0, 0.0, weights[:-1])
    rounded = {name: round(float(w), _DECIMALS) for name, w in zip(names, weights, strict=False)}
    return LinearModel(round(float(weights[-1]), _DECIMALS), rounded)


def fit_with_threshold(
    parts: Sequence[Sequence[Group]],
    fit_rows: Callable[[Sequence[Row]], LinearModel],
    false_cost: float = 1.0,
) -> tuple[LinearModel, float]:
    """Fit all parts, and choose the score from which "yes" costs least, each part unseen.

    Of the rows of a group only the best one is answered. A false "yes" costs ``false_cost``, a
    missed one 1. For the threshold each part is judged by a model of the others, so that it is no
    threshold for rows that the model was fitted to.
    """
    answers = list[tuple[float, bool, bool]]()
    for number, part in enumerate(parts):
        others = [*parts[:number], *parts[number + 1 :]] or [part]
        model = fit_rows(_rows(others))
        answers += [_answer(model, group) for group in part if group]
    return fit_rows(_rows(parts)), _threshold(answers, false_cost)


def _rows(parts: Sequence[Sequence[Group]]) -> list[Row]:
    return [row for part in parts for group in part for row in group]


def _answer(model: LinearModel, group: Group) -> tuple[float, bool, bool]:
    """Return the best row's score, whether it is so, and whether any row of the group is."""
    scored = [(model.score(features), is_true) for features, is_true, _ in group]
    return *max(scored), any(is_true for _, is_true in scored)


def _threshold(answers: Sequence[tuple[float, bool, bool]], false_cost: float) -> float:
    """Return the threshold that costs least together with those near it.

    The cost of one alone moves with single articles.
    """
    steps = np.arange(-60, 61) / 20
    costs = [
        sum(
            false_cost * (not is_true) if score >= at else float(has_true)
            for score, is_true, has_true in answers
        )
        for at in steps
    ]
    window = np.ones(2 * _NEAR_STEPS + 1)
    smooth = np.convolve(np.pad(costs, _NEAR_STEPS, "edge"), window, "valid")
    return float(steps[int(smooth.argmin())])
