"""What a feed says about its next reading: RSS ttl, skipHours, skipDays, sy: periods. Pure.

All of these are hints, and many are what a library writes by default; timing/rhythm.py says what
they are worth.
"""

import re
from typing import Final

from shared.messages.schemas import FeedHints

LONGEST_S: Final = 7 * 24 * 3600.0
_LONGEST_LIST: Final = 4_096
_PERIODS_S: Final = {
    "hourly": 3_600.0,
    "daily": 86_400.0,
    "weekly": 7 * 86_400.0,
    "monthly": 30 * 86_400.0,
    "yearly": 365 * 86_400.0,
}
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_HOUR: Final = re.compile(r"<hour>\s{0,20}([0-9]{1,2})\s{0,20}</hour>", re.IGNORECASE)
_DAY: Final = re.compile(r"<day>\s{0,20}([a-z]{6,9})\s{0,20}</day>", re.IGNORECASE)


def read_hints(xml: str, ttl: str, period: str, frequency: str) -> FeedHints:
    """Return a feed's hints; ``ttl``, ``period`` and ``frequency`` are its elements' texts.

    What is not understood is as if it were not there, and so is a list of all hours or days.
    """
    hours = {int(hour) % 24 for hour in _HOUR.findall(_list_of(xml, "skipHours")) if int(hour) < 25}
    days = {
        _WEEKDAYS.index(day.lower())
        for day in _DAY.findall(_list_of(xml, "skipDays"))
        if day.lower() in _WEEKDAYS
    }
    return FeedHints(
        wait_s=max(_ttl_s(ttl), _period_s(period, frequency)),
        skip_hours=tuple(sorted(hours)) if len(hours) < 24 else (),
        skip_weekdays=tuple(sorted(days)) if len(days) < 7 else (),
    )


def _ttl_s(text: str) -> float:
    """Return the seconds of a ttl, which is in minutes; 0 without one."""
    match = _NUMBER.fullmatch(text.strip())
    return min(int(match[0]) * 60.0, LONGEST_S) if match else 0.0


def _period_s(period: str, frequency: str) -> float:
    """Return the seconds between updates, so many times a period; 0 if it is not said."""
    period_s = _PERIODS_S.get(period.strip().lower(), 0.0)
    match = _NUMBER.fullmatch(frequency.strip())
    return min(period_s / max(int(match[0]) if match else 1, 1), LONGEST_S)


def _list_of(xml: str, name: str) -> str:
    """Return what an element of the channel contains, not of an item; empty if there is none."""
    start = xml.find(f"<{name}>")
    item = xml.find("<item")
    if start < 0 or 0 <= item < start < xml.rfind("</item>"):
        return ""
    text = xml[start : start + _LONGEST_LIST]
    return text.partition(f"</{name}>")[0]
