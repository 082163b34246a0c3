"""Times of day are one figure however they are written."""

import pytest

from services.alerting.stories.reading.figures.figure import CLOCK, Figure
from services.alerting.stories.reading.figures.read_figure import figure_at


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("9 p.m", 540),
        ("nine in the evening", 540),
        ("five on the morning", 300),
        ("25 past one", 85),
        ("quarter to seven", 405),
        ("half past four", 270),
        ("ten past five", 310),
        ("6.45 a.m", 405),
        ("12.15 uhr", 15),
        ("7 o'clock", 420),
        ("ten to six in the morning", 350),
    ],
)
def test_a_time_of_day_has_one_form(text: str, minutes: float) -> None:
    """Morning and evening are not told apart: "five past ten" says neither."""
    counted = figure_at(text.split(), 0, "en")
    assert counted is not None
    assert counted[0] == Figure(minutes, CLOCK)


@pytest.mark.parametrize("text", ["ten to twelve people", "6.45 percent", "nine people", "30 past"])
def test_other_numbers_are_no_times(text: str) -> None:
    """A range, a share and a count stay what they are."""
    counted = figure_at(text.split(), 0, "en")
    assert counted is not None
    assert counted[0].unit != CLOCK


def test_a_vague_time_agrees_with_an_exact_one() -> None:
    """Within a quarter of an hour; exact times differ by a minute."""
    vague, _ = figure_at(["shortly", "after", "6.10", "a.m"], 2, "en") or (None, 0)
    assert vague is not None
    assert vague.agrees(Figure(360, CLOCK))
    assert not Figure(365, CLOCK).agrees(Figure(366, CLOCK))
    assert not vague.agrees(Figure(420, CLOCK))
