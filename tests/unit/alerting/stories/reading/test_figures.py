"""Figures: spelled, in digits, as fractions, rounded, with what they count."""

import pytest

from services.alerting.stories.reading.figures import Figure, figure_at


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
    ],
)
def test_a_rounded_figure_agrees_with_the_exact_one(
    left: Figure, right: Figure, expected: bool
) -> None:
    """Two exact figures agree only if they are equal."""
    assert left.agrees(right) is expected
    assert right.agrees(left) is expected
