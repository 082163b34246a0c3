"""Zones as people write them: "Z", "+07", "UTC+9", "GMT+0700", "CEST", "America/Los_Angeles".

An abbreviation that several countries use for different times is no zone: IST is written in India,
Israel and Ireland.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_HOURS: Final = {
    **dict.fromkeys(("Z", "UT", "UTC", "GMT", "WET"), 0.0),
    **dict.fromkeys(("CET", "MEZ", "WEST", "WAT"), 1.0),
    **dict.fromkeys(("CEST", "MESZ", "EET", "OEZ", "CAT", "SAST"), 2.0),
    **dict.fromkeys(("EEST", "MSK", "TRT", "EAT", "IDT", "OESZ"), 3.0),
    "IRST": 3.5,
    "AFT": 4.5,
    "NPT": 5.75,
    "MMT": 6.5,
    "ACST": 9.5,
    "ACDT": 10.5,
    **dict.fromkeys(("GST", "AZT", "SAMT"), 4.0),
    **dict.fromkeys(("PKT", "UZT", "YEKT", "MVT"), 5.0),
    **dict.fromkeys(("ICT", "WIB", "KRAT"), 7.0),
    **dict.fromkeys(("HKT", "SGT", "MYT", "PHT", "AWST", "WITA", "ULAT", "IRKT"), 8.0),
    **dict.fromkeys(("KST", "JST", "WIT", "YAKT", "TLT"), 9.0),
    **dict.fromkeys(("AEST", "VLAT", "CHST", "PGT"), 10.0),
    "AEDT": 11.0,
    "MAGT": 11.0,
    "NZST": 12.0,
    "FJT": 12.0,
    "PETT": 12.0,
    "NZDT": 13.0,
    "NDT": -2.5,
    "BRT": -3.0,
    "ART": -3.0,
    "UYT": -3.0,
    "ADT": -3.0,
    "BOT": -4.0,
    "VET": -4.0,
    "EDT": -4.0,
    "EST": -5.0,
    "CDT": -5.0,
    "COT": -5.0,
    "PET": -5.0,
    "MDT": -6.0,
    "MST": -7.0,
    "PDT": -7.0,
    "PST": -8.0,
    "AKDT": -8.0,
    "AKST": -9.0,
    "HST": -10.0,
}
"""Hours from UTC. EST to PST are RFC 822's, which other uses of these letters yield to."""
_REGIONS: Final = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
    "EASTERN TIME": "America/New_York",
    "CENTRAL TIME": "America/Chicago",
    "MOUNTAIN TIME": "America/Denver",
    "PACIFIC TIME": "America/Los_Angeles",
    "EASTERN STANDARD TIME": "Etc/GMT+5",
    "EASTERN DAYLIGHT TIME": "Etc/GMT+4",
    "CENTRAL DAYLIGHT TIME": "Etc/GMT+5",
    "PACIFIC STANDARD TIME": "Etc/GMT+8",
    "PACIFIC DAYLIGHT TIME": "Etc/GMT+7",
    "CENTRAL EUROPEAN TIME": "Etc/GMT-1",
    "CENTRAL EUROPEAN STANDARD TIME": "Etc/GMT-1",
    "CENTRAL EUROPEAN SUMMER TIME": "Etc/GMT-2",
    "GREENWICH MEAN TIME": "Etc/UTC",
    "COORDINATED UNIVERSAL TIME": "Etc/UTC",
    "MOSCOW STANDARD TIME": "Europe/Moscow",
    "INDIA STANDARD TIME": "Asia/Kolkata",
    "INDOCHINA TIME": "Asia/Bangkok",
    "CHINA STANDARD TIME": "Asia/Shanghai",
    "HONG KONG TIME": "Asia/Hong_Kong",
    "SINGAPORE STANDARD TIME": "Asia/Singapore",
    "SINGAPORE TIME": "Asia/Singapore",
    "KOREA STANDARD TIME": "Asia/Seoul",
    "KOREAN STANDARD TIME": "Asia/Seoul",
    "JAPAN STANDARD TIME": "Asia/Tokyo",
    "北京时间": "Asia/Shanghai",
    "日本時間": "Asia/Tokyo",
    "한국시간": "Asia/Seoul",
}
_SUMMER_ONLY: Final = {"BST": "Europe/London"}
"""Abbreviations that are a summer time's, and that other countries use for their standard time."""
_OFFSET: Final = re.compile(
    r"(?:UTC|GMT|UT)?\s?(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>[0-5]\d))?", re.ASCII
)
_MAX_HOURS: Final = 14
_REGION: Final = re.compile(r"[A-Z][A-Za-z]{1,20}(?:/[A-Z][A-Za-z_-]{1,30}){1,2}", re.ASCII)
_PARTS: Final = re.compile(r"(?P<name>[^()\[\]]*)(?:[(\[](?P<comment>[^()\[\]]*)[)\]])?")


def in_zone(clock: datetime, zone: str) -> datetime | None:
    """Return the naive clock time in the zone, None if the zone is unknown or ambiguous.

    A comment in brackets counts if there is nothing before it: "GMT+0700 (Indochina Time)".
    """
    parts = _PARTS.fullmatch(zone.replace("\u2212", "-").strip())
    if parts is None:
        return None
    name = (parts["name"] or "").strip() or (parts["comment"] or "").strip()
    offset = _OFFSET.fullmatch(name.upper())
    if offset:
        return _shift(clock, offset)
    return next(
        (clock.replace(tzinfo=zone_info) for zone_info in _zones_by_name(clock, name)), None
    )


def _shift(clock: datetime, offset: re.Match[str]) -> datetime | None:
    hours, minutes = int(offset["hours"]), int(offset["minutes"] or 0)
    if hours * 60 + minutes > _MAX_HOURS * 60:
        return None
    sign = -1 if offset["sign"] == "-" else 1
    return clock.replace(tzinfo=timezone(sign * timedelta(hours=hours, minutes=minutes)))


def _zones_by_name(clock: datetime, name: str) -> Iterator[tzinfo]:
    """Yield the zone of this name."""
    key = name.upper()
    if key in _HOURS:
        yield timezone(timedelta(hours=_HOURS[key]))
    elif key in _SUMMER_ONLY:
        summer = clock.replace(tzinfo=_region(_SUMMER_ONLY[key]))
        if summer.dst():
            yield timezone(summer.utcoffset() or timedelta())
    elif region := _region(_REGIONS.get(key) or name):
        yield region


@lru_cache(maxsize=512)
def _load_region(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones is an OSError
        return None


def _region(name: str) -> ZoneInfo | None:
    return _load_region(name) if _REGION.fullmatch(name) or name.startswith("Etc/") else None
