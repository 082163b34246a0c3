"""The day that a sentence states."""

from datetime import date

import pytest

from services.tagger.propose.stated_days import stated_day

TUESDAY = date(2026, 11, 17)


@pytest.mark.parametrize(
    ("sentence", "day", "is_stated"),
    [
        ("She resigned.", "2026-11-17", False),
        ("She resigned today.", "2026-11-17", True),
        ("She resigned yesterday.", "2026-11-16", True),
        ("She resigned on Monday.", "2026-11-16", True),
        ("She resigned on Tuesday.", "2026-11-17", True),
        ("She resigned last Tuesday.", "2026-11-10", True),
        ("She resigned on Nov. 3.", "2026-11-03", True),
        ("She resigned on 3 November 2026.", "2026-11-03", True),
        ("She resigned earlier on Monday.", "2026-11-16", True),
        ("In 2026 she resigned.", "2026-11-17", False),
    ],
)
def test_the_day(sentence: str, day: str, is_stated: bool) -> None:
    """Weekdays and dates are the last before the article's day."""
    stated = stated_day(sentence, TUESDAY)
    assert stated is not None
    assert (stated.day.isoformat(), stated.is_stated) == (day, is_stated)


@pytest.mark.parametrize(
    "sentence",
    [
        "She resigned in 2019.",
        "She resigned on March 3.",
        "She resigned on 30 February 2026.",
        "She resigned on Nov. 30.",
        "She resigned last year.",
        "Ten years ago she resigned.",
        "She had resigned years earlier.",
    ],
)
def test_no_news(sentence: str) -> None:
    """What is more than sixty days before, or has no such day, is no news of the article's day."""
    assert stated_day(sentence, TUESDAY) is None


def test_a_day_without_a_year_is_in_the_past() -> None:
    """In January, December 28 is that of the year before."""
    stated = stated_day("She resigned on December 28.", date(2027, 1, 4))
    assert stated is not None
    assert stated.day == date(2026, 12, 28)
