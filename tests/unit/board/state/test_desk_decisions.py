"""What people decided, and what is escalated if nobody does, on the cards of stories."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from services.board.state.board_state import BoardRecord, BoardState
from shared.base.outcomes import InvalidMessage
from shared.kafka.topics import DELIVERIES, SILENCES
from shared.messages import codec
from shared.messages.schemas import EscalationStep, PendingEscalation, Silence
from tests.unit.board.board_samples import SLACK, a_story_notification, an_alert, incoming

SINCE: Final = datetime(2026, 3, 6, 12, tzinfo=UTC)


def record(topic: str, key: str, value: bytes | None, ce_type: str = "") -> BoardRecord:
    headers = {"ce_type": ce_type} if ce_type else {}
    return BoardRecord(topic=topic, value=value, headers=headers, recorded_ms=0, key=key.encode())


def pending(*done: bool) -> BoardRecord:
    """A story's escalation to several, of which some are told already."""
    steps = tuple(
        EscalationStep(
            destination=f"slack:chief-{number}",
            after_s=600,
            due_at=SINCE + timedelta(minutes=10 * (number + 1)),
            is_escalated=is_escalated,
        )
        for number, is_escalated in enumerate(done)
    )
    value = PendingEscalation(
        destination=SLACK, story_id="article-1", since=SINCE, notification_ids=("n",), steps=steps
    )
    return record(DELIVERIES.name, "escalation/x/y", codec.encode(value), "PendingEscalation.v1")


def a_board() -> BoardState:
    board, alert = BoardState(limit=10), an_alert(1)
    board.take(incoming(alert))
    board.take(incoming(a_story_notification(alert)))
    return board


def test_a_card_says_who_is_told_if_nobody_answers() -> None:
    """Until they are told, or somebody has answered; each change is sent to the viewers."""
    board = a_board()
    assert board.take(pending(False, False)) == (an_alert(1).alert_id,)
    (entry,) = board.stories()[0].desk
    assert (entry.kind, entry.destination, entry.until) == (
        "escalates",
        SLACK,
        SINCE + timedelta(minutes=10),
    )
    assert entry.escalated_to == ("slack:chief-0", "slack:chief-1")
    board.take(pending(True, False))
    assert [entry.escalated_to for entry in board.stories()[0].desk] == [("slack:chief-1",)]
    assert board.take(pending(True, True)) == (an_alert(1).alert_id,)
    assert board.stories()[0].desk == ()
    board.take(pending(False))
    board.take(pending())
    assert board.stories()[0].desk == ()


def test_a_silence_is_shown_until_it_is_forgotten() -> None:
    """One of its story there or everywhere, not elsewhere, nor one of no story."""
    for story, destination, is_shown in (
        ("article-1", SLACK, True),
        ("article-1", None, True),
        ("article-1", "slack:other", False),
        ("article-2", None, False),
        (None, None, False),
    ):
        board = a_board()
        silence = Silence(
            silence_id="s",
            matchers=(),
            starts_at=SINCE,
            ends_at=SINCE,
            author="Ana",
            comment="",
            story_id=story,
            destination=destination,
        )
        changed = board.take(record(SILENCES.name, "s", codec.encode(silence)))
        assert bool(changed) is bool(board.stories()[0].desk) is is_shown
        board.take(record(SILENCES.name, "s", None))
        assert board.stories()[0].desk == ()


@pytest.mark.parametrize("value", [b"", b"{", b'{"destination": 1}'])
def test_what_cannot_be_read_is_reported(value: bytes) -> None:
    """The board counts it and goes on."""
    board = a_board()
    with pytest.raises(InvalidMessage):
        board.take(record(DELIVERIES.name, "escalation/x/y", value, "PendingEscalation.v1"))
    assert board.stories()[0].desk == ()
