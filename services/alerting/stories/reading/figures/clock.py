"""Times of day: "1:25 p.m.", "25 past one", "a quarter to seven", "shortly after six"."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.alerting.stories.reading.figures.figure import CLOCK, HALF_DAY, Figure

_HALVES: Final = frozenset(("a.m", "p.m", "am", "pm", "uhr", "o'clock", "o’clock"))
_PARTS_OF_DAY: Final = frozenset(("morning", "evening", "afternoon", "night"))
_BEFORE: Final = frozenset(("at", "around", "about", "after", "before", "until", "um", "gegen"))
_VAGUE: Final = frozenset(("around", "about", "after", "before", "gegen", "nearly", "almost"))
_MINUTES: Final = {"half": 30.0, "quarter": 15.0}
_UNITS: Final = frozenset(("%", "percent", "per", "pct", "million", "billion", "points", "a"))
_HOURS: Final = 24.0
_HOUR: Final = 60.0


def clock_at(
    tokens: Sequence[str], at: int, spelled: Mapping[str, float]
) -> tuple[Figure, int] | None:
    """Return the time of day that begins at a token, and the token behind it."""
    before = tokens[at - 1] if at else ""
    if past := _past_or_to(tokens, at, spelled):
        minutes, end = past
    elif (hour := _hour(tokens[at], spelled)) is None:
        return None
    elif _names_half(tokens, at + 1) or _is_time_alone(tokens, at):
        minutes, end = hour, at + 1
    else:
        return None
    return Figure(minutes % HALF_DAY, CLOCK, before in _VAGUE), end


def _past_or_to(
    tokens: Sequence[str], at: int, spelled: Mapping[str, float]
) -> tuple[float, int] | None:
    """Return the minutes of "25 past one" and the token behind it."""
    following = tokens[at + 1 : at + 3]
    if len(following) < 2 or following[0] not in {"past", "to"}:
        return None
    minutes = _MINUTES.get(tokens[at], spelled.get(tokens[at], _digits(tokens[at])))
    hour = spelled.get(following[1], _digits(following[1]))
    if minutes is None or hour is None or not (minutes < _HOUR and 0 < hour <= _HOURS):
        return None
    is_counting = following[0] == "to" and tokens[at] not in _MINUTES
    if is_counting and not _names_half(tokens, at + 3):  # "from ten to twelve"
        return None
    return hour * _HOUR + (minutes if following[0] == "past" else -minutes), at + 3


def _hour(token: str, spelled: Mapping[str, float]) -> float | None:
    """Return the minutes since midnight that "9", "nine" or "9.05" may mean."""
    if _has_minutes(token):
        hours, _, minutes = token.partition(".")
        return int(hours) * _HOUR + int(minutes)
    hour = spelled.get(token, _digits(token))
    return hour * _HOUR if hour is not None and 0 < hour <= _HOURS else None


def _has_minutes(token: str) -> bool:
    hours, _, minutes = token.partition(".")
    is_time = hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2
    return is_time and len(hours) <= 2 and int(hours) < _HOURS and int(minutes) < _HOUR


def _is_time_alone(tokens: Sequence[str], at: int) -> bool:
    """Return whether a token is the time of "at 6.45": no unit stands behind it."""
    has_unit = at + 1 < len(tokens) and tokens[at + 1] in _UNITS
    return _has_minutes(tokens[at]) and at > 0 and tokens[at - 1] in _BEFORE and not has_unit


def _digits(token: str) -> float | None:
    return float(token) if token.isdecimal() and len(token) <= 2 else None


def _names_half(tokens: Sequence[str], at: int) -> bool:
    """Return whether "p.m.", "o'clock" or "in the morning" begins at a token."""
    if tokens[at : at + 1] and tokens[at] in _HALVES:
        return True
    following = list(tokens[at : at + 3])
    is_part = following[:2] in (["in", "the"], ["on", "the"]) and len(following) == 3
    return (is_part and following[2] in _PARTS_OF_DAY) or following[:2] == ["at", "night"]
