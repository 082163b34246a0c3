"""Lists, packages and single items of ninjs: which become articles, when, and under which name."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from services.cleaner.pipeline import clean
from services.fetcher.parsing.feed_entry import MAX_ENTRIES, FeedEntry, ParsedFeed
from services.fetcher.parsing.feed_parser import parse
from services.fetcher.polling.build_article import build_article, to_page
from services.fetcher.sources.feeds_file import FeedSpec
from shared.base.outcomes import InvalidMessage
from shared.messages.schemas import CleanArticle

NOW = datetime(2019, 2, 28, tzinfo=UTC)
SPEC = FeedSpec(url="https://api.wire.example/items", source="wire", interval_s=10)
BODY = (
    "HANOI, Feb. 27 (Wire) - The two leaders met for dinner on Wednesday and will meet again "
    "on Thursday morning, officials of both delegations said."
)
ITEM = {
    "uri": "urn:wire:1",
    "version": "2",
    "type": "text",
    "headline": "Leaders meet in Hanoi",
    "byline": "By Ann Lee",
    "language": "en-GB",
    "firstcreated": "2019-02-27T12:00:00Z",
    "versioncreated": "2019-02-27T13:00:00Z",
    "pubstatus": "usable",
    "body_text": BODY,
}
ITEM_3 = {
    "uri": "urn:wire:3",
    "standard": {"name": "ninjs", "version": "3.0"},
    "headlines": [{"role": "short", "value": "Hanoi"}, {"role": "main", "value": "Hanoi dinner"}],
    "by": "Ann Lee",
    "language": "en",
    "firstCreated": "2019-02-27T12:00:00+00:00",
    "versionCreated": "2019-02-27T13:00:00+00:00",
    "pubStatus": "usable",
    "bodies": [{"role": "main", "contentType": "text/plain", "value": BODY}],
}


def read(value: object) -> ParsedFeed:
    return parse(orjson.dumps(value), "application/json", SPEC.url)


def article_of(entry: FeedEntry) -> CleanArticle:
    assert entry.document is not None
    cleaned = clean(build_article(SPEC, entry, to_page(entry.document), NOW))
    assert isinstance(cleaned, CleanArticle)
    return cleaned


def test_a_single_item_is_an_entry_with_its_own_text() -> None:
    """Its identity is its uri, and the cleaner reads the item as it was written."""
    parsed = read(ITEM)
    (entry,) = parsed.entries
    assert (parsed.format_name, parsed.problems) == ("ninjs", ())
    assert (entry.uri, entry.headline, entry.byline, entry.language, entry.published_at) == (
        "urn:wire:1",
        "Leaders meet in Hanoi",
        "By Ann Lee",
        "en-GB",
        datetime(2019, 2, 27, 12, tzinfo=UTC),
    )
    article = article_of(entry)
    assert (article.uri, article.url, article.version, article.body) == (
        "urn:wire:1",
        None,
        2,
        BODY,
    )
    assert article.event_time == datetime(2019, 2, 27, 12, tzinfo=UTC)


def test_version_3_writes_its_names_in_camel_case() -> None:
    """Its times and its status are read like those of the versions before, by both services."""
    (entry,) = read(ITEM_3).entries
    assert (entry.headline, entry.published_at) == (
        "Hanoi dinner",
        datetime(2019, 2, 27, 12, tzinfo=UTC),
    )
    article = article_of(entry)
    assert (article.versioncreated, article.pubstatus) == (
        datetime(2019, 2, 27, 13, tzinfo=UTC),
        "usable",
    )
    (kill,) = read({**ITEM_3, "pubStatus": "canceled", "bodies": []}).entries
    assert article_of(kill).pubstatus == "canceled"


@pytest.mark.parametrize(
    "envelope",
    [
        lambda items: items,
        lambda items: {"_items": items, "_meta": {"total": 2}},
        lambda items: {"items": items},
        lambda items: {"newsItems": items},
        lambda items: {"data": {"items": [{"item": item, "meta": {}} for item in items]}},
        lambda items: {
            "uri": "urn:wire:package",
            "type": "composite",
            "versioncreated": "2019-02-27T13:00:00Z",
            "associations": {f"story-{n}": item for n, item in enumerate(items)},
        },
        lambda items: {
            "uri": "urn:wire:package",
            "type": "composite",
            "headline": "Hanoi in full",
            "associations": [*items, {"uri": "urn:wire:pic", "type": "picture", "headline": "x"}],
        },
    ],
)
def test_items_are_found_in_lists_envelopes_and_packages(envelope: Any) -> None:
    """Each is an entry of its own; a package without text is none."""
    other = {**ITEM, "uri": "urn:wire:2", "headline": "Other"}
    parsed = read(envelope([ITEM, other]))
    assert [entry.uri for entry in parsed.entries] == ["urn:wire:1", "urn:wire:2"]


def test_what_is_no_text_is_left_out_and_said() -> None:
    """Pictures, videos and planning items are counted in one problem."""
    parsed = read([{**ITEM, "uri": f"urn:{kind}", "type": kind} for kind in ("picture", "video")])
    assert parsed.entries == ()
    assert parsed.problems == ("items without text, like pictures, are left out: 2",)


def test_of_several_versions_in_one_list_the_last_counts() -> None:
    """Versions count as numbers, then times do, whatever their order; a kill beats its report."""
    kill = {**ITEM, "version": "10", "pubstatus": "canceled", "body_text": ""}
    for order in ([ITEM, kill], [kill, ITEM]):
        (entry,) = read(order).entries
        assert article_of(entry).pubstatus == "canceled"
    early = {**ITEM, "version": None, "versioncreated": "2019-02-27T12:30:00Z", "headline": "a"}
    late = {**ITEM, "version": None, "versioncreated": "2019-02-27T21:31:00+09:00", "headline": "b"}
    (entry,) = read([late, early]).entries
    assert entry.headline == "b"


@pytest.mark.parametrize(
    "fields",
    [
        {"body_text": ""},
        {"body_text": "", "headline": ""},
        {"body_text": "", "headline": "", "ednote": "Kill: the report is wrong."},
    ],
)
def test_a_kill_reaches_the_pipeline_whatever_text_it_has(fields: dict[str, str]) -> None:
    """Without headline and body, too: else nobody would hear of it."""
    (entry,) = read({**ITEM, "pubstatus": "canceled", **fields}).entries
    article = article_of(entry)
    assert (article.pubstatus, article.uri) == ("canceled", "urn:wire:1")
    assert article.body


@pytest.mark.parametrize(
    ("embargo", "not_before"),
    [
        ("2019-03-01T06:00:00Z", datetime(2019, 3, 1, 6, tzinfo=UTC)),
        ("2019-03-01T06:00:00+09:00", datetime(2019, 2, 28, 21, tzinfo=UTC)),
        ("2019-03-01T06:00:00", datetime(2019, 3, 1, 18, tzinfo=UTC)),
        ("2019-03-01", datetime(2019, 3, 2, 12, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_an_embargo_says_until_when_an_item_waits(
    embargo: str | None, not_before: datetime | None
) -> None:
    """Without a zone it ends where the clock is latest, so that it is broken nowhere."""
    (entry,) = read({**ITEM, "embargoed": embargo}).entries
    assert entry.not_before == not_before


def test_an_unclear_embargo_is_not_broken() -> None:
    """The item is not published, and the problem says why; a kill has no embargo."""
    parsed = read({**ITEM, "embargoed": "until the speech begins"})
    assert parsed.entries == ()
    assert "its embargo is not understood" in parsed.problems[0]
    (kill,) = read({**ITEM, "embargoed": "2030-01-01T00:00:00Z", "pubstatus": "canceled"}).entries
    assert kill.not_before is None


@pytest.mark.parametrize(
    ("uri", "identity", "url"),
    [
        ("https://Wire.example/a?utm_source=x#top", "https://wire.example/a", None),
        ("tag:wire.example,2019:1", "tag:wire.example,2019:1", None),
        ("4711", "urn:summitwire:item:wire/4711", None),
        ("a/b c", None, None),
        ("https:///nowhere", None, None),
    ],
)
def test_identities(uri: str, identity: str | None, url: str | None) -> None:
    """A web address is canonical; a bare number is unique only within its source."""
    parsed = read({**ITEM, "uri": uri})
    if identity is None:
        assert parsed.entries == ()
        assert len(parsed.problems) == 1
        return
    (entry,) = parsed.entries
    article = article_of(entry)
    assert article.uri == identity
    assert article.url == (identity if identity.startswith("https:") else url)


def test_a_change_of_anything_is_a_new_version_and_the_same_item_is_none() -> None:
    """The key is of the item's identity and bytes."""
    (first,), (same,) = read(ITEM).entries, read([ITEM]).entries
    (changed,) = read({**ITEM, "urgency": 1}).entries
    assert first.key == same.key != changed.key


@pytest.mark.parametrize("value", [[], {"_items": []}, {"newsItems": [], "next": "x"}])
def test_an_empty_list_is_a_feed_without_entries(value: object) -> None:
    """Agencies answer so when all is quiet; to back off would delay what comes next."""
    assert read(value).entries == ()


@pytest.mark.parametrize(
    "value",
    [
        {"uri": "x"},
        {"headline": "x"},
        {"uri": 1.5, "headline": "x"},
        [1, "a", None],
        {"items": [{"id": 1}]},
        {"data": {"data": {"data": {"data": {"data": {"data": [ITEM]}}}}}},
    ],
)
def test_other_json_is_no_ninjs(value: object) -> None:
    """An object without identity, or without any field of ninjs, is not guessed at."""
    with pytest.raises(InvalidMessage, match="without items of ninjs"):
        read(value)


def test_a_list_has_a_limit() -> None:
    """Like any feed's; what is left out is said."""
    parsed = read([{**ITEM, "uri": f"urn:{n}"} for n in range(MAX_ENTRIES + 5)])
    assert len(parsed.entries) == MAX_ENTRIES
    assert "only the newest" in parsed.problems[0]
