"""Small articles with marked triggers, to test what the article's context decides.

A trigger is marked as ``[words|event|status]``; the status "none" means that the reader abstains.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from services.tagger.scan.candidate_spans import FieldScan
from services.tagger.scan.normalise import normalise
from services.tagger.status.event_kind import EventKind, StatusVerdict, TriggerSpan
from services.tagger.status.status_reader import StatusReader
from shared.messages.schemas import FieldName, StatusScope

_MARK: Final = re.compile(r"\[([^|\]]+)\|([\w-]+)\|(\w+)\]")
DAY: Final = date(2018, 9, 9)


class MarkedText(NamedTuple):
    """A field's text without the marks, the triggers in it and the status expected of each."""

    text: str
    triggers: list[TriggerSpan]
    expected: list[str]


def parse_marks(field: FieldName, marked: str) -> MarkedText:
    """Take the marks out of a text."""
    text, triggers, expected, last = "", [], [], 0
    for mark in _MARK.finditer(marked):
        text += marked[last : mark.start()]
        start, last = len(text), mark.end()
        text += mark[1]
        triggers.append(TriggerSpan(field, start, len(text), EventKind(mark[2])))
        expected.append(mark[3])
    return MarkedText(text + marked[last:], triggers, expected)


def verdicts(
    headline: str, body: str, day: date = DAY, language: str = "en"
) -> list[tuple[str, str, StatusVerdict]]:
    """Return each trigger's words and expected status with the reader's verdict."""
    fields = [parse_marks("headline", headline), parse_marks("body", body)]
    reader = read(fields[0].text, fields[1].text, day, language)
    triggers = [trigger for field in fields for trigger in field.triggers]
    expected = [status for field in fields for status in field.expected]
    texts = {"headline": fields[0].text, "body": fields[1].text}
    words = [texts[trigger.field][trigger.start : trigger.end] for trigger in triggers]
    return list(zip(words, expected, reader.statuses(triggers), strict=True))


def mistakes(headline: str, body: str, day: date = DAY) -> list[str]:
    """Return what the reader says of the triggers that it gets wrong."""
    return [
        f"{words}: {verdict.status} ({verdict.reason}), not {status}"
        for words, status, verdict in verdicts(headline, body, day)
        if (verdict.status or "none") != status
    ]


def read(headline: str, body: str, day: date = DAY, language: str = "en") -> StatusReader:
    """Return the reader of an article."""
    texts: Sequence[tuple[FieldName, str]] = (("headline", headline), ("body", body))
    scans = [
        FieldScan(field, normalise(text), {}, is_case_uninformative=False) for field, text in texts
    ]
    return StatusReader(scans, day, language)


def scopes_of(body: str, day: date = DAY, language: str = "en") -> list[tuple[str, str]]:
    """Return the status and the text of each scope of a body."""
    scopes: Sequence[StatusScope] = read("", body, day, language).scopes()
    return [(scope.status, body[scope.start : scope.end]) for scope in scopes]
