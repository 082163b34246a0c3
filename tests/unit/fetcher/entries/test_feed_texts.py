"""Articles whose text their feed carries, from poll to poll."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.fetcher.full_text.entry_content import read_content
from services.fetcher.parsing.feed_entry import FeedEntry, ParsedFeed
from services.fetcher.polling.poll_feed import PollResult, poll_feed
from services.fetcher.polling.web import FeedResponse, NoPage, Page
from services.fetcher.sources.feeds_file import FeedSpec
from shared.messages.schemas import FeedState

NOW = datetime(2019, 2, 27, 10, 0, tzinfo=UTC)
SPEC = FeedSpec(url="https://n.example/feed", source="n", interval_s=60)
FRESH = FeedState(url=SPEC.url)
TEXT = "<p>" + "The talks in Hanoi went on for three hours on Tuesday. " * 40 + "</p>"


def entry(html: str = TEXT, name: str = "a", key: str = "") -> FeedEntry:
    """An entry whose key says nothing about its text."""
    return FeedEntry(
        key=key or name,
        url=f"https://n.example/{name}",
        guid=name,
        headline=f"Talks {name}",
        published_at=NOW - timedelta(hours=1),
        content=read_content([html], is_body=True),
    )


class Site:
    """Answers every page."""

    def __init__(self) -> None:
        self.requested = list[str]()

    async def fetch_feed(
        self, url: str, _headers: Mapping[str, str], *, ignore_robots: bool
    ) -> FeedResponse:
        assert not ignore_robots
        return FeedResponse(status=200, headers={}, body=b"", url=url)

    async def fetch_pages(
        self, urls: Sequence[str], _headers: Mapping[str, str], *, ignore_robots: bool
    ) -> Sequence[Page | NoPage]:
        assert not ignore_robots
        self.requested += urls
        body = b"<html><body><article><h1>Talks</h1><p>The page.</p></article></body></html>"
        return [Page(content=body, content_type="text/html") for _ in urls]


async def run(
    *entries: FeedEntry,
    site: Site,
    state: FeedState = FRESH,
    spec: FeedSpec = SPEC,
    now: datetime = NOW,
) -> PollResult:
    async def parse(_body: bytes, _content_type: str | None, _url: str) -> ParsedFeed:
        return ParsedFeed(entries=entries)

    return await poll_feed(spec, state, web=site, parse=parse, now=lambda: now)


async def test_all_texts_come_with_the_first_poll() -> None:
    """They cost nothing, so that no limit of downloads holds; a host outside `allow` still does."""
    site = Site()
    entries = [entry(TEXT.replace("Hanoi", f"Hanoi {n}"), f"a{n}") for n in range(120)]
    result = await run(*entries, site=site)
    assert (len(result.articles), result.waiting, site.requested) == (120, 0, [])
    elsewhere = replace(SPEC, allow=("m.example",))
    assert (await run(*entries, site=site, spec=elsewhere)).articles == ()


@pytest.mark.parametrize("key", ["a", "b"])
async def test_an_edited_text_is_a_version_whatever_the_entry_says(key: str) -> None:
    """With the same date and id, or with another date."""
    site = Site()
    first = await run(entry(), site=site)
    edited = entry(TEXT.replace("three hours", "five hours"), key=key)
    second = await run(edited, site=site, state=first.state, now=NOW + timedelta(minutes=5))
    assert [article.uri for article in second.articles] == ["https://n.example/a"]
    assert b"five hours" in second.articles[0].content
    third = await run(edited, site=site, state=second.state, now=NOW + timedelta(minutes=10))
    assert (third.articles, site.requested) == ((), [])


@pytest.mark.parametrize(
    "html",
    [
        TEXT,
        f'{TEXT}<img src="https://count.example/pixel?n=2" width="1">',
        TEXT.replace("<p>", '<p class="x" id="n2">'),
        f"<!-- served by 2 -->{TEXT}",
    ],
    ids=["same", "pixel", "attributes", "comment"],
)
async def test_markup_that_changes_is_no_version(html: str) -> None:
    """Pixels, ids and comments are no text."""
    site = Site()
    first = await run(entry(), site=site)
    second = await run(entry(html), site=site, state=first.state, now=NOW + timedelta(minutes=5))
    assert second.articles == ()
    assert second.state.pages == first.state.pages


async def test_an_article_that_was_a_page_before_is_not_sent_again() -> None:
    """Neither when this version is installed, nor when `text` is changed; later edits are."""
    site = Site()
    as_page = replace(SPEC, text="page")
    first = await run(entry(), site=site, spec=as_page)
    assert len(first.articles) == len(site.requested) == 1
    second = await run(entry(), site=site, state=first.state, now=NOW + timedelta(minutes=5))
    assert second.articles == ()
    edited = entry(TEXT.replace("three hours", "five hours"))
    third = await run(edited, site=site, state=second.state, now=NOW + timedelta(minutes=10))
    assert len(third.articles) == 1
    back = await run(
        edited, site=site, state=third.state, spec=as_page, now=NOW + timedelta(minutes=15)
    )
    assert (back.articles, len(site.requested)) == ((), 1)
