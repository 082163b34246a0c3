"""The feeds as the board's page shows them."""

from datetime import UTC, datetime, timedelta

import pytest

from services.board.state.board_state import BoardRecord, BoardState
from services.board.state.feed_rows import (
    OVERDUE,
    FeedCondition,
    FeedHealthRow,
    build_feed_row,
    feed_id,
    summarise_feeds,
)
from shared.kafka.topics import FEEDS
from shared.messages import codec
from shared.messages.feed_health import SLOT_S
from shared.messages.feed_revival import request_key
from shared.messages.schemas import FeedMove, FeedRevival, FeedRhythm, FeedState

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
URL = "https://feed.example/rss?key=secret"


def a_state(**fields: object) -> FeedState:
    """A feed that was polled a minute ago and is due in four."""
    usual = {
        "polled_at": NOW - timedelta(minutes=1),
        "succeeded_at": NOW - timedelta(minutes=1),
        "next_at": NOW + timedelta(minutes=4),
        "source": "wire",
        "name": "Example Wire",
    }
    return FeedState(url=URL, **(usual | fields))  # type: ignore[arg-type]


def a_rhythm(last: datetime, usual_gap_s: int, longest_gap_s: int) -> FeedRhythm:
    slot = int(last.timestamp()) // SLOT_S
    return FeedRhythm(
        last_slot=slot,
        since_slot=slot - 1_000,
        slots=b"\1",
        usual_gap_s=usual_gap_s,
        longest_gap_s=longest_gap_s,
    )


def a_row(state: FeedState) -> FeedHealthRow:
    return build_feed_row(state, False, NOW)


@pytest.mark.parametrize(
    ("fields", "condition"),
    [
        ({}, FeedCondition.OK),
        ({"polled_at": None, "succeeded_at": None, "next_at": None}, FeedCondition.NEW),
        ({"failures": 2, "last_error": "HTTP 503", "error_kind": "status"}, FeedCondition.FAILING),
        ({"gone": True, "gone_since": NOW, "failures": 3}, FeedCondition.GONE),
        ({"next_at": NOW - OVERDUE - timedelta(seconds=1)}, FeedCondition.OVERDUE),
        ({"next_at": NOW - OVERDUE}, FeedCondition.OK),
        ({"rhythm": a_rhythm(NOW - timedelta(hours=7), 3_600, 14_400)}, FeedCondition.QUIET),
        ({"rhythm": a_rhythm(NOW - timedelta(hours=2), 3_600, 14_400)}, FeedCondition.OK),
        ({"rhythm": a_rhythm(NOW - timedelta(hours=7), 3_600, 86_400)}, FeedCondition.OK),
    ],
)
def test_the_condition_is_the_worst_that_holds(
    fields: dict[str, object], condition: FeedCondition
) -> None:
    """Gone before failing, failing before overdue, overdue before quiet."""
    assert a_row(a_state(**fields)).condition is condition


def test_no_query_is_shown() -> None:
    """It may hold a key; the id is a hash."""
    moved = FeedMove(url="https://new.example/a?key=secret", since=NOW, checked_at=NOW)
    row = a_row(a_state(moved=moved))
    assert (row.address, row.moved_to) == ("feed.example/rss", "new.example/a")
    assert "secret" not in str(row)
    assert row.id == feed_id(URL)


def test_feeds_with_trouble_come_first_and_are_counted() -> None:
    """Then by source and address."""
    states = [
        a_state(),
        FeedState(url="https://b.example/", polled_at=NOW, failures=1),
        FeedState(url="https://a.example/", polled_at=NOW, failures=9),
        FeedState(url="https://c.example/", gone=True, gone_since=NOW),
    ]
    page = summarise_feeds(states, {"https://b.example/"}, NOW)
    assert [row.address for row in page["feeds"]] == [
        *("c.example/", "a.example/", "b.example/", "feed.example/rss")
    ]
    assert [row.is_requested for row in page["feeds"]] == [False, False, True, False]
    assert (page["counts"]["failing"], page["counts"]["gone"], page["counts"]["ok"]) == (2, 1, 1)
    assert page["more"] == 0


def take(board: BoardState, key: bytes, value: object | None) -> None:
    encoded = None if value is None else codec.encode(value)
    board.take(BoardRecord(topic=FEEDS.name, value=encoded, headers={}, recorded_ms=1, key=key))


def test_a_request_holds_until_its_poll_deletes_it() -> None:
    """It is no feed, and neither is what else is kept in the topic."""
    board = BoardState(limit=5)
    take(board, URL.encode(), a_state())
    take(board, request_key(URL), FeedRevival(url=URL, asked_at=NOW))
    take(board, b"drop:wire", FeedState(url="drop:wire"))
    assert (list(board.feeds), board.feed_requests) == ([URL], {URL})
    take(board, request_key(URL), None)
    assert board.feed_requests == set()
