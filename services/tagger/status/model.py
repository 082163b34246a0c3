"""Weigh the features of a trigger: a multinomial logistic model whose weights one can read.

``weights.json`` is written by training/status. Each feature adds its weight to each status; the
softmax of the sums are the shares of the statuses.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from services.tagger.status.event_kind import StatusVerdict
from services.tagger.status.trigger_features import Features
from shared.messages.schemas import Status

STATUSES: Final[tuple[Status, ...]] = ("asserted", "denied", "planned", "past", "claimed")


class StatusModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The weights of each feature, in the order of ``STATUSES``.

    A verdict is ``asserted`` from that share on, and another status from ``other`` on; below, the
    model abstains.
    """

    asserted: float
    other: float
    weights: dict[str, tuple[float, float, float, float, float]]

    def verdict(self, features: Features) -> StatusVerdict:
        """Return the most likely status, with the words that speak most for it."""
        likely, share = self.likely(features)
        if share < (self.asserted if likely.status == "asserted" else self.other):
            return StatusVerdict(None, f"unclear: {likely.reason}")
        return likely

    def likely(self, features: Features) -> tuple[StatusVerdict, float]:
        """Return the most likely status, however unlikely, and its share."""
        shares = self.shares(features)
        best = max(range(len(STATUSES)), key=shares.__getitem__)
        return StatusVerdict(STATUSES[best], self._reason(features, best)), shares[best]

    def shares(self, features: Mapping[str, str]) -> Sequence[float]:
        """Return the share of each status; they add up to 1."""
        rows = [self.weights[feature] for feature in features if feature in self.weights]
        sums = [sum(column) for column in zip(*rows, strict=True)] or [0.0] * len(STATUSES)
        highest = max(sums)
        powers = [math.exp(value - highest) for value in sums]
        return [power / sum(powers) for power in powers]

    def _reason(self, features: Features, status: int) -> str:
        """Return the words whose features together speak most for a status."""
        scores: dict[str, float] = {}
        for feature, words in features.items():
            row = self.weights.get(feature)
            if row:
                scores[words] = scores.get(words, 0.0) + row[status] - sum(row) / len(row)
        return max(scores, key=lambda words: scores[words]) if scores else "no cue"


@cache
def status_model() -> StatusModel:
    """Load the weights that are part of the package."""
    content = (files("services.tagger.status") / "weights.json").read_bytes()
    return msgspec.json.decode(content, type=StatusModel)
