"""What people say about messages, folded from its topic."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.feedback.feedback_book import FeedbackBook, InvalidFeedback, build_feedback
from shared.messages.codec import encode
from shared.messages.schemas import Feedback

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)


def acknowledged(**changes: Any) -> Feedback:
    """An acknowledgement of message n of story s at slack:a."""
    fields: dict[str, Any] = {
        "destination": "slack:a",
        "story_id": "s",
        "notification_id": "n",
        "author": "Ana",
        "at": NOW,
    }
    return build_feedback("acknowledged", **(fields | changes))


def answer_to(book: FeedbackBook, *ids: str, since: datetime = NOW) -> Feedback | None:
    return book.find_answer("slack:a", "s", notification_ids=ids, since=since)


def test_the_same_person_says_the_same_once() -> None:
    """The id follows from author, message and kind; another message or person is another fact."""
    assert acknowledged(author="  ANA ").feedback_id == acknowledged().feedback_id
    others = [
        acknowledged(author="Bo"),
        acknowledged(notification_id="m"),
        acknowledged(destination="slack:b"),
        build_feedback(
            "wrong",
            destination="slack:a",
            story_id="s",
            notification_id="n",
            author="Ana",
            at=NOW,
            wrong_reason="denied",
        ),
    ]
    assert len({each.feedback_id for each in (acknowledged(), *others)}) == 5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"author": " \n "}, "say who you are"),
        ({"author": "x" * 81}, "at most 80"),
        ({"comment": "x" * 501}, "at most 500"),
        ({"wrong_reason": "denied"}, "only what is wrong"),
    ],
)
def test_what_cannot_be_kept_is_refused(changes: dict[str, str], message: str) -> None:
    """It says what to enter instead."""
    with pytest.raises(InvalidFeedback, match=message):
        acknowledged(**changes)


@pytest.mark.parametrize("reason", [None, "", "boring", "old news"])
def test_what_is_wrong_has_one_of_four_reasons(reason: str | None) -> None:
    """Else nobody could count them."""
    with pytest.raises(InvalidFeedback, match="off_topic, old_news, denied, duplicate"):
        build_feedback(
            "wrong", destination="d", story_id="s", author="a", at=NOW, wrong_reason=reason
        )


def test_lines_and_blanks_are_joined() -> None:
    """A name or comment is one line."""
    feedback = acknowledged(author="Ana\n Kim", comment="a\r\n\r\nb")
    assert (feedback.author, feedback.comment) == ("Ana Kim", "a b")


def test_an_answer_to_a_message_counts_until_it_is_withdrawn() -> None:
    """Whatever a person says of it, they have read it."""
    book, feedback = FeedbackBook(), acknowledged()
    key = feedback.feedback_id.encode()
    assert answer_to(book, "n") is None
    book.apply(key, encode(feedback))
    assert answer_to(book, "m", "n") == feedback
    assert answer_to(book, "m") is None
    assert book.find_answer("slack:b", "s", notification_ids=["n"], since=NOW) is None
    book.apply(key, encode(replace(feedback, withdrawn_at=NOW)))
    assert answer_to(book, "n") is None
    assert len(book) == 1
    book.apply(key, None)
    assert (len(book), book.feedback) == (0, [])


def test_an_answer_to_a_story_is_about_what_was_sent_before() -> None:
    """Without a message it counts by its time."""
    book = FeedbackBook([acknowledged(notification_id="")])
    assert answer_to(book, "n", since=NOW - timedelta(seconds=1)) is not None
    assert answer_to(book, "n", since=NOW + timedelta(seconds=1)) is None


def test_what_cannot_be_read_counts_for_nothing() -> None:
    """It says why until it is replaced."""
    book, feedback = FeedbackBook(), acknowledged()
    for value in (b"{", b"[]", b'{"feedback_id": 1}', b"\xff"):
        assert book.apply(b"k", value) is None
        assert set(book.unreadable) == {b"k"}
    book.apply(b"k", encode(feedback))
    assert (book.unreadable, book.feedback) == ({}, [feedback])
