"""A replay keeps the articles' own pace, times a factor, or does not wait at all."""

from datetime import UTC, datetime, timedelta

import pytest
import typer

from services.console.durations import parse_duration
from services.console.replay.pace import Pace, parse_speed
from shared.messages.schemas import RawArticle
from tests.builders import build_raw_article

START = datetime(2018, 9, 11, tzinfo=UTC)


def article(minutes: float | None) -> RawArticle:
    published = None if minutes is None else START + timedelta(minutes=minutes)
    return build_raw_article(
        b"", source="s", uri="u", fetched_at=START, origin="seed", published_at=published
    )


def test_gaps_are_divided_by_the_factor() -> None:
    """Ten minutes at 10x are one minute; times that go back do not wait."""
    pace = parse_speed("10x")
    assert waits(pace, 0, 10, 10, 5, 6) == [0, 60, 0, 0, 6]


def test_max_never_waits() -> None:
    """The default sends as fast as the broker takes it."""
    pace = parse_speed("max")
    assert waits(pace, 0, 600) == [0, 0]
    assert pace == Pace()


def test_an_undated_article_is_due_when_it_was_fetched() -> None:
    """Its event time is that of fetching, here the first moment of the day."""
    assert waits(parse_speed("60x"), None, 10) == [0, 10]


def test_quiet_nights_are_shortened() -> None:
    """No wait is longer than --max-gap, and the shortened time is not made up for."""
    assert waits(parse_speed("60x", max_gap_s=5), 0, 480, 481, 900) == [0, 5, 1, 5]


def test_the_time_that_sending_takes_is_part_of_the_wait() -> None:
    """Ten minutes at 60x are ten seconds from article to article, not from send to send."""
    pace = parse_speed("60x")
    assert pace.wait_s(article(0), 100) == 0
    assert pace.wait_s(article(10), 104) == 6


def test_a_replay_that_was_held_up_does_not_race_afterwards() -> None:
    """An hour of waiting for the pipeline delays all that follows, but for a second."""
    pace = parse_speed("60x")
    assert pace.wait_s(article(0), 0) == 0
    assert pace.wait_s(article(1), 3_600) == 0
    assert pace.wait_s(article(2), 3_600) == 0
    assert pace.wait_s(article(3), 3_600) == 1


def waits(pace: Pace, *minutes: float | None) -> list[float]:
    """Return the wait before each article, if each is sent as soon as it is due."""
    now_s, result = 50.0, list[float]()
    for each in minutes:
        result.append(pace.wait_s(article(each), now_s))
        now_s += result[-1]
    return result


@pytest.mark.parametrize("text", ["", "fast", "0x", "-1x", "10", "x"])
def test_other_speeds_are_refused(text: str) -> None:
    """An invalid speed says how to write one."""
    with pytest.raises(typer.BadParameter, match="10x"):
        parse_speed(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("10s", 10), ("250ms", 0.25), ("5m", 300), ("4h", 14_400), ("7d", 604_800), ("1.5h", 5_400)],
)
def test_durations_are_read(text: str, expected: float) -> None:
    """Durations as people write them."""
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "10", "s", "10 parsecs", "-5s", "1e3s"])
def test_other_durations_are_refused(text: str) -> None:
    """A duration without a unit, or of another form, says how to write one."""
    with pytest.raises(typer.BadParameter, match="10s"):
        parse_duration(text)
