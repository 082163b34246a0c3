"""Parse the time of a day: "21:00", "9 p.m.", "21.00 Uhr", "21h30", "오후 9시 30분", "210000"."""

import re
from dataclasses import dataclass
from datetime import time
from typing import Final

_MORNING: Final = frozenset(("上午", "凌晨", "早上", "午前", "오전", "am"))
_BEFORE: Final = r"上午|下午|凌晨|早上|晚上|午前|午後|오전|오후"
_CLOCK: Final = re.compile(
    rf"(?:(?P<before>{_BEFORE}|[AP]M)\s?)?(?P<hour>\d\d?)"
    r"(?:(?P<unit>\s?(?:[:.h時时点시]|Uhr\b)\s?)"
    r"(?:(?P<minute>\d\d?)(?:\s?(?:[:.]\s?(?P<second>\d\d?)(?:[.,]\d{1,9})?|[分분]\s?"
    r"(?:(?P<east_second>\d\d?)\s?[秒초])?))?)?)?"
    rf"(?:\s?(?P<meridiem>[ap]\.?\s?m\b\.?))?(?:\s?(?:Uhr|hrs?|uur|h)\b)?(?![\d:])",
    re.IGNORECASE,
)
_BASIC: Final = re.compile(
    r"(?P<hour>\d\d)(?P<minute>\d\d)(?:(?P<second>\d\d)(?:[.,]\d{1,9})?)?(?!\d)"
)
_BEFORE_A_DATE: Final = re.compile(
    r"\s*(?P<zone>\([^()]{1,40}\)|[A-Z]{1,4}(?:\s?[+-]\d[\d:]{0,4})?|[+-]\d\d:?\d\d)?"
    r"(?:,\s*|\s?[-–|·]\s|\s+(?:on|am|le|el)\s+|\s+)"
)
_NOON: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTime:
    """A clock time and the text behind it; ``zone``: the zone between it and a date behind."""

    time: time
    remainder: str
    zone: str = ""
    is_twelve_hour: bool = False


def parse_clock(text: str, *, is_first: bool = False) -> ClockTime | None:
    """Return the clock time at the start of the text, None without one.

    ``is_first``: a date follows, perhaps after a zone.
    """
    match = (None if is_first else _BASIC.match(text)) or _CLOCK.match(text)
    if match is None:
        return None
    parts = match.groupdict()
    half = (parts.get("before") or parts.get("meridiem") or "").lower().replace(".", "")
    half = half.replace(" ", "")
    has_minutes = bool(parts["minute"])
    if not (has_minutes or half or (parts["unit"] or "").strip() not in {"", ":", "."}):
        return None  # "21" alone is no time
    hour = _twenty_four(int(parts["hour"]), half)
    second = parts["second"] or parts.get("east_second") or "0"
    try:
        clock = time(hour, int(parts["minute"] or 0), int(second))
    except ValueError:
        return None
    remainder, zone = text[match.end() :].strip(), ""
    if is_first:
        before_date = _BEFORE_A_DATE.match(text, match.end())
        if before_date is None:
            return None
        remainder, zone = text[before_date.end() :], before_date["zone"] or ""
    return ClockTime(
        time=clock, remainder=remainder, zone=zone, is_twelve_hour=half in {"am", "pm"}
    )


def _twenty_four(hour: int, half: str) -> int:
    """Return the hour of the day; -1 if there is no such hour in this half of it."""
    if not half:
        return hour
    if half in _MORNING:
        return hour % _NOON if hour <= _NOON else -1
    return hour if hour > _NOON else hour % _NOON + _NOON
