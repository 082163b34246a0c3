"""The fetcher's way to the web: feeds, and pages at a pace that their hosts can bear."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from aiolimiter import AsyncLimiter

from services.fetcher import feed_parser
from services.fetcher.poll_feed import FeedResponse, NoPage, Page
from services.fetcher.schedule import MAX_INTERVAL
from services.fetcher.seeds import MAX_BYTES
from shared.base.log import get
from shared.http.clients import Client, HttpResponse, fetch
from shared.http.errors import HttpError, HttpErrorKind
from shared.http.retry_after import retry_after_s

log = get(__name__)

PAGE_TYPES: Final = ("text/html", "application/xhtml+xml", "text/plain")
DEFAULT_WAIT_S: Final = 60.0
"""How long a host is left alone that says 429 or 503 and does not say for how long."""
MAX_HOSTS: Final = 1_000
_FINAL: Final = (
    HttpErrorKind.BAD_URL,
    HttpErrorKind.REFUSED,
    HttpErrorKind.ENCODING,
    HttpErrorKind.TOO_LARGE,
)


@dataclass(slots=True)
class _Host:
    """How one host is treated: so many downloads at once, so many a second, none before ``not_before`` (the event loop's time)."""

    slots: asyncio.Semaphore
    pace: AsyncLimiter
    not_before: float = 0.0
    users: int = 0


class Downloader:
    """Downloads feeds and pages with one client. ``per_host``: pages at once, ``per_host_per_s``: pages a second, of one host."""

    def __init__(
        self,
        client: Client,
        *,
        now: Callable[[], datetime],
        per_host: int = 2,
        per_host_per_s: float = 2.0,
    ) -> None:
        self._client, self._now = client, now
        self._per_host, self._per_host_per_s = per_host, per_host_per_s
        self._hosts: dict[str, _Host] = {}

    async def fetch_feed(self, url: str, headers: Mapping[str, str]) -> FeedResponse:
        """Ask for a feed; HttpError where no whole answer came."""
        fetched = await fetch(self._client, url, headers=headers, max_bytes=feed_parser.MAX_BYTES)
        return FeedResponse(status=fetched.status, headers=fetched.headers, body=fetched.body)

    async def fetch_pages(self, urls: Sequence[str]) -> Sequence[Page | NoPage]:
        """Download pages side by side, as far as their hosts allow; one result a URL, in order."""
        return await asyncio.gather(*(self._page(url) for url in urls))

    async def _page(self, url: str) -> Page | NoPage:
        host = self._host(urlsplit(url).hostname or "")
        host.users += 1
        try:
            async with host.slots:
                if self._left_alone(host):
                    return NoPage(
                        reason="its host wants to be left alone for now", is_attempt=False
                    )
                await host.pace.acquire()
                return await self._asked(url, host)
        finally:
            host.users -= 1

    async def _asked(self, url: str, host: _Host) -> Page | NoPage:
        try:
            answer = await fetch(self._client, url, max_bytes=MAX_BYTES)
        except HttpError as error:
            return NoPage(reason=str(error), is_final=error.kind in _FINAL)
        except Exception as error:
            log.exception(
                "page failed by a bug", url=url.partition("?")[0]
            )  # else it would keep back every other page of its feed, for ever
            return NoPage(reason=f"a bug: {type(error).__name__}")
        if answer.status in (429, 503):
            wait = retry_after_s(answer.headers.get("retry-after"), self._now())
            held_s = DEFAULT_WAIT_S if wait is None else min(wait, MAX_INTERVAL.total_seconds())
            host.not_before = asyncio.get_running_loop().time() + held_s
        return to_page(answer)

    def _left_alone(self, host: _Host) -> bool:
        return asyncio.get_running_loop().time() < host.not_before

    def _host(self, name: str) -> _Host:
        if len(self._hosts) >= MAX_HOSTS:
            self._hosts = {
                known: host
                for known, host in self._hosts.items()
                if host.users or self._left_alone(host)
            }
        if name not in self._hosts:
            self._hosts[name] = _Host(
                asyncio.Semaphore(self._per_host), AsyncLimiter(1, 1 / self._per_host_per_s)
            )
        return self._hosts[name]


def to_page(answer: HttpResponse) -> Page | NoPage:
    """The page that an answer holds, or why it holds none."""
    if answer.status != 200:
        return NoPage(reason=f"HTTP {answer.status}", is_final=answer.status == 410)
    content_type = answer.headers.get("content-type", "text/html")[:200]
    if content_type.partition(";")[0].strip().lower() not in PAGE_TYPES:
        return NoPage(reason=f"it is {content_type[:60]}, not a page", is_final=True)
    return Page(content=answer.body, content_type=content_type)
