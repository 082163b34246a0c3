"""A publisher in memory: what a feed lists, its pages, and polls that remember their state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from services.fetcher.addresses.page_address import stated_address
from services.fetcher.parsing.feed_entry import ParsedFeed
from services.fetcher.parsing.feed_parser import parse
from services.fetcher.polling.poll_feed import PollResult, poll_feed
from services.fetcher.polling.web import FeedResponse, NoPage, Page
from services.fetcher.sources.feeds_file import FeedSpec
from shared.messages import codec
from shared.messages.schemas import FeedState, RawArticle

BEGIN = datetime(2018, 9, 12, 10, 0, tzinfo=UTC)
SPEC = FeedSpec(url="https://wire.example/feed", source="wire", interval_s=300)
BETWEEN_POLLS = timedelta(minutes=61)
"""Longer than the longest wait for a page, so that each poll may download each page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of an RSS feed as its publisher writes it; empty parts are left out."""

    link: str
    title: str = "Leaders arrive in Hanoi for a second summit"
    guid: str = ""
    date: datetime | None = BEGIN

    def xml(self) -> str:
        guid = f'<guid isPermaLink="false">{escape(self.guid)}</guid>' if self.guid else ""
        date = f"<pubDate>{format_datetime(self.date)}</pubDate>" if self.date else ""
        title = f"<title>{escape(self.title)}</title>"
        return f"<item>{title}<link>{escape(self.link)}</link>{guid}{date}</item>"


def page_of(text: str, head: str = "") -> Page:
    """Return an HTML page with this text as its article."""
    html = f"<html><head>{head}</head><body><article><p>{text}</p></article></body></html>"
    return Page(content=html.encode(), content_type="text/html; charset=utf-8")


@dataclass
class Publisher:
    """Polls of one feed, each with the state that the last one left.

    ``pages`` are what addresses answer; one that is missing answers with a text of its own.
    """

    spec: FeedSpec = SPEC
    pages: dict[str, Page | NoPage] = field(default_factory=dict)
    state: FeedState = field(default_factory=lambda: FeedState(url=SPEC.url))
    now: datetime = BEGIN + timedelta(hours=1)
    requested: list[str] = field(default_factory=list)
    articles: list[RawArticle] = field(default_factory=list)
    ignored_robots: list[bool] = field(default_factory=list)
    result: PollResult = field(init=False)
    _feed: bytes = b""

    async def poll(self, *items: Item) -> list[RawArticle]:
        """List these items, poll once, and return the articles of the poll."""
        body = "".join(item.xml() for item in items)
        self._feed = f'<rss version="2.0"><channel><title>w</title>{body}</channel></rss>'.encode()
        self.requested.clear()
        self.result = await poll_feed(
            self.spec, self.state, web=self, parse=_parse, now=lambda: self.now
        )
        self.state = codec.decode(codec.encode(self.result.state), FeedState)
        self.now += BETWEEN_POLLS
        self.articles += self.result.articles
        return list(self.result.articles)

    async def fetch_feed(
        self, url: str, _headers: Mapping[str, str], *, ignore_robots: bool
    ) -> FeedResponse:
        self.ignored_robots.append(ignore_robots)
        headers = {"content-type": "application/rss+xml", "etag": f'"{self.now}"'}
        return FeedResponse(status=200, headers=headers, body=self._feed, url=url)

    async def fetch_pages(
        self, urls: Sequence[str], _headers: Mapping[str, str], *, ignore_robots: bool
    ) -> Sequence[Page | NoPage]:
        self.ignored_robots.append(ignore_robots)
        self.requested += urls
        return [
            _stated(self.pages.get(url) or page_of(f"What stands at {url}."), url) for url in urls
        ]


def _stated(page: Page | NoPage, url: str) -> Page | NoPage:
    """Return a page with the address that it states, as the downloader does."""
    if isinstance(page, NoPage):
        return page
    return replace(page, url=stated_address(page.content, page.content_type, url))


async def _parse(body: bytes, content_type: str | None, url: str) -> ParsedFeed:
    return parse(body, content_type, url)
