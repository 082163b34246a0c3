"""Parse a time that a feed, a page's metadata or a wire states: the whole of a text.

What is not understood is no time: a zone that is unknown or means two, a day that can be read in
two ways (02/03/2019), a form that is not here. It never becomes another time.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Final

from shared.dates.clock import ClockTime, parse_clock
from shared.dates.months import month_number
from shared.dates.zones import in_zone
from shared.messages.schemas import TimePrecision

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Before the web."""
_MAX_CHARACTERS: Final = 100
_ISO: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{3}|\.\d{6})?(?:Z|[+-](?:0\d|1[0-3]):?[0-5]\d)",
    re.ASCII,
)
_EPOCH: Final = re.compile(r"(\d{10})(?:\d{3})?", re.ASCII)
_MAX_MONTHS: Final = 12
_WEEKDAY: Final = (
    r"(?:(?:[^\W\d]{1,14}(?:[\s-][^\W\d]{1,14})?[.,،]{1,2}\s*"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\s+"
    r"|(?:(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend)\s+"
    r"|(?:lun|mar|mercre|jeu|vendre|same)di\s+|dimanche\s+"
    r"|(?:lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo)\s+"
    r"|(?:luned|marted|mercoled|gioved|venerd)ì\s+|sabato\s+|domenica\s+)?(?:le\s+)?)"
)
_NAME: Final = r"(?P<month>[^\W\d_][^\s\d.,;:|()/-]*)\.?"
_DAY_BEHIND: Final = (
    r"(?:\s?\(?(?:[月火水木金土日월화수목금토일](?:曜日|요일)?|[A-Za-z]{3})\)|\s?星期.)?"
)
_YEAR_FIRST: Final = (
    r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)(?!\d)\.?" + _DAY_BEHIND
)
_BASIC: Final = r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?=\D|$|\d{4}(?:\d\d)?$)"
_EAST_ASIAN: Final = (
    r"(?P<year>\d{4})\s?[年년]\s?(?P<month>\d\d?)\s?[月월]\s?(?P<day>\d\d?)\s?[日일号]"
    + _DAY_BEHIND
)
_DOTTED: Final = r"(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>\d{4})(?!\d)"
_EITHER_ORDER: Final = (
    r"(?P<first>\d\d?)(?P<mark>[-/])(?P<second>\d\d?)(?P=mark)(?P<year>\d{4})(?!\d)"
)
_DAY_FIRST: Final = (
    rf"(?P<day>\d\d?)(?:\.|st|nd|rd|th|er|º)?[\s-]+(?:de\s|of\s|d['’])?{_NAME}[,،]?[\s-]+"
    r"(?:del?\s)?(?P<year>\d{4}|\d\d)(?!\d)"
)
_MONTH_FIRST: Final = rf"{_NAME}\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\d)"
_DATES: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        *(_YEAR_FIRST, _BASIC, _EAST_ASIAN),
        *(_WEEKDAY + form for form in (_DOTTED, _EITHER_ORDER, _DAY_FIRST, _MONTH_FIRST)),
    )
)
_YEAR_LAST: Final = re.compile(
    r"(?P<date>(?:[^\W\d]{2,14},?\s+)?[^\W\d]{3,14}\s+\d\d?),?\s+(?P<clock>\d\d?:.{1,40}?)"
    r"\s+(?P<year>\d{4})"
)
"""As C and Java print it: "Wed Feb 27 21:00:00 KST 2019"."""
_BETWEEN: Final = re.compile(
    r"(?:T|[\s,]+(?:[-–|·・@]\s*)?|\s?[|·・]\s?)(?:(?:at|um|à|a las|às|alle|kl\.?)\s+)?|"
)
_RFC_822: Final = re.compile(r"[A-Z][a-z]{2}, \d")
_LAST_OF_2000S: Final = 49


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedTime:
    """A time as it is stated, in the zone that it is stated in.

    ``precision``: of a "day", ``moment`` is the midnight in UTC; a "zoneless" one is the clock's
    time as if it were UTC.
    """

    moment: datetime
    precision: TimePrecision


