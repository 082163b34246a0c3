"""Feeds of one server for the fault tests: they answer 304 whenever nothing was published."""

import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aiohttp import web
from aiohttp.test_utils import TestServer

LISTED: Final = 20
"""Entries that a feed lists: what was published before is gone from the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRequest:
    """A request of a feed: when (monotonic clock), by whom, and how it was answered.

    ``total``: how many items the feed had published by then.
    """

    at_s: float
    feed: int
    client: str
    status: int
    total: int


@dataclass
class Publishers:
    """``count`` feeds, with what each has published so far, and who asked for them."""

    count: int
    base: str = ""
    published: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    requests: list[FeedRequest] = field(default_factory=list)

    def publish(self) -> None:
        """Publish one item in each feed."""
        for feed in range(self.count):
            self.published[feed] += 1

    @property
    def addresses(self) -> set[str]:
        """The address of each item so far."""
        return {
            f"{self.base}/item/{feed}-{number}"
            for feed, total in self.published.items()
            for number in range(total)
        }

    def are_unchanged(self) -> bool:
        """Return whether each feed has answered 304 since it published last."""
        asked = {(r.feed, r.total) for r in self.requests if r.status == 304}
        return asked >= set(self.published.items())

    def feeds_file(self, folder: Path) -> Path:
        """Write the feeds file, each feed polled every second."""
        file = folder / "feeds.yaml"
        lines = [
            f"  - {{url: '{self.base}/feed/{n}', source: s{n}, interval: 1s}}"
            for n in range(self.count)
        ]
        file.write_text("\n".join(["feeds:", *lines, ""]), "utf-8")
        return file

    async def handle(self, request: web.Request) -> web.Response:
        kind, _, name = request.path.strip("/").partition("/")
        if kind == "feed":
            return self._feed(request, int(name))
        if kind == "item":
            text = f"<html><body><p>{name}</p></body></html>"
            return web.Response(text=text, content_type="text/html")
        return web.Response(status=404)

    def _feed(self, request: web.Request, feed: int) -> web.Response:
        total = self.published[feed]
        etag = f'"{total}"'
        is_known = request.headers.get("If-None-Match") == etag
        status = 304 if is_known else 200
        self.requests.append(
            FeedRequest(
                at_s=time.monotonic(),
                feed=feed,
                client=request.headers["User-Agent"],
                status=status,
                total=total,
            )
        )
        if is_known:
            return web.Response(status=304)
        items = "".join(
            f"<item><title>Item {n} of {feed}</title><link>/item/{feed}-{n}</link></item>"
            for n in reversed(range(max(0, total - LISTED), total))
        )
        return web.Response(
            text=f'<rss version="2.0"><channel><title>n</title>{items}</channel></rss>',
            content_type="application/rss+xml",
            headers={"ETag": etag},
        )


@asynccontextmanager
async def publishers(count: int) -> AsyncIterator[Publishers]:
    """Serve the feeds for as long as the context lasts."""
    served = Publishers(count)
    app = web.Application()
    app.router.add_get("/{path:.*}", served.handle)
    async with TestServer(app) as server:
        served.base = f"http://127.0.0.1:{server.port}"
        yield served
