"""Figures: spelled, in digits, as fractions, rounded, with what they count."""

import pytest

from services.alerting.stories.reading.figures.figure import CALENDAR, Figure
from services.alerting.stories.reading.figures.read_figure import figure_at


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("41 survivors", 41, "saved"),
        ("forty one survivors", 41, "saved"),
        ("12.8 billion dollars", 12.8e9, "dollar"),
        ("25 basis points", 0.25, "percent"),
        ("quarter of a percentage point", 0.25, "percent"),
        ("four and a half percent", 4.5, "percent"),
        ("0.25 per cent", 0.25, "percent"),
        ("half a kilometre", 0.5, "km"),
        ("500 metres", 0.5, "km"),
        ("half a billion euros", 5e8, "euro"),
        ("half a dozen ships", 6, "of ship"),
        ("two dozen people", 24, "head"),
        ("two thirds of an hour", 40, "minute"),
        ("forty minutes", 40, "minute"),
        ("three weeks", 30_240, "minute"),
        ("twenty one days", 30_240, "minute"),
        ("1,100 goods", 1_100, "of good"),
        ("quarter of a thousand kilometres", 250, "km"),
        ("one and a quarter percent", 1.25, "percent"),
        ("three quarters of a percent", 0.75, "percent"),
        ("one and a half million tonnes", 1.5e6, "tonne"),
        ("seven out of ten", 70, "percent"),
        ("nine in ten households", 90, "percent"),
        ("two hundred and six people", 206, "head"),
        ("two thousand three hundred people", 2_300, "head"),
        ("one hour and 45 minutes", 105, "minute"),
        ("eighteen months", 1.5, "year"),
    ],
)
def test_a_figure_has_one_form(text: str, value: float, unit: str) -> None:
    """However it is written."""
    counted = figure_at(text.split(), 0, "en")
    assert counted is not None
    assert counted[0].value == pytest.approx(value)
    assert counted[0].unit == unit


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [("elf Menschen", "de", 11), ("once personas", "es", 11), ("deux missiles", "fr", 2)],
)
def test_numbers_in_words_by_language(text: str, language: str, value: float) -> None:
    """ "once" is eleven in Spanish only."""
    counted = figure_at(text.split(), 0, language)
    assert counted is not None
    assert counted[0].value == value
    assert figure_at(["once", "more"], 0, "en") is None


@pytest.mark.parametrize(
    ("text", "at", "value"),
    [("a hundred people", 1, 100), ("some thousand homes", 1, 1_000), ("a million euros", 1, 1e6)],
)
def test_a_scale_alone_is_a_number(text: str, at: int, value: float) -> None:
    """ "a hundred" is 100; "hundreds" is no figure."""
    counted = figure_at(text.split(), at, "en")
    assert counted is not None
    assert counted[0].value == value
    assert figure_at(["hundreds", "of", "people"], 0, "en") is None


def test_a_year_of_the_calendar_says_how_long_ago() -> None:
    """ "since 2018" may be "in five years" in a text of 2023; 2,018 tonnes are no year."""
    year = figure_at(["2018"], 0, "en", 2023)
    count = figure_at(["2018", "tonnes"], 0, "en", 2023)
    assert year is not None
    assert count is not None
    assert year[0] == Figure(2018, CALENDAR, ago=5)
    assert count[0].unit == "tonne"


def test_a_share_is_a_percentage() -> None:
    """ "a fifth of its value" is 20 percent."""
    counted = figure_at(["lost", "a", "fifth", "of", "its", "value"], 2, "en")
    assert counted is not None
    assert counted[0] == Figure(20.0, "percent")


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (Figure(39, "dead"), Figure(40, "dead", is_rounded=True), True),
        (Figure(57_000, "head"), Figure(60_000, "head", is_rounded=True), True),
        (Figure(420, "km"), Figure(240, "km", is_rounded=True), False),
        (Figure(14, "dead"), Figure(17, "dead"), False),
        (Figure(6.4, "magnitude"), Figure(5.9, "magnitude"), False),
        (Figure(35, "percent"), Figure(33.3, "percent", is_rounded=True), True),
        (Figure(24, "percent"), Figure(25, "percent", is_rounded=True), True),
        (Figure(330, "minute"), Figure(360, "minute", is_rounded=True), True),
        (Figure(30, "percent"), Figure(50, "percent", is_rounded=True), False),
        (Figure(2018, CALENDAR, ago=5), Figure(5, "year"), True),
        (Figure(2018, CALENDAR, ago=5), Figure(2019, CALENDAR, ago=4), False),
        (Figure(2018, CALENDAR, ago=5), Figure(12, "year"), False),
    ],
)
def test_a_rounded_figure_agrees_with_the_exact_one(
    left: Figure, right: Figure, expected: bool
) -> None:
    """Two exact figures agree only if they are equal."""
    assert left.agrees(right) is expected
    assert right.agrees(left) is expected
