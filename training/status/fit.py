"""Fit the weights: multinomial logistic regression around a prior that the cue classes give.

The prior says what a class means ("a refusal right before the trigger denies it"), so that classes
with few examples work as the table says, and examples only correct it.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from services.tagger.status.cue_classes import BACKWARD, CLASS_STATUS, CueClass
from services.tagger.status.model import STATUSES, StatusModel
from services.tagger.status.trigger_features import Features
from shared.messages.schemas import Status

Matrix = NDArray[np.float64]
PENALTY: Final = 3.0
ROUNDS: Final = 400
ASSERTED: Final = 0.7
"""The share from which "asserted" is said: docs/decisions/2026-11-30-status.md."""
OTHER: Final = 0.4
SMALLEST: Final = 0.04
"""Features whose every weight is smaller are left out."""
FEWEST: Final = 2
"""A feature without prior must occur in so many examples."""
_FORWARD_ZONES: Final = {"chain": 1.5, "near": 1.2, "governor": 0.8, "left": 0.5, "far": 0.2}
_BACKWARD_ZONES: Final = {"next": 1.4, "right": 1.0, "beside": 0.3}
_TIME_ZONES: Final = {
    **dict.fromkeys(("chain", "near", "governor", "left", "next", "right"), 0.8),
    "far": 0.4,
}
_TIMES: Final = frozenset(
    {CueClass.LONG_AGO, CueClass.BACKGROUND, CueClass.ARCHIVE, CueClass.WEAK_BACKGROUND}
)
_PARTICIPLES: Final = frozenset(
    {CueClass.PROSPECT, CueClass.INTENT, CueClass.REFUSAL, CueClass.HALT}
)
"""Their participles may follow: "a summit planned for May", "the talks, halted in June"."""
_PARTICIPLE_ZONES: Final = _FORWARD_ZONES | {"next": 0.5}
_UNVERIFIED_ZONES: Final = {
    **dict.fromkeys(("next", "right", "beside", "behind"), 1.6),
    "following": 1.2,
}
_HEARSAY_ZONES: Final = _FORWARD_ZONES | dict.fromkeys(("right", "beside", "closing"), 0.8)
_STATE_MEDIA_ZONES: Final = dict.fromkeys(("near", "left", "right", "beside"), 0.4)
_CLAIM_ZONES: Final = _FORWARD_ZONES | {"closing": 1.5}
_PARTY_ZONES: Final = {
    **dict.fromkeys(("near", "closing"), 0.8),
    "governor": 0.6,
    **dict.fromkeys(("left", "right", "beside"), 0.4),
}
_REBUTTAL_ZONES: Final = {"beside": 0.8, "behind": 0.8, "following": 1.2}
_DENIALS: Final = 1.5
"""How much more a denial counts than a plan: it may stand under a modal, not the reverse."""
_ASSERTING: Final[dict[CueClass, dict[str, float]]] = {
    CueClass.HAPPENING: {"next": 0.8, "right": 0.4},
    CueClass.FACTIVE: {"near": 0.8, "governor": 0.5},
    CueClass.OCCASION: {"near": 0.4, "governor": 0.4},
    CueClass.CONFIRM: {"governor": 0.4},
    CueClass.PERFECT: {"chain": 1.5},
    CueClass.ORDINAL: {"near": 0.5},
    CueClass.THIS_WEEK: {"near": 0.5, "next": 0.5, "right": 0.5},
    CueClass.WEEKDAY: {"near": 0.5, "next": 0.5, "right": 0.5},
    CueClass.RECENT: {"near": 0.5, "next": 0.5, "right": 0.5},
}
_OTHERS: Final[dict[str, dict[Status, float]]] = {
    "form=finite": {"asserted": 1.2},
    "headline&present": {"asserted": 0.8},
    "headline&finite": {"asserted": 0.4},
    "report@closing": {"claimed": 1.2, "asserted": -0.6},
    "a question": {"planned": 1.0, "asserted": -1.0},
    "scare quotes": {"claimed": 1.5},
    "say>chain=pluperfect": {"asserted": 1.0},
    "headline&noun": {"asserted": 0.4},
    "chain=past be": {"asserted": 1.2},
    "ordinal@chain": {"past": 0.8},
    "say>chain=past be+pluperfect": {"asserted": 1.0},
    "refusal>chain=modal": {"denied": 1.5},
    "refusal>chain=be+modal": {"denied": 1.5},
}


def prior(feature: str) -> list[float]:
    """Return the weights that a feature has before any example."""
    row = dict.fromkeys(STATUSES, 0.0)
    row.update(_OTHERS.get(feature, {}))
    name, at, zone = feature.partition("@")
    if not at or "&" in zone or ">" in feature:
        return list(row.values())
    kind = CueClass(name)
    if status := CLASS_STATUS.get(kind):
        weight = _zones_of(kind).get(zone, 0.0) * (_DENIALS if status == "denied" else 1.0)
        row[status] += weight
        row["asserted"] -= weight / 2
    row["asserted"] += _ASSERTING.get(kind, {}).get(zone, 0.0)
    return list(row.values())


def _zones_of(kind: CueClass) -> dict[str, float]:
    if kind in _PARTICIPLES:
        return _PARTICIPLE_ZONES
    if kind is CueClass.UNVERIFIED:
        return _UNVERIFIED_ZONES
    if kind is CueClass.REBUTTAL:
        return _REBUTTAL_ZONES
    if kind in (CueClass.CLAIM, CueClass.REPORT):
        return _CLAIM_ZONES
    if kind is CueClass.PARTY:
        return _PARTY_ZONES
    if kind is CueClass.STATE_MEDIA:
        return _STATE_MEDIA_ZONES
    if kind in (CueClass.HEARSAY, CueClass.ANONYMOUS):
        return _HEARSAY_ZONES
    if kind in _TIMES:
        return _TIME_ZONES
    return _BACKWARD_ZONES if kind in BACKWARD else _FORWARD_ZONES


class _Incidence:
    """Which features each example has: a matrix of 0 and 1, of which most are 0."""

    def __init__(self, rows: Sequence[Features], names: Sequence[str]) -> None:
        numbers = {name: number for number, name in enumerate(names)}
        columns = [[numbers[name] for name in row if name in numbers] for row in rows]
        self._width: Final = len(names)
        self._height: Final = len(rows)
        self._columns: Final = np.array([number for row in columns for number in row], np.intp)
        self._rows: Final = np.repeat(np.arange(len(rows)), [len(row) for row in columns])

    def times(self, table: Matrix) -> Matrix:
        """Return the product with a table that has a row for each feature."""
        return _sums(table[self._columns], self._rows, self._height)

    def transposed_times(self, table: Matrix) -> Matrix:
        """Return the transpose's product with a table that has a row for each example."""
        return _sums(table[self._rows], self._columns, self._width)


