"""What waits, is retried or is parked, by destination."""

from datetime import timedelta

from services.board.state.board_state import BoardRecord, BoardState
from services.board.state.deliveries.undelivered import ROWS_SHOWN, Undelivered
from shared.kafka.topics import DELIVERIES
from shared.messages import codec
from shared.messages.schemas import (
    Delivery,
    DeliveryState,
    Dispatch,
    Message,
    Notification,
    Severity,
    Story,
)
from tests.unit.board.board_samples import (
    PUBLISHED,
    SLACK,
    START_MS,
    a_delivery,
    a_notification,
    a_story_notification,
    an_alert,
)

DESK = "webhook:desk"


def stored(key: str, message: Message | None) -> BoardRecord:
    """What deliver writes to its state; None is a tombstone."""
    headers = {} if message is None else {"ce_type": f"{type(message).__name__}.v1"}
    return BoardRecord(
        topic=DELIVERIES.name,
        value=None if message is None else codec.encode(message),
        headers=headers,
        recorded_ms=START_MS,
        key=key.encode(),
    )


def content(told: Notification) -> BoardRecord:
    return stored(f"notification/{told.notification_id}", told)


def entry(delivery: Delivery) -> BoardRecord:
    return stored(delivery.notification_id, delivery)


def a_waiting(number: int, destination: str = SLACK) -> Dispatch:
    return Dispatch(
        dispatch_id=f"dispatch-{number}",
        destination=destination,
        kind="burst",
        severity=Severity.LOW,
        alerts=(an_alert(number),),
    )


def a_board(*records: BoardRecord) -> BoardState:
    board = BoardState(limit=5)
    for record in records:
        board.take(record)
    return board


def rows(board: BoardState) -> list[tuple[str, str, str]]:
    return [
        (at.destination, message.condition, message.answer)
        for at in board.undelivered.by_destination()
        for message in at.messages
    ]


def test_parked_retrying_and_waiting_by_destination() -> None:
    """With the last answer of each, and the one that waits without any."""
    parked, retried = a_notification(an_alert(1)), a_notification(an_alert(2), destination=DESK)
    board = a_board(
        content(parked),
        entry(a_delivery(parked, DeliveryState.PARKED, answer="404")),
        content(retried),
        entry(a_delivery(retried, DeliveryState.RETRY, answer="503", attempts=3)),
        stored("waiting/slack:newsroom/dispatch-3", a_waiting(3)),
    )
    assert rows(board) == [
        (SLACK, "parked", "404"),
        (SLACK, "waiting", ""),
        (DESK, "retrying", "503"),
    ]
    assert board.undelivered.totals() == {"parked": 1, "retrying": 1, "waiting": 1}


def test_what_is_delivered_leaves() -> None:
    """The ledger says delivered and forgets the content in one transaction."""
    told = a_notification(an_alert(1))
    key = f"notification/{told.notification_id}"
    board = a_board(
        content(told),
        entry(a_delivery(told, DeliveryState.PARKED)),
        entry(a_delivery(told, DeliveryState.INTENT)),
        entry(a_delivery(told)),
        stored(key, None),
    )
    assert rows(board) == []
    assert board.undelivered.totals() == {"parked": 0, "retrying": 0, "waiting": 0}


def test_a_parked_message_that_is_redriven_is_retried() -> None:
    """Its next entry is an INTENT."""
    told = a_notification(an_alert(1))
    states = (DeliveryState.PARKED, DeliveryState.INTENT)
    board = a_board(content(told), *(entry(a_delivery(told, state)) for state in states))
    assert [condition for _, condition, _ in rows(board)] == ["retrying"]


def test_a_dispatch_that_is_decided_waits_no_longer() -> None:
    """Its key is forgotten, whatever the destination is called."""
    board = a_board(
        stored("waiting/webhook:a/b/dispatch-1", a_waiting(1, "webhook:a/b")),
        stored("waiting/slack:newsroom/dispatch-2", a_waiting(2)),
        stored("waiting/webhook:a/b/dispatch-1", None),
    )
    assert [at.destination for at in board.undelivered.by_destination()] == [SLACK]


def test_a_story_in_the_ledger_is_nothing_undelivered() -> None:
    """It stands in the same topic, and needs no card of its own."""
    story = Story(story_id="s", destination=SLACK, headline="Talks", seen_at=PUBLISHED)
    board = a_board(stored("story/slack:newsroom/s", story), stored("story/slack:newsroom/s", None))
    assert rows(board) == []


def test_the_last_answer_is_that_of_the_last_attempt() -> None:
    """Not that of the message that has waited for longest."""
    first, second = a_notification(an_alert(1)), a_notification(an_alert(2))
    later = PUBLISHED + timedelta(hours=1)
    board = a_board(
        content(first),
        entry(a_delivery(first, DeliveryState.RETRY, answer="503", last_attempt_at=later)),
        content(second),
        entry(a_delivery(second, DeliveryState.RETRY, answer="reset")),
    )
    assert board.undelivered.by_destination()[0].answer == "503"


def test_ten_thousand_that_wait_are_counted_and_the_oldest_shown() -> None:
    """The page stays small, and so does the memory."""
    board = a_board(
        *(stored(f"waiting/{SLACK}/dispatch-{number}", a_waiting(number)) for number in range(300))
    )
    (at,) = board.undelivered.by_destination()
    assert (at.counts["waiting"], len(at.messages)) == (300, ROWS_SHOWN)
    fold = Undelivered(limit=10)
    for number in range(100):
        fold.take_content(a_story_notification(an_alert(number)), START_MS)
        fold.take_entry(a_delivery(a_notification(an_alert(number)), DeliveryState.RETRY))
    assert (fold.totals()["retrying"], fold.left_out, len(fold._entries)) == (10, 90, 10)
