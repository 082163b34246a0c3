"""Names of the months in some sixty languages."""

from functools import cache
from pathlib import Path
from typing import Final

import orjson

MONTHS: Final = Path(__file__).with_name("months.json")
"""Names of the months in lower case, and their numbers; training/cleaner/months.py makes the file.

A name that means different months in two languages is not in it.
"""
_HEBREW_IN: Final = "ב"
_SHORT_NAMES: Final = {"jän": 1, "jänner": 1, "fév": 2, "mrz": 3, "aout": 8, "сен": 9, "ноя": 11}
"""What people write and Unicode's tables do not have."""


def month_number(name: str) -> int:
    """Return the number of the month, given by name or in figures; 0 for an unknown name."""
    if name.isdecimal():
        return int(name)
    key = name.rstrip(".").casefold()
    months = _months()
    return months.get(key, 0) or months.get(key.removeprefix(_HEBREW_IN), 0)


@cache
def _months() -> dict[str, int]:
    months: dict[str, int] = orjson.loads(MONTHS.read_bytes())
    return _SHORT_NAMES | months