def _sums(values: Matrix, groups: NDArray[np.intp], count: int) -> Matrix:
    """Return the sums of the rows by group."""
    columns = [np.bincount(groups, column, count) for column in values.T]
    return np.stack(columns, axis=1)


def fit(
    rows: Sequence[Features], statuses: Sequence[Status], weights: Sequence[float] | None = None
) -> StatusModel:
    """Fit a model to the features of examples; ``weights`` says how much each counts."""
    names = feature_names(rows)
    labels = np.eye(len(STATUSES))[[STATUSES.index(status) for status in statuses]]
    counts = np.array(weights if weights is not None else [1.0] * len(rows))[:, None]
    start = np.array([prior(name) for name in names])
    solution = _descend(_Incidence(rows, names), labels, counts, start)
    table: dict[str, Any] = {
        name: tuple(round(float(weight), 2) for weight in row)
        for name, row in zip(names, solution - solution.mean(1, keepdims=True), strict=True)
        if np.abs(row).max() >= SMALLEST
    }
    return StatusModel(asserted=ASSERTED, other=OTHER, weights=table)


def feature_names(rows: Sequence[Features]) -> list[str]:
    """Return the features that are frequent enough, and all that the prior knows."""
    counts = Counter(feature for row in rows for feature in row)
    frequent = {name for name, count in counts.items() if count >= FEWEST}
    zones = (*_FORWARD_ZONES, *_BACKWARD_ZONES, "behind", "closing", "following")
    simple = (f"{kind}@{zone}" for kind in CueClass for zone in zones)
    return sorted(frequent | {name for name in simple if any(prior(name))} | set(_OTHERS))


def _descend(matrix: _Incidence, labels: Matrix, counts: Matrix, start: Matrix) -> Matrix:
    """Minimise the penalised loss by Nesterov's accelerated gradient descent."""
    step = 1 / (0.5 * _largest_eigenvalue(matrix, counts, len(start)) + PENALTY)
    current = ahead = start.copy()
    for number in range(ROUNDS):
        scores = matrix.times(ahead)
        powers = np.exp(scores - scores.max(1, keepdims=True))
        shares = powers / powers.sum(1, keepdims=True)
        gradient = matrix.transposed_times(counts * (shares - labels)) + PENALTY * (ahead - start)
        following = ahead - step * gradient
        ahead = following + number / (number + 3) * (following - current)
        current = following
    return current


def _largest_eigenvalue(matrix: _Incidence, counts: Matrix, size: int) -> float:
    """Return a bound on the curvature, by the power method with a margin."""
    vector, value = np.full((size, 1), size**-0.5), 0.0
    for _ in range(30):
        vector = matrix.transposed_times(counts * matrix.times(vector))
        value = float(np.linalg.norm(vector))
        vector /= value
    return 1.05 * value
