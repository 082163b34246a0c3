"""Dates as written in the data: a day, or only its month or year."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

_FORM: Final = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


@dataclass(frozen=True, slots=True)
class DateRange:
    """The first and last day that a date may refer to; the same where the day is known."""

    first: date
    last: date


def parse_date_range(value: object) -> DateRange:
    """Parse YYYY-MM-DD, YYYY-MM or YYYY, quoted or not. Raises ValueError with the reason."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return DateRange(value, value)
    form = _FORM.fullmatch(str(value)) if isinstance(value, str | int) else None
    if form is None:
        raise ValueError(f"not a date: {value!r}; write 2018-04-26, 2018-04 or 2018")
    year, month, day = (int(part) if part else None for part in form.groups())
    try:
        return _range_of(year or 0, month, day)
    except ValueError:
        raise ValueError(f"no such day: {value}") from None


def _range_of(year: int, month: int | None, day: int | None) -> DateRange:
    first = date(year, month or 1, day or 1)
    if day:
        return DateRange(first, first)
    last_month = month or 12
    return DateRange(first, date(year, last_month, monthrange(year, last_month)[1]))
