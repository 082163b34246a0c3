"""Parse a day as people write it: "November 20, 2019", "25. September 2018", "2018年9月25日".

A day in numbers alone is parsed only if it can be read in one way: with full stops the day comes
first everywhere ("06.01.2026"); with slashes nobody knows.
"""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import orjson

MONTHS: Final = Path(__file__).with_name("months.json")
"""Names of the months in some sixty languages, in lower case, and their numbers.

training/cleaner/months.py makes the file.
"""
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
_HEBREW_IN: Final = "ב"
_YEAR_ANYWHERE: Final = re.compile(r"(?:19|20)\d\d")
_CHANGED: Final = re.compile(
    "updat|modifi|aktuali|geändert|actuali|mis à jour|aggiorn|atuali|обновл|güncel|uppdat|oppdat"
    "|opdat|bijgewerkt",
    re.IGNORECASE,
)


def parse_day(text: str) -> date | None:
    """Return the first day that the text names in full."""
    first = _first_day(text)
    return first[1] if first else None


def publication_day(lines: Iterable[str], not_after: date) -> tuple[str, date] | None:
    """Return the line that names the day of publication, and the day.

    It is the first that does not speak of a change, else the first. Days after ``not_after`` do not
    count.
    """
    changed = None
    for line in lines:
        first = _first_day(line)
        if first is None or first[1] > not_after:
            continue
        position, day = first
        if not _CHANGED.search(line, 0, position):
            return line, day
        changed = changed or (line, day)
    return changed


def _first_day(text: str) -> tuple[int, date] | None:
    """Return where the first day begins, and the day."""
    if not _YEAR_ANYWHERE.search(text):
        return None
    days = [
        (match.start(), day)
        for order, pattern in _PATTERNS
        for match in pattern.finditer(text)
        if (day := _to_date(order, match))
    ]
    return min(days, default=None)


def _to_date(order: str, match: re.Match[str]) -> date | None:
    parts = dict(zip(order, match.groups(), strict=True))
    try:
        return date(int(parts["y"]), _month(parts["m"].casefold()), int(parts["d"]))
    except ValueError:
        return None


def _month(name: str) -> int:
    """Return the number of the month, 0 for an unknown name."""
    if name.isdigit():
        return int(name)
    months = _months()
    return months.get(name, 0) or months.get(name.removeprefix(_HEBREW_IN), 0)


@cache
def _months() -> dict[str, int]:
    months: dict[str, int] = orjson.loads(MONTHS.read_bytes())
    return months
