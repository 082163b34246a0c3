"""Times of entries: the world's zones and forms; what is not understood is no time."""

from datetime import UTC, datetime

import pytest

from services.fetcher.parsing.feed_entry import FeedEntry
from services.fetcher.parsing.feed_parser import parse

URL = "https://wire.example/rss"
DUBLIN_CORE = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


def entry(times: str) -> FeedEntry:
    item = f"<item><title>A</title><link>/a</link>{times}</item>"
    data = f'<rss version="2.0" {DUBLIN_CORE}><channel><title>W</title>{item}</channel></rss>'
    (found,) = parse(data.encode(), None, URL).entries
    return found


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Wed, 27 Feb 2019 21:00:00 CEST", utc(2019, 2, 27, 19)),
        ("Wed, 27 Feb 2019 21:00:00 KST", utc(2019, 2, 27, 12)),
        ("Wed, 27 Feb 2019 21:00:00 America/Los_Angeles", utc(2019, 2, 28, 5)),
        ("Wed, 27 Feb 2019 9:00:00 PM +0700", utc(2019, 2, 27, 14)),
        ("1551276000", utc(2019, 2, 27, 14)),
        ("1551276000000", utc(2019, 2, 27, 14)),
        ("Wed, 27 Feb 2019 21:00:00 GMT+0700 (Indochina Time)", utc(2019, 2, 27, 14)),
        ("Wed, 27 Feb 2019 21:00 EST", utc(2019, 2, 28, 2)),
        ("Wed, 27 Feb 2019 21:00:00 AEDT", utc(2019, 2, 27, 10)),
        ("Mi, 27 Feb 2019 21:00:00 +0100", utc(2019, 2, 27, 20)),
        ("2019-02-27T21:00:00.123+07:00", utc(2019, 2, 27, 14)),
    ],
)
def test_an_exact_time_is_a_moment(text: str, moment: datetime) -> None:
    """In every zone and form that feeds use."""
    found = entry(f"<pubDate>{text}</pubDate>")
    assert (found.published_at, found.published_precision) == (moment, "moment")


@pytest.mark.parametrize(
    ("text", "moment", "precision"),
    [
        ("2019年02月27日 21:00", utc(2019, 2, 27, 21), "zoneless"),
        ("2019-02-27", utc(2019, 2, 27), "day"),
        ("27 Feb 2019", utc(2019, 2, 27), "day"),
    ],
)
def test_a_vague_time_says_so(text: str, moment: datetime, precision: str) -> None:
    """A day, or a time without a zone, is not taken for an exact one."""
    found = entry(f"<pubDate>{text}</pubDate>")
    assert (found.published_at, found.published_precision) == (moment, precision)


@pytest.mark.parametrize(
    "text",
    [
        "Wed, 27 Feb 2019 21:00:00 XYZT",
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "02/03/2019",
        "31 Feb 2019 21:00 GMT",
        "yesterday",
        "0000-00-00 00:00:00",
        "15512",
    ],
)
def test_what_is_not_understood_is_no_time_and_a_problem(text: str) -> None:
    """Never another date: no year 1551, and no unknown zone taken for UTC."""
    item = f"<item><title>A</title><link>/a</link><pubDate>{text}</pubDate></item>"
    data = f'<rss version="2.0"><channel><title>W</title>{item}</channel></rss>'
    feed = parse(data.encode(), None, URL)
    assert feed.entries[0].published_at is None
    assert feed.problems == (f"entry 1: its time is not understood: {text!r}",)


def test_the_first_exact_time_counts() -> None:
    """A second element may say exactly what the first leaves open; an unread one is passed over."""
    found = entry("<pubDate>27 Feb 2019</pubDate><dc:date>2019-02-27T21:00:00Z</dc:date>")
    assert (found.published_at, found.published_precision) == (utc(2019, 2, 27, 21), "moment")
    found = entry("<pubDate>soon</pubDate><dc:date>2019-02-27</dc:date>")
    assert (found.published_at, found.published_precision) == (utc(2019, 2, 27), "day")
    assert entry("").published_at is None
