"""Days that a text names, as dates."""

from datetime import UTC, date, datetime

import pytest

from services.alerting.stories.reading.days import day_at, is_ahead, new_days

WEDNESDAY = datetime(2018, 6, 6, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at", "day"),
    [
        ("on monday", 1, date(2018, 6, 4)),
        ("on wednesday", 1, date(2018, 6, 6)),
        ("next monday", 1, date(2018, 6, 11)),
        ("will meet on friday", 3, date(2018, 6, 8)),
        ("yesterday", 0, date(2018, 6, 5)),
        ("june 12", 0, date(2018, 6, 12)),
        ("12 june", 0, date(2018, 6, 12)),
        ("17 de junio", 0, date(2018, 6, 17)),
        ("am dienstag", 1, date(2018, 6, 5)),
        ("el sábado", 1, date(2018, 6, 2)),
        ("december 30", 0, date(2017, 12, 30)),
    ],
)
def test_a_day_is_a_date(text: str, at: int, day: date) -> None:
    """By the day of publication, and whether the sentence looks ahead."""
    tokens = text.split()
    named = day_at(tokens, at, WEDNESDAY, is_ahead=is_ahead(tokens))
    assert named is not None
    assert named[0] == day


def test_in_the_evening_it_is_tomorrow_in_asia() -> None:
    """ "early on Thursday", published on Wednesday evening in UTC, is no day of last week."""
    evening = WEDNESDAY.replace(hour=21)
    assert day_at(["thursday"], 0, evening, is_ahead=False) == (date(2018, 6, 7), 1)
    assert day_at(["thursday"], 0, WEDNESDAY, is_ahead=False) == (date(2018, 5, 31), 1)


@pytest.mark.parametrize("text", ["32 june", "june 0", "monda", "31 february", "2018 june"])
def test_what_is_no_day(text: str) -> None:
    """Words and numbers that only look like one."""
    assert day_at(text.split(), 0, WEDNESDAY, is_ahead=False) is None


def test_a_weekday_may_be_the_last_or_the_next() -> None:
    """ "Friday" that was said of the coming one is no new day when it has come."""
    known = [date(2018, 6, 1)]
    assert new_days([date(2018, 6, 8)], known) == []
    assert new_days([date(2018, 6, 7)], known) == [date(2018, 6, 7)]