def parse_stated_time(text: str) -> StatedTime | None:
    """Return the time; None if the text is not understood, or names one from before the web."""
    return _parse(text) if len(text) <= _MAX_CHARACTERS else None


@lru_cache(maxsize=256)
def _parse(text: str) -> StatedTime | None:
    """Parse a text of a page, whose sources mostly state the same."""
    if _ISO.fullmatch(text):  # nine in ten
        with suppress(ValueError, OverflowError):
            moment = datetime.fromisoformat(text).replace(microsecond=0)
            is_old = moment.astimezone(UTC) < EARLIEST
            return None if is_old else StatedTime(moment=moment, precision="moment")
    words = " ".join(unicodedata.normalize("NFKC", text).split())
    try:
        stated = _parse_epoch(words) or next(_readings(words), None)
        is_old = stated is None or stated.moment.astimezone(UTC) < EARLIEST
    except OverflowError:  # a time that has none in UTC
        return None
    return None if is_old else stated


def _parse_epoch(words: str) -> StatedTime | None:
    """Read seconds or milliseconds since 1970, unless the figures begin with a year, month and day.

    Of the years that count those are far in the future if they are read as seconds.
    """
    match = _EPOCH.fullmatch(words)
    if match is None or _to_date(words[:4], words[4:6], words[6:8]):
        return None
    return StatedTime(moment=datetime.fromtimestamp(int(match[1]), UTC), precision="moment")


def _readings(words: str) -> Iterator[StatedTime]:
    """Yield what the words may mean: each form understands one, and the first counts."""
    year_last = _YEAR_LAST.fullmatch(words)
    if year_last:
        words = f"{year_last['date']} {year_last['year']} {year_last['clock']}"
    for form in _DATES:
        match = form.match(words)
        day = _match_date(match) if match else None
        if match and day:
            yield from _at_clock(day, words, words[match.end() :])
    clock = parse_clock(words, is_first=True)
    for form in _DATES if clock else ():
        match = form.fullmatch(clock.remainder) if clock else None
        day = _match_date(match) if match else None
        if clock and day:
            yield from _combine(day, clock, clock.zone, words)


def _at_clock(day: date, words: str, remainder: str) -> Iterator[StatedTime]:
    """Yield the day at the clock time in the remainder; the day if there is none."""
    midnight = datetime.combine(day, time())
    between = _BETWEEN.match(remainder)
    clock = parse_clock(remainder[between.end() :]) if between and remainder else None
    if clock:
        yield from _combine(day, clock, clock.remainder, words)
    elif not remainder or in_zone(midnight, remainder):
        yield StatedTime(moment=midnight.replace(tzinfo=UTC), precision="day")


def _combine(day: date, clock: ClockTime, zone: str, words: str) -> Iterator[StatedTime]:
    moment = datetime.combine(day, clock.time)
    if not zone:
        is_midnight = clock.time == time()
        precision: TimePrecision = "day" if is_midnight else "zoneless"
        yield StatedTime(moment=moment.replace(tzinfo=UTC), precision=precision)
        return
    if zone.strip("()").upper() == "CST" and (clock.is_twelve_hour or _RFC_822.match(words)):
        zone = "-0600"  # China writes CST, too, but neither in mail headers nor with am and pm
    zoned = in_zone(moment, zone)
    if zoned:
        yield StatedTime(moment=zoned, precision="moment")


def _match_date(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    if "first" not in parts:
        return _to_date(parts["year"], parts["month"], parts["day"])
    day_first = _to_date(parts["year"], parts["second"], parts["first"])
    month_first = _to_date(parts["year"], parts["first"], parts["second"])
    if day_first and month_first and day_first != month_first:
        return None  # half of the world reads 02/03/2019 as February
    return day_first or month_first


def _to_date(year: str, month: str, day: str) -> date | None:
    number = int(year)
    if len(year) == 2:  # mail headers of the last century (RFC 2822, 4.3)
        number += 2000 if number <= _LAST_OF_2000S else 1900
    try:
        return date(number, month_number(month), int(day))
    except ValueError:
        return None
