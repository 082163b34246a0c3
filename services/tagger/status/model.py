"""Weigh the features of a trigger: a multinomial logistic model whose weights one can read.

``weights.json`` is written by training/status. Each feature adds its weight to each status; the
softmax of the sums are the shares of the statuses.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

import msgspec

from shared.messages.schemas import Status

STATUSES: Final[tuple[Status, ...]] = ("asserted", "denied", "planned", "past", "claimed")
_Row = tuple[float, float, float, float, float]


class Estimate(NamedTuple):
    """The most likely status, its share, and the number of the cue that speaks most for it."""

    status: Status
    share: float
    cue: int


class StatusModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The weights of each feature, in the order of ``STATUSES``; each row adds up to 0.

    A status is said if its share is at least ``asserted`` or, for the other statuses, ``other``.
    """

    asserted: float
    other: float
    weights: dict[str, _Row]

    def is_certain(self, estimate: Estimate) -> bool:
        """Return whether an estimate is certain enough to be said."""
        return estimate.share >= (self.asserted if estimate.status == "asserted" else self.other)

    def estimate(self, features: Mapping[str, int]) -> Estimate:
        """Return the most likely status of a trigger."""
        get = self.weights.get
        weighed = [(row, cue) for name, cue in features.items() if (row := get(name))]
        shares = _shares([row for row, _cue in weighed])
        best = shares.index(max(shares))
        scores: dict[int, float] = {}
        for row, cue in weighed:
            scores[cue] = scores.get(cue, 0.0) + row[best]
        cue = max(scores, key=scores.__getitem__) if scores else -1
        return Estimate(STATUSES[best], shares[best], cue)

    def shares(self, features: Iterable[str]) -> Sequence[float]:
        """Return the share of each status; they add up to 1."""
        return _shares([row for row in map(self.weights.get, features) if row])


def _shares(rows: Sequence[_Row]) -> Sequence[float]:
    sums = list(map(sum, zip(*rows, strict=True))) if rows else [0.0] * len(STATUSES)
    powers = list(map(math.exp, sums))
    total = sum(powers)
    return [power / total for power in powers]


@cache
def status_model() -> StatusModel:
    """Load the weights that are part of the package."""
    content = (files("services.tagger.status") / "weights.json").read_bytes()
    return msgspec.json.decode(content, type=StatusModel)
