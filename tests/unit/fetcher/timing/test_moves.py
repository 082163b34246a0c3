"""Permanent redirects are remembered once they are sure, and never into a worse place."""

from datetime import UTC, datetime, timedelta

import pytest

from services.fetcher.timing.moves import may_move, moved_url, remember_move
from shared.messages.schemas import FeedMove

NOW = datetime(2018, 9, 12, 10, 0, tzinfo=UTC)
NEW = "https://new.example/feed"


def polled(targets: list[str | None], every: timedelta) -> FeedMove | None:
    """Return what is remembered after polls of the feed's own address."""
    move: FeedMove | None = None
    for number, target in enumerate(targets):
        move = remember_move(move, target, NOW + number * every, at_target=False)
    return move


def test_a_move_counts_after_three_polls_and_a_day() -> None:
    """Not after three polls within an hour, and not after a day with two."""
    late = NOW + timedelta(days=1)
    assert moved_url(polled([NEW] * 2, timedelta(hours=20)), late) is None
    assert moved_url(polled([NEW] * 9, timedelta(minutes=5)), NOW + timedelta(hours=1)) is None
    assert moved_url(polled([NEW] * 9, timedelta(minutes=5)), late) == NEW
    assert moved_url(None, late) is None


def test_once_a_day_the_feed_s_own_address_is_asked() -> None:
    """A day after it last redirected it has its turn; a clock that jumps gives it that at once."""
    move = polled([NEW] * 4, timedelta(hours=12))
    assert moved_url(move, NOW + timedelta(hours=36, minutes=1)) == NEW
    assert moved_url(move, NOW + timedelta(hours=59)) == NEW
    assert moved_url(move, NOW + timedelta(hours=61)) is None
    assert moved_url(move, NOW + timedelta(hours=35)) is None


def test_a_move_that_changes_or_ends_starts_over() -> None:
    """Another target or none in between, and the count begins again."""
    late = NOW + timedelta(days=4, hours=1)
    other = "https://other.example/feed"
    assert moved_url(polled([NEW, NEW, other, NEW, NEW], timedelta(days=1)), late) is None
    assert polled([NEW, NEW, NEW, None], timedelta(days=1)) is None


def test_a_poll_at_the_new_address_keeps_it() -> None:
    """It answers without a redirect; if it redirects further, that is a new move."""
    move = polled([NEW] * 4, timedelta(days=1))
    assert remember_move(move, None, NOW, at_target=True) == move
    further = remember_move(move, "https://third.example/", NOW, at_target=True)
    assert further == FeedMove(url="https://third.example/", since=NOW, checked_at=NOW)
    assert remember_move(None, "https://n.example/" + "x" * 3_000, NOW, at_target=False) is None


def test_a_time_in_the_future_is_not_believed() -> None:
    """A clock that was wrong makes a move young, never sure."""
    move = FeedMove(url=NEW, since=NOW + timedelta(days=400), checked_at=NOW, polls=3)
    assert moved_url(move, NOW) is None


@pytest.mark.parametrize(
    ("target", "has_secrets", "allowed"),
    [
        ("https://new.example/feed", False, True),
        ("https://old.example/other", True, True),
        ("https://new.example/feed", True, False),
        ("https://old.example:8443/feed", True, False),
        ("http://old.example/feed", False, False),
        ("https://10.0.0.7/feed", False, False),
        ("https://[::1]/feed", False, False),
        ("https://169.254.169.254/latest", False, False),
        ("https://localhost/feed", False, False),
        ("https://intranet/feed", False, False),
        ("https://printer.local/feed", False, False),
        ("https://93.184.216.34/feed", False, True),
        ("https://user@new.example/feed", False, False),
        ("https://[x/feed", False, False),
    ],
)
def test_where_a_feed_may_move(target: str, has_secrets: bool, allowed: bool) -> None:
    """Never to http, to a private address, or with its secrets to another origin."""
    assert may_move("https://old.example/feed", target, has_secrets=has_secrets) is allowed


def test_http_may_become_https() -> None:
    """The usual move of an old feed."""
    assert may_move("http://old.example/feed", "https://old.example/feed", has_secrets=False)
