"""Resolve months and years against the article's day."""

import re
from calendar import monthrange
from datetime import date
from typing import Final

import msgspec

from services.tagger.status.cue_classes import CueClass

TIMES: Final = (
    CueClass.THIS_WEEK,
    CueClass.WEEKS_AGO,
    CueClass.LONG_AGO,
    CueClass.TIME_AHEAD,
)
"""The classes of times, as ``kind_of_age`` tells them."""
_YEAR: Final = re.compile(
    r"(?P<year>1[5-9]\d\d|20\d\d)(?P<decade>s)?(?![\d:/%]|[.,]\d)"
    r"(?! (?:people|troops|soldiers|dollars|euros|miles|km|kilomet|met[er]|feet|tons))"
)
_DAY_BEFORE: Final = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|\.)? (?:of |de )?\Z")
_DAY_AFTER: Final = re.compile(r"\.? (\d{1,2})(?:st|nd|rd|th)?\b(?![\d:,.]\d| (?:years|months))")
_YEAR_AFTER: Final = re.compile(r"[.,]{0,2} (?:de )?((?:1[5-9]|20)\d\d)\b")
_MONTH_LEAD: Final = re.compile(
    r"\b(?:in|since|of|early|late|mid|until|by|from|this|next|last|between|and|for"
    r"|im|seit|en|de) \Z"
)
_AMBIGUOUS: Final = frozenset({3, 5})
"""March and May are words, too: only with a day, a year or a preposition are they months."""
_REACH: Final = 12
_MIDDLE: Final = 15
"""The day that stands for a whole month."""
_WEEK: Final = 8
_MONTH: Final = 31
_AHEAD: Final = 100
"""A month without a year lies ahead if it comes within so many days; otherwise it is over."""


class Time(msgspec.Struct, frozen=True, gc=False):
    """A time expression and how far it is from the article's day."""

    start: int
    end: int
    kind: CueClass


def month_time(text: str, start: int, end: int, month: int, day: date) -> Time | None:
    """Return the date of which a month's name is a part, None if the word is no month here."""
    before = _DAY_BEFORE.search(text, max(0, start - _REACH), start)
    after = None if before else _DAY_AFTER.match(text, end)
    last = after.end() if after else end
    year = _YEAR_AFTER.match(text, last)
    is_certain = month not in _AMBIGUOUS or before or after or year
    if not is_certain and not _MONTH_LEAD.search(text, max(0, start - _REACH), start):
        return None
    number = int(before[1]) if before else int(after[1]) if after else 0
    first = before.start() if before else start
    age = _age(day, int(year[1]) if year else None, month, number)
    return Time(first, year.end() if year else last, kind_of_age(age))


def year_time(text: str, start: int, day: date) -> Time | None:
    """Return the year or decade at a position, None if it is the article's or no year."""
    match = _YEAR.match(text, start)
    if match is None or int(match["year"]) == day.year:
        return None
    is_over = int(match["year"]) < day.year
    return Time(start, match.end(), CueClass.LONG_AGO if is_over else CueClass.TIME_AHEAD)


def kind_of_age(days: int) -> CueClass:
    """Return the class of a time so many days before the article's day; below 0 is ahead."""
    if days < -1:
        return CueClass.TIME_AHEAD
    if days <= _WEEK:
        return CueClass.THIS_WEEK
    return CueClass.WEEKS_AGO if days <= _MONTH else CueClass.LONG_AGO


def _age(day: date, year: int | None, month: int, number: int) -> int:
    """Return the days since a date; without a year, the nearest that fits."""
    if year is None and not number and month == day.month:
        return _WEEK + 1
    stated = year or day.year
    number = min(number or _MIDDLE, monthrange(stated, month)[1])
    age = (day - date(stated, month, number)).days
    if year is not None:
        return age
    if age < -_AHEAD:
        return age + 365
    return age - 365 if age > 365 - _AHEAD // 2 else age
