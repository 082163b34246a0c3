"""A news site on this machine: a feed with an ETag, and pages that can be told to misbehave."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer

from services.fetcher.robots.rules import RobotsRules, apply_rules
from services.fetcher.sources.feeds_file import FeedSpec


@dataclass
class Publisher:
    """What the site serves, and the paths that were requested, without those of robots.txt.

    ``robots`` is what it answers to each request of robots.txt; ``robots_requests`` counts them.
    ``received`` are the other requests' headers. ``refuse``: clients of this name get 403. ``moving``: every response has new dates. ``stuck``: it always answers 304 to conditions.
    """

    names: list[str] = field(default_factory=lambda: ["a", "b"])
    answers: dict[str, web.Response] = field(default_factory=dict)
    requested: list[str] = field(default_factory=list)
    received: list[Mapping[str, str]] = field(default_factory=list)
    refuse: str = ""
    at_once: int = 0
    most_at_once: int = 0
    base: str = ""
    hang: asyncio.Event | None = None
    moving: bool = False
    stuck: bool = False
    robots: tuple[int, bytes] = (404, b"")
    robots_requests: int = 0

    @property
    def spec(self) -> FeedSpec:
        return FeedSpec(url=f"{self.base}/feed", source="news", interval_s=300)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/robots.txt":
            self.robots_requests += 1
            status, body = self.robots
            return web.Response(status=status, body=body, content_type="text/plain")
        self.requested.append(request.path)
        self.received.append(request.headers)
        if self.refuse and request.headers["User-Agent"].startswith(self.refuse):
            return web.Response(status=403)
        if request.path in self.answers:
            return self.answers.pop(request.path)
        return self._feed(request) if request.path == "/feed" else await self._page(request)

    def _feed(self, request: web.Request) -> web.Response:
        etag = f'"{len(self.names)}"'
        conditions = request.headers.get("If-None-Match")
        if not self.moving and (conditions == etag or (conditions and self.stuck)):
            return web.Response(status=304)
        date = (
            f"<pubDate>Wed, 12 Sep 2018 10:00:00 GMT +{len(self.requested)}</pubDate>"
            if self.moving
            else ""
        )
        items = "".join(
            f"<item><title>{name}</title><link>/{name}</link><guid>{name}</guid>{date}</item>"
            for name in self.names
        )
        return web.Response(
            text=f'<rss version="2.0"><channel><title>n</title>{items}</channel></rss>',
            content_type="text/xml",
            headers={"ETag": etag},
        )

    async def _page(self, request: web.Request) -> web.Response:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        if self.hang is not None:
            await self.hang.wait()
        await asyncio.sleep(0.01)  # long enough for an eager client to come again meanwhile
        self.at_once -= 1
        return web.Response(text=f"<p>{request.path}</p>", content_type="text/html")


async def read_robots(body: bytes, urls: Sequence[str], user_agent: str) -> RobotsRules:
    """Read a robots.txt in this process, where the fetcher does so in a child."""
    return apply_rules(body, urls, user_agent)


@asynccontextmanager
async def news_site() -> AsyncIterator[Publisher]:
    """The site, answering for as long as the context lasts."""
    site = Publisher()
    app = web.Application()
    app.router.add_get("/{path:.*}", site.handle)
    async with TestServer(app) as server:
        site.base = f"http://127.0.0.1:{server.port}"
        yield site


@contextmanager
def news_site_in_thread() -> Iterator[Publisher]:
    """The site in a thread of its own, for commands that run a loop themselves."""
    sites, loop, ready = list[Publisher](), asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        async with news_site() as site:
            sites.append(site)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield sites[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
