"""What is not delivered, from the values of deliveries.v1."""

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from services.board.state.deliveries.reconciliation import RecordPlace
from services.console.deliveries.commands import app
from services.console.deliveries.undelivered import (
    DeliveriesView,
    UndeliveredRow,
    describe_unknown,
    summarise,
)
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
    view = DeliveriesView()
    for key, value in values:
        view.take_record(key, value, 1_000)
    rows = {row.id: row for row in view.rows()}
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


def view_of(*waiting: tuple[int, str, str]) -> DeliveriesView:
    """Return a view in which dispatches wait: number, destination and why, "" in the topic only."""
    view = DeliveriesView()
    for number, destination, because in waiting:
        known = dispatch(number, destination, waits_because=because)
        if because:
            view.take_record(waiting_key(destination, known.dispatch_id), encode(known), 1_000)
        else:
            view.take_dispatch(encode(known), RecordPlace(0, number, 1_000))
    return view


def test_the_summary_says_what_waits_and_why() -> None:
    """A line for each destination; nothing is said to be delivered that waits in the topic."""
    missing = "no address is configured (SMTP_URL and EMAIL_ADDRESSES)"
    view = view_of((1, "email:zoo", missing), (2, "email:zoo", missing), (3, "slack:ops", ""))
    view.take_record(*entry("p", DeliveryState.PARKED, "404"), 1_000)
    view.take_record(*content("p"), 1_000)
    assert [*summarise(view.rows())] == [
        f"email:zoo: 2 waiting · {missing}",
        "slack:newsroom: 1 parked · 404",
        "slack:ops: 1 waiting",
    ]
    assert [*summarise(DeliveriesView().rows())] == []


def test_of_a_destination_that_is_nowhere_the_others_are_named() -> None:
    """A mistyped name is no comfort."""
    view = view_of((1, "slack:newsroom", ""), (2, "slack:ops", ""))
    assert describe_unknown("slack:newsrom", view.destinations) == (
        "no notification for slack:newsrom; there are slack:newsroom, slack:ops; "
        "did you mean slack:newsroom?"
    )
    assert describe_unknown("slack:ops", ()) == (
        "no notification for slack:ops; there is none for any destination yet"
    )
    many = [f"slack:{number:03}" for number in range(500)]
    assert describe_unknown("file:a", many).endswith("slack:019 and 480 more")


def test_a_record_that_cannot_be_read_is_left_out() -> None:
    """A request, a tombstone and a broken dispatch are no dispatches that wait."""
    view = DeliveriesView()
    for value in (None, b"", b"[]", b'{"destination": "slack:ops", "asked_at": "2026"}'):
        view.take_dispatch(value, RecordPlace(0, 0, 1_000))
    assert (view.rows(), view.destinations) == ([], set())


@pytest.mark.parametrize("command", [["list"], ["redrive"]])
@pytest.mark.parametrize("text", ["nosuch", "slack:", "slack:a b", "pager:ops", "", ":", "slack"])
def test_what_is_no_destination_is_refused(command: list[str], text: str) -> None:
    """Before the broker is asked for anything."""
    result = CliRunner().invoke(app, [*command, "--destination", text])
    assert result.exit_code == 2
    assert "is not a destination" in " ".join(result.output.split())
