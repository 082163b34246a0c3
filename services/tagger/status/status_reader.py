"""Read the status of events, and which stretches of an article are not asserted.

A trigger is first judged in its sentence, by the model over its cues. Then the article decides: a
mention in the body that nothing dates is news only if headline or lead assert the same event, and
background if the article dates the event long ago.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Final

import msgspec

from services.tagger.scan.candidate_spans import FieldScan
from services.tagger.status.context_weights import ContextWeights, Estimate, context_weights
from services.tagger.status.cue_classes import CueClass, bits_of
from services.tagger.status.cue_scan import CueScan
from services.tagger.status.cue_table import cue_table
from services.tagger.status.event_kind import EventKind, StatusVerdict, TriggerSpan
from services.tagger.status.model import StatusModel
from services.tagger.status.scopes import field_scopes
from services.tagger.status.trigger_features import (
    BESIDE,
    CHAIN,
    FAR,
    LEFT,
    NEAR,
    NEXT,
    RIGHT,
    TRIGGER,
    TriggerContext,
    trigger_context,
)
from shared.messages.schemas import FieldName, StatusScope

_LEAD_SENTENCES: Final = 3
_START: Final = attrgetter("start")
_UNCLEAR: Final = "unclear: "
_NO_ESTIMATE: Final = Estimate("claimed", 0.0, TRIGGER)
_DATING: Final = bits_of([CueClass.THIS_WEEK, CueClass.WEEKDAY, CueClass.RECENT])
_PERFECT: Final = bits_of([CueClass.PERFECT])
_LONG_AGO: Final = bits_of([CueClass.LONG_AGO, CueClass.BACKGROUND, CueClass.ARCHIVE])
_LONG_AGO_ZONES: Final = frozenset({NEAR, LEFT, NEXT, RIGHT})


class _Reading(msgspec.Struct, frozen=True):
    """A trigger, its verdict in its own sentence, and how it is dated there.

    ``long_ago``: the words that date a past event long ago.
    """

    trigger: TriggerSpan
    estimate: Estimate
    verdict: StatusVerdict
    is_leading: bool
    is_dated: bool
    long_ago: str


class StatusReader:
    """Reads the status of what one article says, as of ``article_day`` (UTC).

    ``language`` is ISO 639-1. Languages without a table of cues have no verdict and no scope.
    """

    def __init__(
        self,
        scans: Sequence[FieldScan],
        article_day: date,
        language: str,
        model: StatusModel | None = None,
    ) -> None:
        table = cue_table(language)
        self._cues: Final[dict[FieldName, CueScan]] = (
            {scan.field: CueScan(scan, table, article_day) for scan in scans} if table else {}
        )
        self._weights: Final = ContextWeights(model) if model else context_weights()

    def status(self, field: FieldName, start: int, end: int, kind: EventKind) -> StatusVerdict:
        """Return the verdict on one trigger, read without the article's other triggers."""
        return self.statuses([TriggerSpan(field, start, end, kind)])[0]

    def statuses(self, triggers: Sequence[TriggerSpan]) -> list[StatusVerdict]:
        """Return the verdict on each of the article's triggers."""
        readings = [self._read(trigger) for trigger in triggers]
        leading = {
            reading.trigger.kind.event
            for reading in readings
            if reading.is_leading and reading.verdict.status == "asserted"
        }
        long_ago = {
            reading.trigger.kind.event: reading.long_ago for reading in readings if reading.long_ago
        }
        return [self._in_article(reading, leading, long_ago) for reading in readings]

    def scopes(self) -> tuple[StatusScope, ...]:
        """Return what is not asserted as recent news, in text order, field by field."""
        return tuple(scope for scopes in self._scopes.values() for scope in scopes)

    @cached_property
    def _scopes(self) -> dict[FieldName, list[StatusScope]]:
        return {field: field_scopes(cues) for field, cues in self._cues.items()}

    def _read(self, trigger: TriggerSpan) -> _Reading:
        cues = self._cues.get(trigger.field)
        if cues is None:
            verdict = StatusVerdict(None, "no cues of this language")
            return _Reading(
                trigger, _NO_ESTIMATE, verdict, is_leading=False, is_dated=False, long_ago=""
            )
        context = trigger_context(cues, trigger.start, trigger.end, trigger.kind)
        estimate = self._weights.estimate(context)
        reason = _words(cues, trigger, estimate.cue)
        verdict = (
            StatusVerdict(estimate.status, reason)
            if self._weights.model.is_certain(estimate.status, estimate.share)
            else StatusVerdict(None, f"{_UNCLEAR}{reason}")
        )
        return _Reading(
            trigger,
            estimate,
            verdict,
            is_leading=trigger.field != "body" or _is_in_lead(cues, trigger.start),
            is_dated=_is_dated(context.classes),
            long_ago=_long_ago(cues, context) if verdict.status == "past" else "",
        )

    def _in_article(
        self, reading: _Reading, leading: set[str], long_ago: dict[str, str]
    ) -> StatusVerdict:
        """Let the article decide about a mention that its sentence neither dates nor denies."""
        verdict, event = reading.verdict, reading.trigger.kind.event
        if verdict.status not in ("asserted", None) or reading.is_dated:
            return verdict
        if background := self._background_at(reading.trigger):
            return StatusVerdict("past", background)
        if event in leading and reading.estimate.status == "asserted":
            return StatusVerdict("asserted", verdict.reason.removeprefix(_UNCLEAR))
        if reading.is_leading or event in leading:
            return verdict
        if event in long_ago:
            return StatusVerdict("past", long_ago[event])
        if verdict.status is None:
            return verdict
        return StatusVerdict(None, f"{verdict.reason}, but nothing dates it")

    def _background_at(self, trigger: TriggerSpan) -> str:
        """Return why the trigger stands in background, empty if it does not."""
        scopes = self._scopes.get(trigger.field, [])
        index = bisect_right(scopes, trigger.start, key=_START) - 1
        scope = scopes[index] if index >= 0 else None
        is_inside = scope and scope.status == "past" and trigger.end <= scope.end
        return scope.reason if scope and is_inside else ""


def _words(cues: CueScan, trigger: TriggerSpan, cue: int) -> str:
    """Return the words of a cue, or of the trigger itself."""
    return cues.plain[trigger.start : trigger.end] if cue == TRIGGER else cues.words(cue)


def _is_in_lead(cues: CueScan, position: int) -> bool:
    return cues.sentence_number(position) < _LEAD_SENTENCES


def _is_dated(classes: Sequence[int]) -> bool:
    """Return whether cues of these classes, zone by zone, say that it was just now."""
    before = classes[NEAR] | classes[LEFT] | classes[FAR]
    after = classes[NEXT] | classes[RIGHT] | classes[BESIDE]
    return bool(classes[CHAIN] & _PERFECT or (before | after) & _DATING)


def _long_ago(cues: CueScan, context: TriggerContext) -> str:
    """Return the words of the nearest cue that dates an event long ago, empty without one."""
    for zone, bits, cue in context.placements:
        if bits & _LONG_AGO and zone in _LONG_AGO_ZONES:
            return cues.words(cue)
    return ""
