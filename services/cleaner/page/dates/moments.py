"""Parse a moment: ISO 8601 as pages write it, a mail header's date (RFC 5322), or day.month.year.

A moment keeps the time zone that it was written in; without one it is in UTC. What can be read in
two ways (11/01/2023) is no moment.
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
    rf"(?:[^\W\d]{{1,12}}\.?,?\s+)?(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>\d{{4}}),?"
    rf"{_TIME}(?:\s*(?:Uhr|h))?\s*",
    re.IGNORECASE,
)
_MAX_CHARACTERS: Final = 64


def parse_moment(text: str, provenance: str) -> PageTime | None:
    """Return the moment, or None if the text is none, or one from before the web."""
    words = text.strip()[:_MAX_CHARACTERS]
    match = _ISO.fullmatch(words) or _DOTTED.fullmatch(words)
    try:
        moment = _from_match(match) if match else parsedate_to_datetime(words)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if moment.astimezone(UTC) < _EARLIEST:
            return None
    except (ValueError, TypeError, OverflowError):  # no such day, or one that has no time in UTC
        return None
    day_only = bool(match and match["hour"] is None)
    return PageTime(moment=moment, day_only=day_only, provenance=provenance)


def _from_match(match: re.Match[str]) -> datetime:
    names = ("year", "month", "day", "hour", "minute", "second")
    year, month, day, hour, minute, second = (int(match[name] or 0) for name in names)
    zone = _offset(match["zone"] or "")
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


def _offset(zone: str) -> timezone:
    if zone[:1] not in {"+", "-"}:
        return UTC
    return timezone(timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[-2:])))
