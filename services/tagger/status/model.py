"""Weigh the features of a trigger: a multinomial logistic model whose weights one can read.

``weights.json`` is written by training/status. Each feature adds its weight to each status; the
softmax of the sums are the shares of the statuses.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from shared.messages.schemas import Status

STATUSES: Final[tuple[Status, ...]] = ("asserted", "denied", "planned", "past", "claimed")
Row = tuple[float, float, float, float, float]


class StatusModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The weights of each feature, in the order of ``STATUSES``; each row adds up to 0.

    A status is said if its share is at least ``asserted`` or, for the other statuses, ``other``.
    """

    asserted: float
    other: float
    weights: dict[str, Row]

    def is_certain(self, status: Status, share: float) -> bool:
        """Return whether a status of this share is certain enough to be said."""
        return share >= (self.asserted if status == "asserted" else self.other)

    def shares(self, features: Iterable[str]) -> Sequence[float]:
        """Return the share of each status; they add up to 1."""
        return shares_of([row for row in map(self.weights.get, features) if row])


def shares_of(rows: Sequence[Row]) -> Sequence[float]:
    """Return the share of each status by the weights of features; they add up to 1."""
    sums = map(sum, zip(*rows, strict=True)) if rows else [0.0] * len(STATUSES)
    powers = list(map(math.exp, sums))
    total = sum(powers)
    return [power / total for power in powers]


@cache
def status_model() -> StatusModel:
    """Load the weights that are part of the package."""
    content = (files("services.tagger.status") / "weights.json").read_bytes()
    return msgspec.json.decode(content, type=StatusModel)
