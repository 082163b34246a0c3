from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.board.state.board_state import MAX_NOTIFICATIONS_PER_ALERT, BoardRecord, BoardState
from shared.base.outcomes import InvalidMessage
from shared.kafka.topics import ALERTS, ARTICLES_RAW, ARTICLES_TAGGED, DELIVERIES, FEEDS
from shared.messages import codec, headers
from shared.messages.feed_revival import build_request
from shared.messages.schemas import AlertOutcome, DeliveryState, FeedState
from tests.unit.board.board_samples import (
    START_MS,
    a_delivery,
    a_notification,
    an_alert,
    incoming,
    stations,
)


def ids(board: BoardState) -> list[str]:
    return [card.id for card in board.cards()]


def matched(at_ms: int) -> dict[str, str]:
    return stations(matched=at_ms)


def test_the_newest_alert_is_first() -> None:
    """By when it was matched, whatever order the partitions are read in."""
    board = BoardState(limit=10)
    for number, at_ms in ((1, 500), (2, 900), (3, 700)):
        board.take(incoming(an_alert(number), matched(at_ms)))
    assert ids(board) == [an_alert(number).alert_id for number in (2, 3, 1)]


@given(order=st.permutations(range(12)))
def test_the_board_holds_the_latest_alerts_in_any_order_of_arrival(order: list[int]) -> None:
    """Against the slow obvious way: keep all, sort, cut."""
    board = BoardState(limit=5)
    for number in order:
        board.take(incoming(an_alert(number), matched(number // 2)))
    everything = sorted(
        ((START_MS + number // 2, an_alert(number).alert_id) for number in order), reverse=True
    )
    assert ids(board) == [alert for _, alert in everything[:5]]


def test_an_alert_that_comes_too_late_for_a_full_board_changes_nothing() -> None:
    """It is not announced as shown and then missing."""
    board = BoardState(limit=1)
    board.take(incoming(an_alert(1), matched(900)))
    assert board.take(incoming(an_alert(2), matched(100))) == ()
    assert not board.has_alert(an_alert(2).alert_id)


def test_a_replayed_alert_is_the_same_alert() -> None:
    """The first account stays: a replay neither doubles it nor makes it look new."""
    board = BoardState(limit=10)
    assert board.take(incoming(an_alert(), matched(1))) == (an_alert().alert_id,)
    assert board.take(incoming(an_alert(), matched(2) | {"replay-id": "r"})) == ()
    assert [card.replayed for card in board.cards()] == [False]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_any_order_of_the_three_topics_gives_the_same_board(order: tuple[int, ...]) -> None:
    """Alert, notifications and delivery come from topics that are read independently."""
    alert = an_alert(destinations=("slack:newsroom", "webhook:desk"))
    told, other = (
        a_notification(alert),
        a_notification(
            alert, destination="webhook:desk", outcome=AlertOutcome.SILENCED, reason="mute until 9"
        ),
    )
    records = [incoming(alert), incoming(told), incoming(other), incoming(a_delivery(told))]
    board = BoardState(limit=10)
    for number in order:
        board.take(records[number])
    assert [(line.destination, line.state, line.note) for line in board.lines(alert.alert_id)] == [
        ("slack:newsroom", "delivered", "ok"),
        ("webhook:desk", "silenced", "mute until 9"),
    ]


def test_a_delivery_changes_every_alert_that_its_notification_tells_of() -> None:
    """A follow-up covers several alerts; those that are on the board are told anew."""
    board, one, two, gone = BoardState(limit=10), an_alert(1), an_alert(2), an_alert(3)
    told = a_notification(one, two, gone)
    for record in (incoming(one), incoming(two), incoming(told)):
        board.take(record)
    assert board.take(incoming(a_delivery(told, DeliveryState.PARKED))) == (
        one.alert_id,
        two.alert_id,
    )


def test_the_last_state_of_the_ledger_counts() -> None:
    """INTENT, RETRY, then DELIVERED: one line, delivered."""
    board, alert = BoardState(limit=10), an_alert()
    told = a_notification(alert)
    board.take(incoming(alert))
    board.take(incoming(told))
    for state in (DeliveryState.INTENT, DeliveryState.RETRY, DeliveryState.DELIVERED):
        board.take(incoming(a_delivery(told, state)))
    assert [line.state for line in board.lines(alert.alert_id)] == ["delivered"]


def test_the_last_notification_of_a_destination_counts() -> None:
    """Folded first, then told in a follow-up: the follow-up is what became of it."""
    board, alert = BoardState(limit=10), an_alert()
    board.take(incoming(alert))
    board.take(incoming(a_notification(alert, outcome=AlertOutcome.FOLDED)))
    board.take(incoming(a_notification(alert, an_alert(2))))
    assert [line.state for line in board.lines(alert.alert_id)] == ["waiting"]


def test_a_destination_that_was_told_instead_is_shown_too() -> None:
    """When one is parked another may be told, which the rule did not name."""
    board, alert = BoardState(limit=10), an_alert()
    board.take(incoming(alert))
    board.take(incoming(a_notification(alert, destination="slack:fallback")))
    assert [(line.destination, line.state) for line in board.lines(alert.alert_id)] == [
        ("slack:newsroom", "undecided"),
        ("slack:fallback", "waiting"),
    ]


def test_what_is_kept_is_bounded() -> None:
    """A board that runs for a year is as large as after a day."""
    board = BoardState(limit=2)
    for number in range(100):
        alert = an_alert(number)
        told = a_notification(alert)
        for record in (
            incoming(alert, matched(number)),
            incoming(told),
            incoming(a_delivery(told)),
        ):
            board.take(record)
    kept = 2 * MAX_NOTIFICATIONS_PER_ALERT
    assert (len(board._cards), len(board._notes), len(board._deliveries), len(board._of_alert)) == (
        2,
        kept,
        kept,
        kept,
    )
    assert [line.state for card in board.cards() for line in board.lines(card.id)] == [
        "delivered",
        "delivered",
    ]


def test_articles_and_dead_letters_are_counted_unread() -> None:
    """Their bytes may be anything; only their times matter."""
    board = BoardState(limit=2)
    for topic in (ARTICLES_TAGGED.name, ARTICLES_RAW.dead_letters, ALERTS.dead_letters):
        assert (
            board.take(BoardRecord(topic=topic, value=b"\xff", headers={}, recorded_ms=START_MS))
            == ()
        )
    assert sum(board.articles.series(START_MS)) == 1
    assert sum(board.dead_letters.series(START_MS)) == 2


def test_feeds_are_kept_by_their_address() -> None:
    """The last state of a feed replaces the one before."""
    board = BoardState(limit=2)
    for failures in (3, 0):
        state = FeedState(url="https://feed.example/rss", failures=failures)
        board.take(
            BoardRecord(
                topic=FEEDS.name,
                value=codec.encode(state),
                headers={},
                recorded_ms=0,
                key=state.url.encode(),
            )
        )
    assert [feed.failures for feed in board.feeds.values()] == [0]


def test_a_request_to_revive_a_feed_is_no_state_of_it() -> None:
    """It stands in the same topic, and taken for a state it would show a feed that was never
    asked.
    """
    board = BoardState(limit=2)
    now = datetime(2018, 9, 12, tzinfo=UTC)
    state = FeedState(url="https://feed.example/rss", failures=3)
    write = build_request("feeds.v1", state.url, 6, ce_source="console", now=now)
    board.take(
        BoardRecord(
            topic=FEEDS.name,
            value=codec.encode(state),
            headers={},
            recorded_ms=0,
            key=state.url.encode(),
        )
    )
    assert (
        board.take(
            BoardRecord(
                topic=FEEDS.name,
                value=write.value,
                headers=headers.decode_headers(write.headers),
                recorded_ms=1,
                key=write.key or b"",
            )
        )
        == ()
    )
    assert list(board.feeds.values()) == [state]


@pytest.mark.parametrize("value", [b"", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"alert_id": 3}'])
def test_a_record_that_is_no_alert_is_refused_with_a_reason(value: bytes) -> None:
    """The caller counts it; nothing on the board changes."""
    board = BoardState(limit=2)
    with pytest.raises(InvalidMessage, match=r"\w+"):
        board.take(BoardRecord(topic=ALERTS.name, value=value, headers={}, recorded_ms=0))
    assert board.cards() == []


def test_an_unknown_major_version_is_refused() -> None:
    """A newer alerting must not be misread by an older board."""
    record = incoming(an_alert(), {"schema-version": "2.0"})
    with pytest.raises(InvalidMessage, match="schema-version"):
        BoardState(limit=2).take(record)


def test_a_tombstone_of_the_ledger_changes_nothing() -> None:
    """Compaction tidies the log; the board goes on showing what was."""
    assert (
        BoardState(limit=2).take(
            BoardRecord(topic=DELIVERIES.name, value=None, headers={}, recorded_ms=0)
        )
        == ()
    )


def test_a_hit_of_a_threshold_is_counted_until_its_burst_is_told() -> None:
    """The last that notify says of an alert counts, and the board tells how far the rule has
    come.
    """
    board, (one, two) = BoardState(limit=10), (an_alert(1), an_alert(2))
    counted = a_notification(one, outcome=AlertOutcome.COUNTED, reason="1 of 2 sources within 1 h")
    for message in (one, two, counted):
        board.take(incoming(message))
    assert [(line.state, line.note) for line in board.lines(one.alert_id)] == [
        ("counted", "1 of 2 sources within 1 h")
    ]
    assert board.take(
        incoming(a_notification(two, one, reason="2 articles from 2 sources within 1 h"))
    ) == (two.alert_id, one.alert_id)
    assert {board.lines(alert.alert_id)[0].state for alert in (one, two)} == {"waiting"}
