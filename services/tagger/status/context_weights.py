"""Weigh the context of a trigger: the model's weights by zone and class instead of by name.

The sums are those of the named features; a tagger that looked up each name would spend most of its
time on names that are spread over the memory.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final, get_args

import msgspec

from services.tagger.status.model import STATUSES, Row, StatusModel, shares_of, status_model
from services.tagger.status.trigger_features import (
    TRIGGER,
    ZONES,
    TriggerContext,
    zone_features,
)
from services.tagger.status.trigger_form import FormName
from shared.messages.schemas import Status


class Estimate(msgspec.Struct, frozen=True, gc=False):
    """The most likely status, its share, and the number of the cue that speaks most for it."""

    status: Status
    share: float
    cue: int


class ContextWeights:
    """A model's weights, as a trigger's context asks for them."""

    def __init__(self, model: StatusModel) -> None:
        self.model: Final = model
        self._zones: Final = {
            form: [_ZoneWeights(model.weights, zone, form) for zone in range(len(ZONES))]
            for form in get_args(FormName)
        }

    def estimate(self, context: TriggerContext) -> Estimate:
        """Return the most likely status of a trigger."""
        rows: list[Row] = []
        cues: list[int] = []
        weights, zones = self.model.weights, self._zones[context.form]
        for name in context.own:
            if name in weights:
                rows.append(weights[name])
                cues.append(TRIGGER)
        for zone, bits, cue in context.placements:
            for row in zones[zone][bits]:
                rows.append(row)
                cues.append(cue)
        for name, cue in context.chain:
            if name in weights:
                rows.append(weights[name])
                cues.append(cue)
        shares = shares_of(rows)
        share = max(shares)
        best = shares.index(share)
        scores: dict[int, float] = {}
        for row, cue in zip(rows, cues, strict=True):
            scores[cue] = scores.get(cue, 0.0) + row[best]
        decisive = max(scores, key=scores.__getitem__) if scores else TRIGGER
        return Estimate(STATUSES[best], share, decisive)


class _ZoneWeights(dict[int, tuple[Row, ...]]):
    """The weights of cue classes in one zone beside triggers of one form; read on first use."""

    def __init__(self, weights: Mapping[str, Row], zone: int, form: FormName) -> None:
        super().__init__()
        self._weights: Final = weights
        self._zone: Final = zone
        self._form: Final = form

    def __missing__(self, bits: int) -> tuple[Row, ...]:
        names = zone_features(self._zone, bits, self._form)
        self[bits] = rows = tuple(self._weights[name] for name in names if name in self._weights)
        return rows


@cache
def context_weights() -> ContextWeights:
    """Return the weights that are part of the package."""
    return ContextWeights(status_model())
