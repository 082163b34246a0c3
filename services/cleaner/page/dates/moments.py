"""A moment out of the words of a page: ISO 8601 as pages write it, the date of a mail header (RFC 5322), or day.month.year.

A moment keeps the zone that it was told in; without one it is read as UTC. What may be read in two ways (11/01/2023) is no moment.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

from services.cleaner.article_draft import PageTime

_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Before the web."""
_CLOCK: Final = r"(?P<hour>\d{1,2})(?::?(?P<minute>\d\d?))(?::?(?P<second>\d\d?)(?:[.,]\d+)?)?"
_ZONE: Final = r"(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?"
_TIME: Final = rf"(?:[T\s]+(?:-\s*)?{_CLOCK}\s*{_ZONE})?"
_ISO: Final = re.compile(
    rf"\s*(?P<year>\d{{4}})([-/.]?)(?P<month>\d\d?)\2(?P<day>\d\d?){_TIME}\s*",
    re.IGNORECASE | re.ASCII,
)
_DOTTED: Final = re.compile(
    rf"(?:[^\W\d]{{1,12}}\.?,?\s+)?(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>\d{{4}}),?{_TIME}(?:\s*(?:Uhr|h))?\s*",
    re.IGNORECASE,
)
_LONGEST: Final = 64


def parsed(text: str, witness: str) -> PageTime | None:
    """The moment; None if the words are none, or lie before the web."""
    words = text.strip()[:_LONGEST]
    found = _ISO.fullmatch(words) or _DOTTED.fullmatch(words)
    try:
        moment = _of_parts(found) if found else parsedate_to_datetime(words)
        at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if at.astimezone(UTC) < _EARLIEST:
            return None
    except (ValueError, TypeError, OverflowError):  # no such day, or one that has no time in UTC
        return None
    return PageTime(at=at, day_only=bool(found and found["hour"] is None), witness=witness)


def _of_parts(found: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (
        int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    return datetime(year, month, day, hour, minute, second, tzinfo=_offset(found["zone"] or ""))


def _offset(zone: str) -> timezone:
    if zone[:1] not in {"+", "-"}:
        return UTC
    return timezone(timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[-2:])))
