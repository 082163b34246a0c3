"""Read marked triggers from JSON lines.

A line has ``text``, ``start`` and ``end`` of the trigger in it, ``date``, ``headline`` (whether the
text is one) and ``status``; optionally ``article_headline`` and ``lead`` of its article, and the
trigger's kind: ``event``, ``is_noun``, ``is_scheduled``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from services.tagger.scan.candidate_spans import FieldScan
from services.tagger.scan.normalise import normalise
from services.tagger.status.cue_scan import CueScan
from services.tagger.status.cue_table import cue_table
from services.tagger.status.event_kind import EventKind
from services.tagger.status.trigger_features import (
    Features,
    TriggerContext,
    trigger_context,
)
from shared.messages.schemas import FieldName, Status

_SET: Final = re.compile(r"-?(?:dev|unseen)\Z")


class _Line(msgspec.Struct):
    text: str
    start: int
    end: int
    date: date
    status: Status
    headline: bool = False
    id: str = ""
    article_headline: str = ""
    lead: str = ""
    language: str = "en"
    event: str = ""
    is_noun: bool | None = None
    is_scheduled: bool = False


@dataclass(frozen=True)
class Example:
    """A marked trigger in its text, with headline and lead of the article if they are known."""

    id: str
    text: str
    start: int
    end: int
    day: date
    is_headline: bool
    status: Status
    headline: str
    lead: str
    language: str
    kind: EventKind
    writer: str
    """Who wrote it: the name of its file without "dev" and "unseen"."""

    @property
    def story(self) -> str:
        """What examples share that must not be divided between training and test."""
        return self.day.isoformat()

    def features(self) -> Features:
        """Return the features of the trigger, without the rest of the article."""
        return self.context().features()

    def context(self) -> TriggerContext:
        """Return what stands beside the trigger, without the rest of the article."""
        table = cue_table(self.language)
        if table is None:
            raise ValueError(f"{self.id}: there are no cues of the language {self.language!r}")
        field: FieldName = "headline" if self.is_headline else "body"
        cues = CueScan(scan_of(field, self.text), table, self.day)
        return trigger_context(cues, self.start, self.end, self.kind)


def read_examples(paths: Sequence[Path]) -> Iterator[Example]:
    """Yield the marked triggers of the files in order."""
    for path in paths:
        for number, content in enumerate(path.read_bytes().splitlines(), 1):
            if content.strip():
                line = msgspec.json.decode(content, type=_Line)
                yield _example(line, f"{path.name}:{number}", _SET.sub("", path.stem))


def _example(line: _Line, place: str, writer: str) -> Example:
    return Example(
        id=line.id or place,
        text=line.text,
        start=line.start,
        end=line.end,
        day=line.date,
        is_headline=line.headline,
        status=line.status,
        headline=line.article_headline,
        lead=line.lead,
        language=line.language,
        kind=EventKind(line.event, line.is_noun, line.is_scheduled),
        writer=writer,
    )


def scan_of(field: FieldName, text: str) -> FieldScan:
    """Return a field in which no names are looked for."""
    return FieldScan(field, normalise(text), {}, is_case_uninformative=False)
