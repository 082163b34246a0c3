"""What is not delivered, from the values of deliveries.v1."""

from datetime import UTC, datetime

from services.board.state.deliveries.undelivered import Undelivered
from services.console.deliveries.undelivered import UndeliveredRow, take_record, to_rows
from shared.messages.codec import encode
from shared.messages.delivery_keys import content_key, story_key, waiting_key
from shared.messages.schemas import (
    AlertOutcome,
    Delivery,
    DeliveryState,
    Notification,
    Severity,
)
from tests.delivery_tools import dispatch

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def entry(notification_id: str, state: DeliveryState, answer: str) -> tuple[bytes, bytes]:
    delivery = Delivery(
        notification_id=notification_id,
        destination="slack:newsroom",
        state=state,
        attempts=3,
        in_doubt=0,
        first_attempt_at=NOW,
        last_attempt_at=NOW,
        answer=answer,
    )
    return notification_id.encode(), encode(delivery)


def content(notification_id: str) -> tuple[bytes, bytes]:
    notification = Notification(
        notification_id=notification_id,
        destination="slack:newsroom",
        outcome=AlertOutcome.NOTIFIED,
        reason="test",
        alerts=dispatch(1).alerts,
        severity=Severity.HIGH,
    )
    return content_key(notification_id), encode(notification)


def test_what_was_decided_and_what_waits_is_listed() -> None:
    """Delivered entries, stories, deleted and unreadable values are not."""
    waiting = waiting_key("slack:newsroom", "w")
    values = [
        entry("p", DeliveryState.PARKED, "404"),
        content("p"),
        entry("r", DeliveryState.RETRY, "500"),
        content("r"),
        content("d"),
        entry("d", DeliveryState.DELIVERED, "ok"),
        (content_key("d"), None),
        (waiting, encode(dispatch(2))),
        (story_key("slack:newsroom", "s"), b"{}"),
        (content_key("bad"), b"no json"),
    ]
    fold = Undelivered()
    for key, value in values:
        take_record(fold, key, value, 1_000)
    rows = {row.id: row for row in to_rows(fold.messages())}
    assert {key: row.condition for key, row in rows.items()} == {
        dispatch(2).dispatch_id: "waiting",
        "p": "parked",
        "r": "retrying",
    }
    assert rows["p"] == UndeliveredRow(
        id="p",
        destination="slack:newsroom",
        condition="parked",
        headline=dispatch(1).alerts[0].headline,
        severity="high",
        since=NOW,
        attempts=3,
        because="404",
    )
