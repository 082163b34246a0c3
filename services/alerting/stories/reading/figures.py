"""Figures in a text: spelled or in digits, fractions as percentages, with what they count.

"a quarter point", "25 basis points" and "0.25 percent" are one figure, and so are "forty-one" and
41. Lengths are in kilometres, times in minutes. What is counted is a unit of the table, or the stem
of the noun behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from services.alerting.stories.reading.number_words import (
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
_NEAR: Final = 0.07
"""By how much a rounded figure may differ from the exact one."""
_UNIT_WORDS: Final = 2
TOLLS: Final = frozenset({"dead", "hurt", "missing", "saved", "head"})
"""Counts that rise from hour to hour, so that another one is news and no correction."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it counts; the unit is empty where nothing says so."""

    value: float
    unit: str
    is_rounded: bool = False

    @property
    def term(self) -> str:
        """The number as a term, whatever it counts."""
        return f"#{self.value:.6g}"

    def agrees(self, other: "Figure") -> bool:
        """Return whether the two may be one figure, rounded or not."""
        if self.value == other.value:
            return True
        is_rounded = self.is_rounded or other.is_rounded or _is_round(self) or _is_round(other)
        apart = abs(self.value - other.value)
        return is_rounded and apart <= _NEAR * max(self.value, other.value)


class _Number(NamedTuple):
    value: float
    end: int
    """The token behind it."""
    unit: str = ""


def figure_at(tokens: Sequence[str], at: int, language: str) -> tuple[Figure, int] | None:
    """Return the figure that begins at a token, and the token behind its number.

    Tokens are in lower case; a currency's sign is a token.
    """
    number = _number_at(tokens, at, SPELLED.get(language, SPELLED["en"]))
    if number is None:
        return None
    is_rounded = any(token in APPROXIMATE for token in tokens[max(0, at - 2) : at])
    if number.unit:
        return Figure(number.value, number.unit, is_rounded), number.end
    if at and tokens[at - 1] in {"$", "us$", "€"}:
        return Figure(number.value, "dollar", is_rounded), number.end
    unit, factor, end = _unit(tokens, number.end)
    if at and tokens[at - 1] == "magnitude":
        unit = "magnitude"
    return Figure(round(number.value * factor, 4), unit, is_rounded), end


def _number_at(tokens: Sequence[str], at: int, spelled: dict[str, float]) -> _Number | None:
    """Return the number that begins at a token, None if none does."""
    value = _value(tokens[at], spelled)
    if value is None:
        return _fraction(1.0, tokens, at) if tokens[at] in FRACTIONS else None
    end = at + 1
    following = tokens[end] if end < len(tokens) else ""
    is_tens = 20 <= value < 100 and value % 10 == 0 and not tokens[at][0].isdigit()
    if is_tens and 0 < spelled.get(following, 0) < 10:
        value, end = value + spelled[following], end + 1
    if following in FRACTIONS and tokens[at] in spelled:
        return _fraction(value, tokens, end) or _Number(value, end)
    if tokens[end : end + 3] == ["and", "a", "half"]:
        value, end = value + 0.5, end + 3
    while end < len(tokens) and tokens[end] in SCALES:
        value, end = value * SCALES[tokens[end]], end + 1
    return _Number(value, end)


def _value(token: str, spelled: dict[str, float]) -> float | None:
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


def _is_round(figure: Figure) -> bool:
    """Return whether the number looks rounded: 400, 57 000."""
    return figure.value >= 100 and figure.value % 10 ** (len(f"{figure.value:.0f}") - 1) == 0
