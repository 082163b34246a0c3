"""JSON Feed 1.0 and 1.1: the examples of its specification, and what publishers make of it."""

from datetime import UTC, datetime

import orjson
import pytest

from services.fetcher.parsing.feed_entry import MAX_ENTRIES, FeedEntry
from services.fetcher.parsing.feed_parser import parse
from shared.base.outcomes import InvalidMessage

URL = "https://wire.example/feeds/feed.json"
VERSION = "https://jsonfeed.org/version/1.1"


def feed(*items: object, **fields: object) -> bytes:
    return orjson.dumps({"version": VERSION, "title": "Wire", "items": items, **fields})


def entries(*items: object, **fields: object) -> tuple[FeedEntry, ...]:
    return parse(feed(*items, **fields), "application/feed+json", URL).entries


def test_the_simple_example_of_the_specification() -> None:
    """Two items without titles, one with HTML; absolute and relative addresses."""
    simple = b"""{
        "version": "https://jsonfeed.org/version/1.1",
        "title": "My Example Feed",
        "home_page_url": "https://example.org/",
        "feed_url": "https://example.org/feed.json",
        "items": [
            {"id": "2", "content_text": "This is a second item.", "url": "https://example.org/second-item"},
            {"id": "1", "content_html": "<p>Hello, world!</p>", "url": "/initial-post"}
        ]
    }"""
    parsed = parse(simple, "application/json", "https://example.org/feed.json")
    assert [(each.url, each.headline) for each in parsed.entries] == [
        ("https://example.org/second-item", None),
        ("https://example.org/initial-post", None),
    ]
    assert parsed.problems == ()


def test_an_item_s_own_fields_come_before_the_feed_s() -> None:
    """Language, authors and times, of 1.0 and of 1.1."""
    first, second, third = entries(
        {
            "id": "a",
            "url": "https://wire.example/a",
            "title": "Talks &amp; more <b>today</b>",
            "date_published": "2019-02-27T21:00:00+09:00",
            "authors": [{"name": "Ri Sol"}, {"name": "Kim Ha"}, {"url": "https://x.example"}],
            "language": "ko_kr",
        },
        {"id": "b", "url": "https://wire.example/b", "author": {"name": "Jane Doe"}},
        {"id": "c", "url": "https://wire.example/c", "date_modified": "2019-02-28"},
        language="en-US",
        author={"name": "The desk"},
    )
    assert (first.headline, first.byline, first.language) == (
        "Talks &amp; more <b>today</b>",
        "Ri Sol, Kim Ha",
        "ko-KR",
    )
    assert first.published_at == datetime(2019, 2, 27, 12, tzinfo=UTC)
    assert (second.byline, second.language) == ("Jane Doe", "en-US")
    assert (third.byline, third.published_precision) == ("The desk", "day")


def test_a_changed_item_is_read_again_and_an_unchanged_one_is_not() -> None:
    """The key is of id, change and headline, as in every format."""
    item = {
        "id": "a",
        "url": "https://wire.example/a",
        "title": "x",
        "date_published": "2019-02-27",
    }
    keys = {
        entries({**item, **change})[0].key
        for change in ({}, {"tags": ["x"]}, {"title": "y"}, {"date_modified": "2019-02-28"})
    }
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ({"id": "https://wire.example/id"}, "https://wire.example/id"),
        ({"id": 17, "url": "/n"}, "https://wire.example/n"),
        ({"id": "x", "external_url": "https://else.example/a"}, "https://else.example/a"),
        ({"id": "x", "url": "story?id=1"}, "https://wire.example/feeds/story?id=1"),
        ({"url": "https://wire.example/without-id", "unknown": [[]]}, "https://wire.example/without-id"),
    ],
)  # fmt: skip
def test_an_item_s_address(item: dict[str, object], url: str) -> None:
    """What its `url` says, or the next best."""
    assert [entry.url for entry in entries(item)] == [url]


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        ("text", "it is no object"),
        (None, "it is no object"),
        ({"id": "a"}, "it has no url"),
        ({"id": True, "url": 5}, "it has no url"),
        ({"id": "a", "url": "javascript:alert(1)"}, ""),
        ({"id": "a", "url": "https://[broken"}, ""),
    ],
)
def test_a_bad_item_costs_that_item_only(item: object, problem: str) -> None:
    """Its neighbours are read, and the problem says which item it is."""
    good = {"id": "g", "url": "https://wire.example/g"}
    parsed = parse(feed(item, good), None, URL)
    assert [entry.url for entry in parsed.entries] == ["https://wire.example/g"]
    assert parsed.problems[0].startswith(f"entry 1: {problem}")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'{"version": "https://jsonfeed.org/version/1"}', "no list of items"),
        (b'{"version": 1, "items": []}', "without the version of a JSON Feed"),
        (b'[{"version": "https://jsonfeed.org/version/1"}]', "without the version"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [', "broken JSON"),
        (b"[" * 100_000, "broken JSON"),
        (b'{"version": NaN}', "broken JSON"),
    ],
)
def test_what_is_no_json_feed_says_so(data: bytes, why: str) -> None:
    """Nested deep or cut off, it is an error with a reason."""
    with pytest.raises(InvalidMessage, match=why):
        parse(data, None, URL)


def test_a_long_feed_is_cut_and_repeats_are_left_out() -> None:
    """As in every format."""
    many = [{"id": str(n), "url": f"https://wire.example/{n}"} for n in range(600)]
    parsed = parse(feed(*many), None, URL)
    assert len(parsed.entries) == MAX_ENTRIES
    assert parsed.problems == ("only the newest 500 of 600 entries are read",)
    assert len(entries(many[0], many[0])) == 1
