"""The silences as they are read from their topic."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.alerting.silences.silence_book import SilenceBook
from shared.messages.codec import encode
from shared.messages.schemas import Alert, Silence

NOW = datetime(2026, 3, 6, tzinfo=UTC)


def silence(name: str, *matchers: str, hours: int = 1) -> Silence:
    return Silence(
        silence_id=name,
        matchers=matchers,
        starts_at=NOW,
        ends_at=NOW + timedelta(hours=hours),
        author="kim",
        comment="why",
    )


def test_records_are_folded_by_key(make_alert: Callable[..., Alert]) -> None:
    """The last one counts, and a tombstone deletes."""
    book, alert = SilenceBook(), make_alert()
    for number, hours in ((1, 1), (2, 3)):
        book.apply(b"%d" % number, encode(silence(str(number), "rule=second-summit", hours=hours)))
    assert [each.silence.silence_id for each in book.silences] == ["2", "1"]
    late = NOW + timedelta(hours=2)
    assert book.find(alert, "", "slack:a", late) == silence("2", "rule=second-summit", hours=3)
    book.apply(b"2", encode(silence("2", "rule=x", hours=3)))
    assert book.find(alert, "", "slack:a", late) is None
    book.apply(b"1", None)
    assert book.find(alert, "", "slack:a", NOW) is None
    assert len(book.silences) == 1


def test_a_record_that_cannot_be_read_silences_nothing(make_alert: Callable[..., Alert]) -> None:
    """It says why until it is replaced."""
    book = SilenceBook()
    book.apply(b"1", b"{")
    book.apply(b"2", encode(silence("2", "colour=red")))
    assert book.find(make_alert(), "", "slack:a", NOW) is None
    assert set(book.unreadable) == {b"1", b"2"}
    assert "no label 'colour'" in book.unreadable[b"2"]
    book.apply(b"2", encode(silence("2", "rule=second-summit")))
    assert book.find(make_alert(), "", "slack:a", NOW) is not None
    assert set(book.unreadable) == {b"1"}


def test_a_story_may_be_silenced_at_one_destination(make_alert: Callable[..., Alert]) -> None:
    """Others hear of it as before, and so does this one of other stories."""
    of_story = replace(silence("1"), story_id="story", destination="slack:a")
    book, alert = SilenceBook([of_story]), make_alert()
    assert book.find(alert, "story", "slack:a", NOW) is of_story
    assert book.find(alert, "story", "slack:b", NOW) is None
    assert book.find(alert, "other", "slack:a", NOW) is None
    everywhere = SilenceBook([replace(of_story, destination=None)])
    assert everywhere.find(alert, "story", "slack:b", NOW) is not None
