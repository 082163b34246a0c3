"""A day as people write it: "November 20, 2019", "25. September 2018", "2018年9月25日", "06.01.2026".

Of numbers alone only what can be read in one way is read: with full stops, the day comes first everywhere; with slashes, nobody knows.
"""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import orjson

MONTHS: Final = Path(__file__).with_name("months.json")
"""Names of the months in some sixty languages, in lower case, to their numbers; training/cleaner/months.py makes it."""
_YEAR: Final = r"((?:19|20)\d\d)"
_NAME: Final = r"([^\W\d_][^\s\d.,;:|()]*)"
_FORMS: Final = (
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
            rf"(?<![\d.])(\d{{1,2}})(?:\.\s?|\stháng\s)(\d{{1,2}})(?:\.\s?|,?\s(?:năm\s)?){_YEAR}(?!\d)"
        ),
    ),
    (
        "dmy",
        re.compile(
            rf"(?<!\d)(\d{{1,2}})(?:\.|st|nd|rd|th|er|º)?[\s-]+(?:de |of )?{_NAME}\.?[,،]?[\s-]+(?:de |del )?{_YEAR}(?!\d)"
        ),
    ),
    ("mdy", re.compile(rf"{_NAME}\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}(?!\d)")),
)
_HEBREW_IN: Final = "ב"
_YEAR_ANYWHERE: Final = re.compile(r"(?:19|20)\d\d")
_CHANGED: Final = re.compile(
    "updat|modifi|aktuali|geändert|actuali|mis à jour|aggiorn|atuali|обновл|güncel|uppdat|oppdat|opdat|bijgewerkt",
    re.IGNORECASE,
)


def written_day(text: str) -> date | None:
    """The first day that the text names in full."""
    found = _first(text)
    return found[1] if found else None


def day_of(lines: Iterable[str], not_after: date) -> tuple[str, date] | None:
    """The line that names the day of publication, and the day: the first that does not speak of a change, else the first.

    Days after ``not_after`` are none.
    """
    changed = None
    for line in lines:
        found = _first(line)
        if found is None or found[1] > not_after:
            continue
        if not _CHANGED.search(line, 0, found[0]):
            return line, found[1]
        changed = changed or (line, found[1])
    return changed


def _first(text: str) -> tuple[int, date] | None:
    """Where the first day begins, and the day."""
    if not _YEAR_ANYWHERE.search(text):
        return None
    days = [
        (match.start(), day)
        for order, form in _FORMS
        for match in form.finditer(text)
        if (day := _day(order, match))
    ]
    return min(days, default=None)


def _day(order: str, match: re.Match[str]) -> date | None:
    parts = dict(zip(order, match.groups(), strict=True))
    name = parts["m"].casefold()
    month = (
        int(name)
        if name.isdigit()
        else _months().get(name, 0) or _months().get(name.removeprefix(_HEBREW_IN), 0)
    )
    try:
        return date(int(parts["y"]), month, int(parts["d"]))
    except ValueError:
        return None


@cache
def _months() -> dict[str, int]:
    known: dict[str, int] = orjson.loads(MONTHS.read_bytes())
    return known
