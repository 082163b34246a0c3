"""Note the hub of every feed that is polled. Pure: the downloads are passed in."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.fetcher.polling.web import FeedResponse, NoPage, Page, Web
from services.fetcher.push.websub.discovery import HubLinks, find_hub

MAX_FEEDS: Final = 20_000


class HubNotes:
    """The web, as polls need it, and the links that the polled feeds had."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._links: dict[str, HubLinks] = {}

    def links_of(self, url: str) -> HubLinks | None:
        """Return the links of a feed as it was last read in full; None without a hub."""
        return self._links.get(url)

    async def fetch_feed(
        self, url: str, headers: Mapping[str, str], *, ignore_robots: bool
    ) -> FeedResponse:
        """Download a feed, and note its hub."""
        response = await self._web.fetch_feed(url, headers, ignore_robots=ignore_robots)
        if response.status == 200:
            links = find_hub(response.headers, response.body, response.url)
            if links is None:
                self._links.pop(url, None)
            elif len(self._links) < MAX_FEEDS:
                self._links[url] = links
        return response

    async def fetch_pages(
        self, urls: Sequence[str], headers: Mapping[str, str], *, ignore_robots: bool
    ) -> Sequence[Page | NoPage]:
        """Download pages."""
        return await self._web.fetch_pages(urls, headers, ignore_robots=ignore_robots)
