"""Find the feeds of a site with few and slow requests."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urljoin, urlsplit

from services.console.feeds.probe import (
    FeedProbe,
    build_trial_downloader,
    fetch_feed,
    parse_here,
    probe_feed,
    probe_of,
    trial_spec,
)
from services.fetcher.download import LONGEST_DELAY_S, Downloader
from services.fetcher.parsing.feed_text import decode_feed
from services.fetcher.polling.web import FeedResponse
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources.feed_links import find_feed_links
from shared.base.outcomes import InvalidMessage

Origin = Literal["address", "page", "robots.txt", "link", "guess"]
PATHS: Final = (
    *("/feed", "/rss.xml", "/rss", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json"),
    *("/feeds/posts/default", "/news-sitemap.xml"),
)
"""Where sites often have a feed; asked only if the site names none."""
MAX_TRIED: Final = 10
"""Of each kind of address that nobody says is a feed."""


@dataclass(frozen=True, slots=True)
class FeedCandidate:
    """An address that may be a feed's, and where it comes from."""

    url: str
    origin: Origin
    title: str = ""


@dataclass(slots=True)
class SiteSearch:
    """A search of one site, which makes at most ``requests`` requests, ``pause_s`` apart."""

    downloader: Downloader
    requests: int
    pause_s: float
    count: int = 0

    async def discover(self, url: str) -> list[tuple[FeedCandidate, FeedProbe]]:
        """Return the feeds of the site. HttpError or InvalidMessage if it does not answer."""
        verdict = await self.downloader.judge(url, {})
        self.pause_s = max(self.pause_s, min(verdict.crawl_delay_s or 0.0, LONGEST_DELAY_S))
        response = await fetch_feed(self.downloader, trial_spec(url))
        self.count = 1
        with suppress(InvalidMessage):
            content_type = response.headers.get("content-type")
            feed = await parse_here(response.body, content_type, response.url)
            return [(FeedCandidate(url, "address"), probe_of(url, response, feed))]
        stated, linked = split_links(response)
        listed = [FeedCandidate(address, "robots.txt") for address in verdict.sitemaps]
        of_news = [candidate for candidate in listed if "news" in candidate.url.lower()]
        feeds = await self._try([*stated, *of_news])
        for candidates in (linked, list(guess_addresses(response.url)), listed):
            feeds = feeds or await self._try(candidates[:MAX_TRIED])
        return feeds

    async def _try(
        self, candidates: Sequence[FeedCandidate]
    ) -> list[tuple[FeedCandidate, FeedProbe]]:
        feeds = list[tuple[FeedCandidate, FeedProbe]]()
        for candidate in candidates:
            if self.count >= self.requests:
                break
            await asyncio.sleep(self.pause_s)
            self.count += 1
            probe = await probe_feed(self.downloader, trial_spec(candidate.url))
            if not probe.error:
                feeds.append((candidate, probe))
        return feeds


def build_search(settings: FetcherSettings, requests: int) -> SiteSearch:
    """Build a search as fast as the fetcher downloads pages from one host."""
    pause_s = 1 / settings.pages_per_host_per_s
    return SiteSearch(build_trial_downloader(settings), requests, pause_s)


def split_links(response: FeedResponse) -> tuple[list[FeedCandidate], list[FeedCandidate]]:
    """Return the feeds that a page states, and links in it that look like feeds."""
    try:
        page = decode_feed(response.body, response.headers.get("content-type"))
    except InvalidMessage:
        return [], []
    links = find_feed_links(page, response.url)
    stated = [FeedCandidate(link.url, "page", link.title) for link in links if link.is_stated]
    linked = [FeedCandidate(link.url, "link", link.title) for link in links if not link.is_stated]
    return stated, linked


def guess_addresses(url: str) -> Iterator[FeedCandidate]:
    """Yield common addresses of feeds on a page's host, the page's own folder first."""
    parts = urlsplit(url)
    if parts.path.strip("/") and not parts.query:
        yield FeedCandidate(f"{url.rstrip('/')}/feed", "guess")
    for path in PATHS:
        yield FeedCandidate(urljoin(f"{parts.scheme}://{parts.netloc}", path), "guess")
