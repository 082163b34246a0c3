"""A news wire over real HTTP: one RSS feed with its pages, to which a test publishes stories."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from types import TracebackType
from typing import Self

from aiohttp import web

FEED_LENGTH = 60


@dataclass(frozen=True)
class Story:
    """A story with its time of publication; its number is the name of its page."""

    number: int
    headline: str
    paragraphs: tuple[str, ...]
    published_at: datetime


@dataclass
class Wire:
    """Serve ``/feed`` and ``/story/N`` on a free port of ``host``, as an async context manager.

    ``polls`` counts the requests for the feed.
    """

    stories: deque[Story] = field(default_factory=lambda: deque(maxlen=FEED_LENGTH))
    polls: int = 0
    port: int = 0
    host: str = "127.0.0.1"
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_get("/feed", self._feed)
        application.router.add_get("/story/{number}", self._story)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.host, self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._runner:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The feed's address."""
        return f"http://{self.host}:{self.port}/feed"

    def publish(self, number: int, headline: str, *paragraphs: str) -> Story:
        """Add a story, published now."""
        story = Story(number, headline, paragraphs, datetime.now(UTC))
        self.stories.append(story)
        return story

    async def _feed(self, _request: web.Request) -> web.Response:
        self.polls += 1
        items = "".join(self._item(story) for story in reversed(self.stories))
        text = (
            '<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>'
            f"<link>{self.url}</link>{items}</channel></rss>"
        )
        return web.Response(text=text, content_type="application/rss+xml")

    def _item(self, story: Story) -> str:
        link = f"http://{self.host}:{self.port}/story/{story.number}"
        date = format_datetime(story.published_at, usegmt=True)
        return (
            f"<item><guid>{link}</guid><link>{link}</link>"
            f"<title>{escape(story.headline)}</title><pubDate>{date}</pubDate></item>"
        )

    async def _story(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        story = next((story for story in self.stories if story.number == number), None)
        return (
            web.Response(text=page(story), content_type="text/html")
            if story
            else web.Response(status=404)
        )


def page(story: Story) -> str:
    """Return the page of a story, with a menu and a footer that are not part of the story."""
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in story.paragraphs)
    published = story.published_at.isoformat()
    return (
        f'<!doctype html><html lang="en"><head><title>{escape(story.headline)} | Wire</title>'
        f'<meta property="article:published_time" content="{published}"></head>'
        '<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>'
        f"<article><h1>{escape(story.headline)}</h1>{body}</article>"
        f"<footer>Subscribe to our newsletter</footer></body></html>"
    )
