"""Entries that carry their own text: published without a download, and not before their time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from services.fetcher.parsing.feed_entry import EntryDocument, FeedEntry, ParsedFeed
from services.fetcher.polling.poll_feed import PollResult, poll_feed
from services.fetcher.polling.web import FeedResponse, NoPage, Page
from services.fetcher.sources.feeds_file import FeedSpec
from shared.messages.schemas import FeedState

NOW = datetime(2019, 2, 27, 10, 0, tzinfo=UTC)
SPEC = FeedSpec(
    url="https://api.wire.example/items", source="wire", interval_s=10, allow=("wire.example",)
)
FRESH = FeedState(url=SPEC.url)


def wire_entry(name: str, not_before: datetime | None = None) -> FeedEntry:
    return FeedEntry(
        key=name,
        url=f"urn:wire:{name}",
        uri=f"urn:wire:{name}",
        document=EntryDocument(data=name.encode(), content_type="application/json"),
        not_before=not_before,
    )


class WebOfPages:
    """Answers every page, and counts what was requested."""

    def __init__(self) -> None:
        self.requested = list[str]()

    async def fetch_feed(
        self, url: str, _headers: Mapping[str, str], *, ignore_robots: bool
    ) -> FeedResponse:
        assert not ignore_robots
        return FeedResponse(status=200, headers={"etag": '"1"'}, body=b"", url=url)

    async def fetch_pages(
        self, urls: Sequence[str], _headers: Mapping[str, str], *, ignore_robots: bool
    ) -> Sequence[Page | NoPage]:
        assert not ignore_robots
        self.requested += urls
        return [Page(content=b"page", content_type="text/html") for _ in urls]


async def run(
    *entries: FeedEntry, web: WebOfPages, state: FeedState = FRESH, now: datetime = NOW
) -> PollResult:
    async def parse(_body: bytes, _content_type: str | None, _url: str) -> ParsedFeed:
        return ParsedFeed(entries=entries)

    return await poll_feed(SPEC, state, web=web, parse=parse, now=lambda: now)


async def test_an_own_text_needs_no_download() -> None:
    """Among entries with pages, too; `allow` is about downloads, and more than 50 go at once."""
    web = WebOfPages()
    page = FeedEntry(key="p", url="https://wire.example/p")
    result = await run(*(wire_entry(f"i{n}") for n in range(60)), page, web=web)
    assert web.requested == ["https://wire.example/p"]
    assert len(result.articles) == 61
    first = result.articles[0]
    assert (first.uri, first.url, first.content, first.content_type) == (
        "urn:wire:i0",
        None,
        b"i0",
        "application/json",
    )
    assert (result.waiting, result.state.etag) == (0, '"1"')


async def test_an_embargo_is_kept_to_its_end() -> None:
    """Before, the entry waits and the feed is read without conditions; then it is published."""
    web, end = WebOfPages(), NOW + timedelta(minutes=5)
    early = await run(wire_entry("a"), wire_entry("b", end), web=web)
    assert ([a.uri for a in early.articles], early.waiting) == (["urn:wire:a"], 1)
    assert early.state.etag is None
    before = end - timedelta(seconds=1)
    still = await run(wire_entry("b", end), web=web, state=early.state, now=before)
    assert still.articles == ()
    late = await run(wire_entry("b", end), web=web, state=still.state, now=end)
    assert [a.uri for a in late.articles] == ["urn:wire:b"]
    assert late.state.etag == '"1"'


async def test_remote_text_is_the_item_s() -> None:
    """Its page is downloaded, its identity is the item's, and its address is shown."""
    web = WebOfPages()
    entry = FeedEntry(key="r", url="https://wire.example/r", uri="urn:wire:r")
    (article,) = (await run(entry, web=web)).articles
    assert (article.uri, article.url, article.content) == (
        "urn:wire:r",
        "https://wire.example/r",
        b"page",
    )
