"""A hub and a publisher on this machine, after the tests of websub.rocks for subscribers."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.fetcher.sources.feeds_file import FeedSpec


@dataclass
class Hub:
    """What the publisher serves, and what the hub was asked.

    ``discovery``: where the feed names its hub: header, atom, rss, json or html (a feed with
    headers is RSS). ``redirect``: how /moved leads to the hub. ``refusal``: the status with which
    it answers requests. ``lease_s``: what it grants. ``hang``: pages
    are not answered before it is set.
    """

    base: str = ""
    discovery: str = "atom"
    topic_path: str = "/topic"
    hub_path: str = "/hub"
    redirect: int = 307
    feed_redirect: int = 302
    refusal: int = 0
    verifies: bool = True
    lease_s: int = 3600
    names: list[str] = field(default_factory=list)
    requests: list[Mapping[str, str]] = field(default_factory=list)
    verified: list[tuple[str, int, bool]] = field(default_factory=list)
    polls: int = 0
    pages: list[str] = field(default_factory=list)
    hang: asyncio.Event | None = None

    @property
    def spec(self) -> FeedSpec:
        return FeedSpec(url=f"{self.base}/feed", source="news", interval_s=300)

    @property
    def last(self) -> Mapping[str, str]:
        """The last request."""
        return self.requests[-1]

    def feed(self, *names: str) -> bytes:
        """Return a feed of these entries, in the format of ``discovery``."""
        hub, topic = self.base + self.hub_path, self.base + self.topic_path
        if self.discovery == "json":
            items = ",".join(
                f'{{"id": "{name}", "title": "{name}", "url": "{self.base}/{name}"}}'
                for name in names
            )
            head = '"version": "https://jsonfeed.org/version/1.1", "title": "b"'
            links = f'"feed_url": "{topic}", "hubs": [{{"type": "WebSub", "url": "{hub}"}}]'
            return f'{{{head}, {links}, "items": [{items}]}}'.encode()
        if self.discovery == "atom":
            entries = "".join(
                f'<entry><id>{name}</id><title>{name}</title><link href="/{name}"/></entry>'
                for name in names
            )
            links = f'<link rel="hub" href="{hub}"/><link rel="self" href="{topic}"/>'
            return f'<feed xmlns="http://www.w3.org/2005/Atom">{links}{entries}</feed>'.encode()
        items = "".join(
            f"<item><guid>{name}</guid><title>{name}</title><link>/{name}</link></item>"
            for name in names
        )
        links = f'<a:link rel="hub" href="{hub}"/><a:link rel="self" href="{topic}"/>'
        links = links if self.discovery == "rss" else ""
        namespace = 'xmlns:a="http://www.w3.org/2005/Atom"'
        channel = f"<channel><title>b</title>{links}{items}</channel>"
        return f'<rss version="2.0" {namespace}>{channel}</rss>'.encode()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a request for the feed, a page, or the hub."""
        if request.path == "/robots.txt":
            return web.Response(status=404)
        if request.method == "POST":
            return await self._answer(request)
        if request.path == "/redirected":
            return web.Response(status=self.feed_redirect, headers={"Location": "/feed"})
        if request.path == "/feed":
            self.polls += 1
            return web.Response(body=self.feed(*self.names), headers=self._headers())
        self.pages.append(request.path)
        if self.hang is not None:
            await self.hang.wait()
        return web.Response(text=f"<p>News of {request.path}</p>", content_type="text/html")

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json" if self.discovery == "json" else "text/xml"}
        if self.discovery == "header":
            links = f'<{self.hub_path}>; rel="hub", <{self.topic_path}>; rel="self"'
            headers["Link"] = links
        return headers

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.text()
        if request.path == "/moved":
            return web.Response(status=self.redirect, headers={"Location": "/hub"})
        self.requests.append(dict(parse_qsl(body)))
        if self.refusal:
            return web.Response(status=self.refusal)
        if self.verifies:
            self.verifying = asyncio.create_task(self.verify(self.last))
        return web.Response(status=202)

    async def verify(self, form: Mapping[str, str], **changes: str) -> int:
        """Ask the subscriber whether a request is its own; return its status."""
        query = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": "challenge-é&=",
            "hub.lease_seconds": str(self.lease_s),
        }
        query |= {f"hub.{name}": value for name, value in changes.items()}
        async with (
            aiohttp.ClientSession() as session,
            session.get(form["hub.callback"], params=query) as response,
        ):
            text = await response.text()
            is_echo = text == query["hub.challenge"]
            self.verified.append((query["hub.mode"], response.status, is_echo))
            return response.status

    async def distribute(
        self, body: bytes, *, method: str = "sha256", secret: str | None = None, url: str = ""
    ) -> int:
        """Push a document to the subscriber; return its status. Without a method unsigned."""
        headers = {
            "Content-Type": "application/json" if self.discovery == "json" else "text/xml",
            "Link": f'<{self.base}{self.topic_path}>; rel="self"',
        }
        if method:
            key = (self.last["hub.secret"] if secret is None else secret).encode()
            digest = hmac.new(key, body, getattr(hashlib, method)).hexdigest()
            headers["X-Hub-Signature"] = f"{method}={digest}"
        async with (
            aiohttp.ClientSession() as session,
            session.post(url or self.last["hub.callback"], data=body, headers=headers) as response,
        ):
            return response.status


@asynccontextmanager
async def websub_hub() -> AsyncIterator[Hub]:
    """The hub, for as long as the context lasts."""
    hub = Hub()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", hub.serve)
    async with TestServer(application) as server:
        hub.base = f"http://127.0.0.1:{server.port}"
        yield hub
