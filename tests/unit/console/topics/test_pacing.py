"""A replay keeps the articles' own pace, times a factor, or does not wait at all."""

from datetime import UTC, datetime, timedelta

import pytest
import typer

from services.console.durations import parse_duration
from services.console.topics.pace import Pace, parse_speed
from shared.messages.schemas import RawArticle
from tests.builders import build_raw_article

START = datetime(2018, 9, 11, tzinfo=UTC)


def article(minutes: float | None) -> RawArticle:
    published = None if minutes is None else START + timedelta(minutes=minutes)
    return build_raw_article(
        b"", source="s", uri="u", fetched_at=START, origin="seed", published_at=published
    )


def test_gaps_are_divided_by_the_factor() -> None:
    """Ten minutes at 10x are one minute; undated articles and earlier times do not wait."""
    pace = parse_speed("10x")
    assert [pace.gap_s(article(minutes)) for minutes in (0, 10, None, 10, 5, 6)] == [
        0,
        60,
        0,
        0,
        0,
        6,
    ]


def test_max_never_waits() -> None:
    """The default sends as fast as the broker takes it."""
    pace = parse_speed("max")
    assert [pace.gap_s(article(minutes)) for minutes in (0, 600)] == [0, 0]
    assert pace == Pace()


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
