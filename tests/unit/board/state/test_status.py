from datetime import UTC, datetime, timedelta

from services.board.state.status import MAX_FEEDS, build_feed_statuses
from shared.messages.schemas import FeedState


def test_feeds_in_trouble_come_first() -> None:
    """The panel is short: what needs a hand is on top."""
    states = [
        FeedState(url=f"https://{name}.example/rss", failures=failures)
        for name, failures in (("b", 0), ("a", 0), ("c", 2), ("d", 5))
    ]
    assert [feed.feed for feed in build_feed_statuses(states)] == [
        "d.example/rss",
        "c.example/rss",
        "a.example/rss",
        "b.example/rss",
    ]


def test_a_gone_feed_is_on_top_with_the_moment() -> None:
    """Also one whose state was written before the moment was noted: its last poll stands in."""
    moment = datetime(2018, 9, 12, 10, 0, tzinfo=UTC)
    new = FeedState(
        url="https://b.example/rss",
        gone=True,
        gone_since=moment,
        polled_at=moment + timedelta(days=1),
    )
    old = FeedState(url="https://a.example/rss", gone=True, polled_at=moment)
    shown = build_feed_statuses([FeedState(url="https://c.example/rss", failures=9), new, old])
    assert [(feed.feed, feed.gone) for feed in shown] == [
        ("a.example/rss", moment),
        ("b.example/rss", moment),
        ("c.example/rss", None),
    ]


def test_a_feed_s_key_is_not_shown() -> None:
    """A password or query in its address stays with the fetcher."""
    (shown,) = build_feed_statuses(
        [FeedState(url="https://user:secret@feed.example/rss?key=secret#secret")]
    )
    assert shown.feed == "feed.example/rss"


def test_an_address_that_cannot_be_read_is_no_harm() -> None:
    """The board shows what it is given, also nonsense."""
    assert "without" in build_feed_statuses([FeedState(url="https://[x")])[0].feed
    assert (
        len(build_feed_statuses(FeedState(url=f"https://x/{n}") for n in range(1_000))) == MAX_FEEDS
    )
