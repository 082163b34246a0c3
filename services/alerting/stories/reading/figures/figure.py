"""A number with what it counts, and when two of them may be one."""

from dataclasses import dataclass
from typing import Final

TOLLS: Final = frozenset({"dead", "hurt", "missing", "saved", "head"})
"""Counts that rise from hour to hour, so that another one is news and no correction."""
CALENDAR: Final = "calendar year"
"""The unit of a year: "since 2018" and "in five years" may be one figure."""
CLOCK: Final = "clock"
"""The unit of a time of day: minutes since midnight or noon, as "five past ten" may be both."""
HALF_DAY: Final = 720.0
_NEAR: Final = 0.07
"""By how much a rounded figure may differ from the exact one."""
_VAGUE: Final = 0.13
"""By how much a rounded share, length or time may: "just under a quarter" is 22 percent."""
_VAGUE_UNITS: Final = frozenset({"percent", "minute", "km", "year"})
_NEAR_CLOCK: Final = 15.0
"""How many minutes apart "shortly after six" may be."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it counts; the unit is empty where nothing says so.

    ``ago`` is, of a calendar year, how many years it is from the text's.
    """

    value: float
    unit: str
    is_rounded: bool = False
    ago: float | None = None

    @property
    def term(self) -> str:
        """The number as a term, whatever it counts."""
        return f"#{self.value:.6g}"

    def may_count(self, other: "Figure") -> bool:
        """Return whether both may count the same: the units are one, or one is not said."""
        units = {self.unit, other.unit}
        if units == {CALENDAR, "year"}:
            return True
        if "" in units:
            return CLOCK not in units
        return len(units) == 1 or self.unit[:3] == other.unit[:3] == "of "

    def agrees(self, other: "Figure") -> bool:
        """Return whether the two may be one figure, rounded or not."""
        if CALENDAR in {self.unit, other.unit} and self.unit != other.unit:
            return self.in_years().agrees(other.in_years()) if self.may_count(other) else False
        if self.value == other.value:
            return True
        apart = abs(self.value - other.value)
        is_marked = self.is_rounded or other.is_rounded
        if CLOCK in {self.unit, other.unit}:
            return is_marked and min(apart, HALF_DAY - apart) <= _NEAR_CLOCK
        is_vague = is_marked and not _VAGUE_UNITS.isdisjoint({self.unit, other.unit})
        near = _VAGUE if is_vague else _NEAR if is_marked or _is_round(self, other) else 0.0
        return apart <= near * max(self.value, other.value)

    def in_years(self) -> "Figure":
        """Return a calendar year as the number of years from the text's, which is rounded."""
        return self if self.ago is None else Figure(self.ago, "year", is_rounded=True)


def _is_round(*figures: Figure) -> bool:
    """Return whether a number looks rounded: 400, 57 000."""
    return any(
        figure.unit != CALENDAR
        and figure.value >= 100
        and figure.value % 10 ** (len(f"{figure.value:.0f}") - 1) == 0
        for figure in figures
    )
