"""Dispatches that wait in dispatches.v1 alone, whatever the order in which topics are read."""

from itertools import permutations

import pytest

from services.board.state.board_state import BoardRecord, BoardState
from services.board.state.deliveries.undelivered import Undelivered
from shared.kafka.topics import DELIVERIES, DISPATCHES
from shared.messages import codec
from shared.messages.schemas import Delivery, DeliveryState, Dispatch
from tests.delivery_tools import dispatch
from tests.unit.board.board_samples import PUBLISHED, START_MS

OPS = "slack:ops"


def sent(number: int, *, offset: int = 0, destination: str = OPS) -> BoardRecord:
    """What match writes to dispatches.v1."""
    return BoardRecord(
        topic=DISPATCHES.name,
        value=codec.encode(dispatch(number, destination)),
        headers={"ce_type": "Dispatch.v1"},
        recorded_ms=START_MS,
        offset=offset,
    )


def decided(*numbers: int, state: DeliveryState = DeliveryState.DELIVERED) -> BoardRecord:
    """The entry of the message of these dispatches."""
    entry = Delivery(
        notification_id=f"n{numbers}",
        destination=OPS,
        state=state,
        attempts=1,
        in_doubt=0,
        first_attempt_at=PUBLISHED,
        last_attempt_at=PUBLISHED,
        dispatch_ids=tuple(dispatch(number, OPS).dispatch_id for number in numbers),
    )
    headers = {"ce_type": "Delivery.v1"}
    return BoardRecord(
        topic=DELIVERIES.name, value=codec.encode(entry), headers=headers, recorded_ms=START_MS
    )


def stored(number: int, *, is_decided: bool = False, because: str = "") -> BoardRecord:
    """What deliver keeps of a dispatch in its state; None is written once it is decided."""
    waiting = dispatch(number, OPS, waits_because=because, waits_since=PUBLISHED)
    return BoardRecord(
        topic=DELIVERIES.name,
        value=None if is_decided else codec.encode(waiting),
        headers={"ce_type": "Dispatch.v1"},
        recorded_ms=START_MS,
        key=f"waiting/{OPS}/{waiting.dispatch_id}".encode(),
    )


def waiting(board: BoardState) -> list[str]:
    """Return the first words of what waits."""
    return sorted(" ".join(each.headline.split()[:2]) for each in board.undelivered.messages())


def a_board(*records: BoardRecord) -> BoardState:
    board = BoardState(limit=5)
    for record in records:
        board.take(record)
    return board


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_what_is_not_decided_waits_once_whatever_is_read_first(order: tuple[int, ...]) -> None:
    """One is decided, one is kept in the state, and one is in the topic only."""
    records = [sent(1), sent(2), decided(1), stored(2)]
    board = a_board(sent(3), *(records[index] for index in order))
    assert waiting(board) == ["Headline 2", "Headline 3"]
    assert board.undelivered.totals() == {"parked": 0, "retrying": 0, "waiting": 2}


def test_what_a_closed_address_keeps_waiting_is_counted() -> None:
    """Forty dispatches, of which two became messages that are tried again (T14)."""
    board = a_board(
        *(sent(number, offset=number) for number in range(40)),
        decided(0, state=DeliveryState.RETRY),
        decided(1, state=DeliveryState.INTENT),
    )
    (at,) = board.undelivered.by_destination()
    assert at.counts["waiting"] == 38


def test_what_deliver_has_finished_does_not_wait() -> None:
    """Its entry may be forgotten by now, or it was a duplicate; also if it is read later."""
    board = a_board(sent(1, offset=5), sent(2, offset=7))
    board.undelivered.take_committed({0: 6})
    assert waiting(board) == ["Headline 2"]
    board.take(sent(3, offset=4))
    assert waiting(board) == ["Headline 2"]


def test_a_destination_without_an_address_says_so() -> None:
    """Deliver knows its settings and writes which one is missing."""
    because = "no address is configured (SLACK_WEBHOOKS or SLACK_CHANNELS)"
    board = a_board(sent(1), stored(1, because=because), sent(2))
    (at,) = board.undelivered.by_destination()
    assert (at.counts["waiting"], at.waits_because, at.answer) == (2, because, "")
    assert {each.answer for each in at.messages} == {because, ""}
    assert at.messages[0].since == PUBLISHED


def test_what_was_stored_and_decided_is_gone() -> None:
    """The state forgets it in the transaction that writes the entry."""
    board = a_board(sent(1), stored(1), decided(1), stored(1, is_decided=True))
    assert waiting(board) == []


def test_of_dispatches_without_room_only_the_number_is_known() -> None:
    """So that the page can say that it is not complete."""
    fold = Undelivered(limit=2)
    board = BoardState(limit=5, undelivered=fold)
    for number in range(3):
        board.take(sent(number))
    assert (len([*fold.messages()]), fold.left_out) == (2, 1)


def test_a_dispatch_of_tomorrow_reads_like_one_of_today() -> None:
    """A field that is not known is skipped."""
    value = codec.encode(dispatch(1, OPS)).replace(b"{", b'{"new": [1, {"a": 2}],', 1)
    record = sent(1)
    board = a_board(
        BoardRecord(topic=record.topic, value=value, headers=record.headers, recorded_ms=START_MS)
    )
    assert waiting(board) == ["Headline 1"]
    assert codec.decode(value, Dispatch) == dispatch(1, OPS)
