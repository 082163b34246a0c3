"""Dates as people write them."""

from datetime import date

import pytest

from services.tagger.data.date_range import DateRange, parse_date_range


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        (date(2018, 4, 26), date(2018, 4, 26), date(2018, 4, 26)),
        ("2018-04-26", date(2018, 4, 26), date(2018, 4, 26)),
        ("2018-02", date(2018, 2, 1), date(2018, 2, 28)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        (2018, date(2018, 1, 1), date(2018, 12, 31)),
    ],
)
def test_a_date_covers_its_days(value: object, first: date, last: date) -> None:
    """A day covers itself, a month or year all its days; quotes make no difference."""
    assert parse_date_range(value) == DateRange(first, last)


@pytest.mark.parametrize(
    "value", ["2018-02-30", "2018-13", "18-04-26", "soon", "", True, 18, None, "2018-4-6"]
)
def test_invalid_dates_are_refused(value: object) -> None:
    """Anything else is refused, with the format to use."""
    with pytest.raises(ValueError, match=r"not a date|no such day"):
        parse_date_range(value)
