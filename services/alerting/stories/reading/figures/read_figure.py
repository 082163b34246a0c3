"""Figures in a text: spelled or in digits, fractions as percentages, with what they count.

"a quarter point", "25 basis points" and "0.25 percent" are one figure, and so are "forty-one" and
41. Lengths are in kilometres, times in minutes. What is counted is a unit of the table, or the stem
of the noun behind.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from services.alerting.stories.reading.figures.clock import clock_at
from services.alerting.stories.reading.figures.figure import CALENDAR, Figure
from services.alerting.stories.reading.figures.number_words import (
    APPROXIMATE,
    FRACTIONS,
    GROUPS,
    SCALES,
    SPELLED,
)
from services.alerting.stories.reading.stems import stem

UNITS_FILE: Final = Path(__file__).with_name("units.txt")
_MEASURES: Final = frozenset({"km", "minute", "year"})
"""Units of which there are fractions: half a kilometre."""
_UNIT_WORDS: Final = 2
_APPROXIMATE_WORDS: Final = 3
_SCALES_ALONE: Final = frozenset({"hundred", "thousand", "million", "billion"})
_FIRST_WORDS: Final = GROUPS.keys() | FRACTIONS.keys() | _SCALES_ALONE
"""With which a number may begin, besides digits and those of the language."""
_HUNDRED: Final = 100
_MOST_SPELLED: Final = 1e4


class _Number(NamedTuple):
    value: float
    end: int
    """The token behind it."""
    unit: str = ""
    is_rounded: bool = False


def figure_at(
    tokens: Sequence[str], at: int, language: str, year: int = 0
) -> tuple[Figure, int] | None:
    """Return the figure that begins at a token, and the token behind its number.

    Tokens are in lower case; a currency's sign is a token. ``year`` is the text's.
    """
    spelled = SPELLED.get(language, SPELLED["en"])
    token = tokens[at]
    if not (token[0].isdigit() or token in spelled or token in _FIRST_WORDS):
        return None
    if clock := clock_at(tokens, at, spelled):
        return clock
    number = _number_at(tokens, at, spelled)
    if number is None:
        return None
    before = tokens[max(0, at - _APPROXIMATE_WORDS) : at]
    is_rounded = number.is_rounded or not APPROXIMATE.isdisjoint(before)
    if number.unit:
        return Figure(number.value, number.unit, is_rounded), number.end
    if at and tokens[at - 1] in {"$", "us$", "€"}:
        return Figure(number.value, "dollar", is_rounded), number.end
    unit, factor, end = _unit(tokens, number.end)
    if at and tokens[at - 1] == "magnitude":
        unit = "magnitude"
    if not _is_unit(unit) and _is_calendar_year(tokens[at], number):
        return Figure(number.value, CALENDAR, ago=abs(year - number.value)), number.end
    value = number.value * factor
    if unit == "minute" and (more := _more_time(tokens, end, spelled)):
        value, end = value + more[0], more[1]
    return Figure(round(value, 4), unit, is_rounded), end


def _number_at(tokens: Sequence[str], at: int, spelled: Mapping[str, float]) -> _Number | None:
    """Return the number that begins at a token, None if none does."""
    value, following = _value(tokens[at], spelled), tokens[at + 1 : at + 2]
    if value is None:
        if tokens[at] in FRACTIONS:
            return _fraction(1.0, tokens, at)
        if tokens[at] in _SCALES_ALONE and at and tokens[at - 1] in {"a", "one", "some", "about"}:
            return _scaled(1.0, tokens, at, spelled)
        return None
    end = at + 1
    is_tens = 20 <= value < 100 and value % 10 == 0 and not tokens[at][0].isdigit()
    if is_tens and following and 0 < spelled.get(following[0], 0) < 10:
        value, end = value + spelled[following[0]], end + 1
    if following and following[0] in FRACTIONS and tokens[at] in spelled:
        return _fraction(value, tokens, end) or _Number(value, end)
    if share := _ratio(value, tokens, end, spelled):
        return share
    return _scaled(value, tokens, end, spelled)


def _scaled(value: float, tokens: Sequence[str], end: int, spelled: Mapping[str, float]) -> _Number:
    """Return "one and a half million" and "two hundred and six" behind their first word."""
    if tokens[end : end + 2] == ["and", "a"] and tokens[end + 2 : end + 3]:
        value, end = _and_fraction(value, tokens, end, end + 2)
    elif tokens[end : end + 2] == ["and", "three"] and tokens[end + 2 : end + 3] == ["quarters"]:
        value, end = value + 0.75, end + 3
    while end < len(tokens) and tokens[end] in SCALES:
        value, end = value * SCALES[tokens[end]], end + 1
        if _HUNDRED <= value < _MOST_SPELLED and (rest := _smaller(value, tokens, end, spelled)):
            value, end = value + rest.value, rest.end
    return _Number(value, end)


def _smaller(
    value: float, tokens: Sequence[str], end: int, spelled: Mapping[str, float]
) -> _Number | None:
    """Return "and six" behind "two hundred", and "three hundred" behind "two thousand"."""
    at = end + 1 if tokens[end : end + 1] == ["and"] else end
    ones = spelled.get(tokens[at], 0.0) if at < len(tokens) else 0.0
    if not 0 < ones < _HUNDRED:
        return None
    number = _number_at(tokens, at, spelled)
    return number if number and not number.unit and number.value < value else None


def _and_fraction(value: float, tokens: Sequence[str], end: int, at: int) -> tuple[float, int]:
    share = FRACTIONS.get(tokens[at]) if tokens[at] in {"half", "quarter", "third"} else None
    return (value, end) if share is None else (value + share, at + 1)


def _ratio(
    value: float, tokens: Sequence[str], end: int, spelled: Mapping[str, float]
) -> _Number | None:
    """Return "seven out of ten" and "nine in ten" as a percentage."""
    if tokens[end : end + 2] == ["out", "of"]:
        end += 2
    elif tokens[end : end + 1] == ["in"] and tokens[end + 1 : end + 2] == ["ten"]:
        end += 1
    else:
        return None
    whole = _value(tokens[end], spelled) if end < len(tokens) else None
    if not whole or value > whole:
        return None
    return _Number(round(100 * value / whole, 1), end + 1, "percent", is_rounded=True)


def _more_time(
    tokens: Sequence[str], end: int, spelled: Mapping[str, float]
) -> tuple[float, int] | None:
    """Return the minutes of "and 45 minutes" behind hours, and the token behind it."""
    if tokens[end : end + 1] != ["and"] or end + 2 >= len(tokens):
        return None
    number = _number_at(tokens, end + 1, spelled)
    if number is None or number.unit:
        return None
    unit, factor, after = _unit(tokens, number.end)
    return (number.value * factor, after) if unit == "minute" else None


def _is_unit(unit: str) -> bool:
    return bool(unit) and not unit.startswith("of ")


def _is_calendar_year(token: str, number: _Number) -> bool:
    return len(token) == 4 and token.isdecimal() and 1900 <= number.value < 2100


def _value(token: str, spelled: Mapping[str, float]) -> float | None:
    if token[0].isdigit():
        digits = token.replace(",", "").rstrip(".")
        return float(digits) if digits.replace(".", "", 1).isdecimal() else None
    return spelled.get(token, GROUPS.get(token))


def _fraction(times: float, tokens: Sequence[str], at: int) -> _Number | None:
    """Return "half a million" as a number, "a quarter point" and "a third of" as a percentage."""
    share, end = times * FRACTIONS[tokens[at]], at + 1
    while end < len(tokens) and tokens[end] in {"of", "a", "an", "percentage"}:
        end += 1
    following = tokens[end] if end < len(tokens) else ""
    if following in SCALES:
        return _Number(share * SCALES[following], end + 1)
    if following in {"point", "points"}:
        return _Number(round(share, 4), end + 1, "percent")
    unit, factor = _units().get(following, ("", 1.0))
    if unit == "percent":
        return _Number(round(share, 4), end + 1, "percent")
    if unit in _MEASURES:
        return _Number(round(share * factor, 4), end + 1, unit)
    is_ordinal = tokens[at] not in {"half", "quarter"} and times == 1 and tokens[at - 1] == "the"
    return None if is_ordinal or at == 0 else _Number(round(100 * share, 1), at + 1, "percent")


def _unit(tokens: Sequence[str], end: int) -> tuple[str, float, int]:
    """Return what is counted, the factor to the unit of the table, and the token behind it."""
    following = list(tokens[end : end + _UNIT_WORDS])
    if following[:1] == ["basis"]:
        return "percent", 0.01, end + 2
    if following in (["per", "cent"], ["por", "ciento"], ["pour", "cent"]):
        return "percent", 1.0, end + 2
    for number, token in enumerate(following):
        if token in _units():
            return *_units()[token], end + 1 if number == 0 else end
    unit = f"of {stem(following[0])}" if following and following[0].isalpha() else ""
    return unit, 1.0, end


@cache
def _units() -> dict[str, tuple[str, float]]:
    """Return the unit and the factor to it of each word that means one."""
    lines = UNITS_FILE.read_text("utf-8").splitlines()
    rows = (line.split() for line in lines if line and not line.startswith("#"))
    return {word: (unit, float(factor)) for unit, factor, *words in rows for word in words}
