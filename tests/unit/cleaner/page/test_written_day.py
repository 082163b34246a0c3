"""Days as people write them, and which of a page's lines names the day of publication."""

from datetime import date

import pytest
from babel.dates import format_date

from services.cleaner.page.dates.written_dates import parse_day, publication_day
from training.cleaner.months import months

DAY = date(2018, 9, 11)
LATER = date(2018, 9, 12)
LANGUAGES = (
    "en de fr es it pt nl sv da nb fi is lt pl cs sk sl hr bg ru uk ro hu el tr ka ca id vi sw af "
    "he ar fa hi bn ja ko zh"
)


@pytest.mark.parametrize("language", LANGUAGES.split())
@pytest.mark.parametrize("length", ["long", "full"])
def test_a_day_is_read_in_many_languages(language: str, length: str) -> None:
    """Days are parsed as Unicode's locale data writes them, with and without the weekday."""
    assert parse_day(f"Example: {format_date(DAY, length, locale=language)}, 09:30") == DAY


@pytest.mark.parametrize(
    "text",
    [
        "Tuesday, Sept. 11th, 2018 at 11 a.m.",
        "[ 2018-09-11 15:24 ]",
        "11.09.2018, 3 Min.",
        "11-Sep-2018",
        "11. 9. 2018",
    ],
)
def test_a_day_is_read_as_sites_write_it(text: str) -> None:
    """Abbreviations, ordinals and unambiguous numbers are parsed."""
    assert parse_day(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "11/09/2018",
        "20180911",
        "11.9.20183",
        "September 2018",
        "31. Februar 2018",
        "11 Examples 2018",
        "",
    ],
)
def test_what_is_no_day_or_more_than_one_is_none(text: str) -> None:
    """Slashes put the month first or second, and nobody knows which."""
    assert parse_day(text) is None


def test_the_first_line_that_speaks_of_no_change_names_the_day() -> None:
    """A day of change counts only without another; a day in the future does not."""
    changed, written = (
        "Updated: September 12, 2018",
        "September 11, 2018 · Updated: September 12, 2018",
    )
    assert publication_day(iter(["September 13, 2018", changed, written]), LATER) == (written, DAY)
    assert publication_day(iter([changed]), LATER) == (changed, LATER)
    assert publication_day(iter(["September 13, 2018"]), LATER) is None


def test_a_month_has_one_number() -> None:
    """A name that means different months in two languages is left out.

    For example, listopad is October in Croatian and November in Polish.
    """
    assert months()["september"] == DAY.month
    assert "listopad" not in months()
