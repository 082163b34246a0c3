"""Parse a day as people write it: "November 20, 2019", "25. September 2018", "2018年9月25日".

A day in numbers alone is parsed only if it can be read in one way: with full stops the day comes
first everywhere ("06.01.2026"); with slashes nobody knows.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

from shared.dates.months import month_number
from shared.dates.stated_time import EARLIEST

_YEAR: Final = r"((?:19|20)\d\d)"
_NAME: Final = r"([^\W\d_][^\s\d.,;:|()]*)"
_PATTERNS: Final = (
    (
        "ymd",
        re.compile(
            rf"(?<!\d){_YEAR}\s?(?:[-.]|年|년)\s?(\d{{1,2}})\s?(?:[-.]|月|월)\s?(\d{{1,2}})(?!\d)"
        ),
    ),
    ("ymd", re.compile(rf"(?<!\d){_YEAR}\.?\s+(?:m\.\s+)?{_NAME}\.?\s+(\d{{1,2}})(?!\d)")),
    (
        "dmy",
        re.compile(
            r"(?<![\d.])(\d{1,2})(?:\.\s?|\stháng\s)(\d{1,2})(?:\.\s?|,?\s(?:năm\s)?)"
            rf"{_YEAR}(?!\d)"
        ),
    ),
    (
        "dmy",
        re.compile(
            rf"(?<!\d)(\d{{1,2}})(?:\.|st|nd|rd|th|er|º)?[\s-]+(?:de |of )?{_NAME}\.?[,،]?"
            rf"[\s-]+(?:de |del )?{_YEAR}(?!\d)"
        ),
    ),
    ("mdy", re.compile(rf"{_NAME}\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}(?!\d)")),
)
_YEAR_ANYWHERE: Final = re.compile(r"(?:19|20)\d\d")
_CHANGED: Final = re.compile(
    "updat|modifi|aktuali|geändert|actuali|mis à jour|aggiorn|atuali|обновл|güncel|uppdat|oppdat"
    "|opdat|bijgewerkt",
    re.IGNORECASE,
)

_WORD: Final = re.compile(r"[^\W\d_][^\s,;:|/()–—·•\"“”]*")
_MAX_WORDS_AROUND: Final = 10
_NEVER_AROUND: Final = re.compile(
    r"[@©#“”„«»]|\bcopyright\b|\b(?:photo|foto|bild|image|picture|video|getty|file)\b|[?!]",
    re.IGNORECASE,
)
"""Marks of embedded posts, captions and copyright lines."""
_OF_TIME: Final = re.compile(
    r"(?:published|updated|posted|last|first|originally|modified|created|issued|release[ds]?|dated?"
    r"|date|time|on|at|in|by|and|a\.?m\.?|p\.?m\.?|um|uhr|h|stand|vom?|am|den|und|de|del|le|la|el|à"
    r"|a|las|par|por|il|di|da|do|om|van|der|af|av|et|y|e|written|reported|story|text|article"
    r"|erstellt|publiziert|gesendet|online|seit|veröffentlicht|erschienen|aktualisiert|zuletzt|geändert|datum|publié[es]?|mise?|jour|écrit"
    r"|publicad[oa]|actualizad[oa]|atualizad[oa]|escrito|fecha|pubblicat[oa]|aggiornat[oa]|scritto"
    r"|gepubliceerd|bijgewerkt|geplaatst|publicerad|uppdaterad|publisert|oppdatert|opdateret"
    r"|opublikowano|yayınlanma|yayın|güncelleme|güncellendi|tarihi|опубликовано|обновлено|kl"
    r"|min|mins|minutes?|minuten|read|reading|lesezeit|lesedauer|lectura|lecture|source|quelle"
    r"|comments?|kommentare?|views|hours?|days?|ago|local|for|from|as|of|the)\.?",
    re.IGNORECASE,
)


class DayInText(NamedTuple):
    """The code points ``start`` to ``end`` of a text name the day."""

    start: int
    day: date
    end: int


def parse_day(text: str) -> date | None:
    """Return the first day that the text names in full."""
    first = _first_day(text)
    return first.day if first else None


def publication_day(lines: Iterable[str], not_after: date) -> tuple[str, date] | None:
    """Return the line that names the day of publication, and the day.

    It is the first that does not speak of a change, else the first. Sentences and captions that
    mention a day do not count, nor do days from before the web or after ``not_after``.
    """
    changed = None
    for line in lines:
        first = _first_day(line)
        if first is None or not EARLIEST.date() <= first.day <= not_after:
            continue
        if not _says_only_when(line[: first.start] + " " + line[first.end :]):
            continue
        if not _CHANGED.search(line, 0, first.start):
            return line, first.day
        changed = changed or (line, first.day)
    return changed


def _says_only_when(around: str) -> bool:
    """Return whether the text around a day says when a text was published, and by whom.

    It has few words: names, words of publication and clocks, no verbs of a sentence.
    """
    words = [word for word in _WORD.findall(around) if not _OF_TIME.fullmatch(word)]
    if len(words) > _MAX_WORDS_AROUND or _NEVER_AROUND.search(around):
        return False
    return not any(word[0].islower() and "." not in word for word in words)


def _first_day(text: str) -> DayInText | None:
    """Return the first day in the text."""
    if not _YEAR_ANYWHERE.search(text):
        return None
    days = [
        DayInText(match.start(), day, match.end())
        for order, pattern in _PATTERNS
        for match in pattern.finditer(text)
        if (day := _to_date(order, match))
    ]
    return min(days, default=None)


def _to_date(order: str, match: re.Match[str]) -> date | None:
    parts = dict(zip(order, match.groups(), strict=True))
    try:
        return date(int(parts["y"]), month_number(parts["m"]), int(parts["d"]))
    except ValueError:
        return None
