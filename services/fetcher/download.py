"""Download feeds and pages at a pace that their hosts can bear."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from aiolimiter import AsyncLimiter

from services.fetcher.addresses.page_address import stated_address
from services.fetcher.addresses.wrapped_url import FORWARDERS, name_opaque
from services.fetcher.pages.not_article import is_bot_check
from services.fetcher.pages.page_kinds import NotArticle
from services.fetcher.parsing import feed_text
from services.fetcher.parsing.meta_refresh import refresh_target
from services.fetcher.polling.web import FeedResponse, NoPage, Page, describe_status
from services.fetcher.robots import rules
from services.fetcher.robots.robots_files import Apply, Permission, RobotsFiles, RobotsVerdict
from services.fetcher.timing.schedule import MAX_INTERVAL
from shared.base import metrics
from shared.base.log import get
from shared.http.clients import Client, HttpResponse, Permit, fetch, without_secrets
from shared.http.errors import HttpError, HttpErrorKind
from shared.http.retry_after import retry_after_s

log = get(__name__)

PAGE_TYPES: Final = (
    *("text/html", "application/xhtml+xml", "text/plain"),
    "application/vnd.iptc.g2.newsitem+xml",
)
DEFAULT_WAIT_S: Final = 60.0
"""How long to leave a host alone after a 429 or 503 without Retry-After."""
MAX_HOSTS: Final = 1_000
MAX_PAGE_BYTES: Final = 4 * 1024 * 1024
MAX_BYTES_AT_ONCE: Final = 4 * 1024 * 1024
"""Of pages that are downloaded together, before the last of them: further pages wait for the next
poll."""
MAX_REFRESHES: Final = 3
"""Pages that forward to another page, one after the other; HTTP redirects are counted apart."""
_FINAL: Final = (
    HttpErrorKind.BAD_URL,
    HttpErrorKind.REFUSED,
    HttpErrorKind.PORT,
    HttpErrorKind.HEADERS,
    HttpErrorKind.FRAGMENTS,
    HttpErrorKind.REDIRECT_TARGET,
    HttpErrorKind.ENCODING,
    HttpErrorKind.TOO_LARGE,
    HttpErrorKind.DISALLOWED,
)
_NOT_REQUESTED: Final = (HttpErrorKind.DISALLOWED, HttpErrorKind.ROBOTS_UNREADABLE)
_REFUSALS: Final = {
    Permission.DISALLOWED: HttpErrorKind.DISALLOWED,
    Permission.UNREADABLE: HttpErrorKind.ROBOTS_UNREADABLE,
}
LONGEST_DELAY_S: Final = 10.0
"""For a longer crawl-delay a poll does not wait: further pages of the host wait for the next."""
_MAX_DELAY_S: Final = MAX_INTERVAL.total_seconds()


@dataclass(slots=True)
class _HostLimits:
    """How many feeds and pages of one host are downloaded at once and per second.

    There are no pages before ``not_before``, a time of the event loop. ``users`` are the downloads
    that use these limits now. ``delay_s`` is the longest crawl-delay that the host has asked for.
    """

    slots: asyncio.Semaphore
    pace: AsyncLimiter
    not_before: float = 0.0
    users: int = 0
    delay_s: float = 0.0

    def slow_down(self, delay_s: float) -> None:
        """Leave at least so many seconds between the requests from now on."""
        if delay_s > self.delay_s:
            self.delay_s = delay_s
            self.pace = AsyncLimiter(1, delay_s)


@dataclass(slots=True)
class _Room:
    """The bytes that are left for pages that are downloaded together."""

    left: int = MAX_BYTES_AT_ONCE


class Downloader:
    """Downloads feeds and pages with one client, as far as each host's robots.txt permits.

    ``per_host`` limits the requests at once to one host, ``per_host_per_s`` those per second, feeds
    and pages together; a crawl-delay makes them fewer. ``apply`` reads a robots.txt
    (robots_files.py).
    """

    def __init__(
        self,
        client: Client,
        *,
        now: Callable[[], datetime],
        apply: Apply,
        per_host: int = 2,
        per_host_per_s: float = 2.0,
    ) -> None:
        self._client, self._now = client, now
        self._per_host, self._per_host_per_s = per_host, per_host_per_s
        self._hosts: dict[str, _HostLimits] = {}
        self._robots = RobotsFiles(self._fetch_robots, apply, time.monotonic)

    async def fetch_feed(
        self, url: str, headers: Mapping[str, str], *, ignore_robots: bool = False
    ) -> FeedResponse:
        """Download a feed in its host's turn, which it shares with pages.

        A 429 or 503 is the schedule's: pages of other feeds go on, or one bad feed would stop all.
        HttpError if there is no complete response, or it is disallowed.
        """
        permit = None if ignore_robots else self._permit(headers)
        limit, host = feed_text.MAX_BYTES, self._limits_of(urlsplit(url).hostname or "")
        host.users += 1
        try:
            async with host.slots:
                if permit is not None:
                    await permit(url)
                if host.delay_s <= LONGEST_DELAY_S:  # else the interval of the feed is its pace
                    await host.pace.acquire()
                response = await fetch(
                    self._client, url, headers=headers, max_bytes=limit, permit=permit
                )
        finally:
            host.users -= 1
        return FeedResponse(
            status=response.status,
            headers=response.headers,
            body=response.body,
            url=response.url,
            moved_to=response.moved_to,
            share=response.share,
        )

    async def judge(self, url: str, headers: Mapping[str, str]) -> RobotsVerdict:
        """Return what the robots.txt of a URL's host says about it."""
        return await self._robots.judge(url, self._name(headers))

    async def fetch_pages(
        self, urls: Sequence[str], headers: Mapping[str, str], *, ignore_robots: bool = False
    ) -> Sequence[Page | NoPage]:
        """Download pages in parallel, as far as their hosts allow; one result per URL, in order."""
        permit, room = None if ignore_robots else self._permit(headers), _Room()
        return await asyncio.gather(
            *(self._fetch_in_turn(url, headers, permit, room) for url in urls)
        )

    async def _fetch_in_turn(
        self, url: str, headers: Mapping[str, str], permit: Permit | None, room: _Room
    ) -> Page | NoPage:
        """Download a page when its host's limits allow it, if there is room for it."""
        host = self._limits_of(urlsplit(url).hostname or "")
        host.users += 1
        try:
            async with host.slots:
                if self._is_paused(host):
                    return NoPage(reason="its host asked for a pause", is_attempt=False)
                if room.left <= 0:
                    return NoPage(reason="the pages before it were large", is_attempt=False)
                page = await self._fetch_page(url, headers, host, permit)
                room.left -= len(page.content) if isinstance(page, Page) else 0
                return page
        finally:
            host.users -= 1

    async def _fetch_page(
        self, url: str, headers: Mapping[str, str], host: _HostLimits, permit: Permit | None
    ) -> Page | NoPage:
        try:
            if permit is not None:  # before its turn, because it may ask for longer pauses
                await permit(url)
            if host.delay_s > LONGEST_DELAY_S and not host.pace.has_capacity():
                reason = f"its host asks for {host.delay_s:g} s between requests"
                return NoPage(reason=reason, is_attempt=False)
            await host.pace.acquire()
            return await self._follow_refreshes(url, headers, host, permit)
        except HttpError as error:
            is_attempt = error.kind not in _NOT_REQUESTED
            return NoPage(reason=str(error), is_attempt=is_attempt, is_final=error.kind in _FINAL)
        except Exception as error:
            # A bug with one page must not block all other pages of its feed for ever.
            log.exception("page failed by a bug", url=url.partition("?")[0])
            return NoPage(reason=f"a bug: {type(error).__name__}")

    def _permit(self, headers: Mapping[str, str]) -> Permit:
        """Return a check of URLs against robots.txt, for the client's name in these headers."""
        user_agent = self._name(headers)

        async def permit(url: str) -> None:
            verdict = await self._robots.judge(url, user_agent)
            metrics.ROBOTS_CHECKS.labels(str(verdict.permission)).inc()
            host = self._limits_of(urlsplit(url).hostname or "")
            host.slow_down(min(verdict.crawl_delay_s or 0.0, _MAX_DELAY_S))
            if verdict.error is not None:
                raise HttpError(verdict.error, without_secrets(url), verdict.problem)
            if verdict.permission is not Permission.ALLOWED:
                kind = _REFUSALS[verdict.permission]
                raise HttpError(kind, without_secrets(url), verdict.problem)

        return permit

    def _name(self, headers: Mapping[str, str]) -> str:
        return headers.get("user-agent") or self._client.http.headers["user-agent"]

    async def _fetch_robots(self, url: str, user_agent: str) -> HttpResponse:
        await self._limits_of(urlsplit(url).hostname or "").pace.acquire()
        headers = {"user-agent": user_agent}
        return await fetch(self._client, url, headers=headers, max_bytes=rules.MAX_BYTES, cut=True)

    async def _follow_refreshes(
        self, url: str, headers: Mapping[str, str], host: _HostLimits, permit: Permit | None
    ) -> Page | NoPage:
        """Download a page, or the one that it forwards to; each is checked like a redirect."""
        is_forwarded = urlsplit(url).hostname in FORWARDERS
        for _ in range(MAX_REFRESHES + 1):
            response = await fetch(
                self._client, url, headers=headers, max_bytes=MAX_PAGE_BYTES, permit=permit
            )
            self._pause_if_requested(response, host)
            if reason := name_opaque(response.url):
                return NoPage(reason=reason, is_final=True)
            page = to_page(response)
            if isinstance(page, NoPage):
                return page
            target = refresh_target(page.content, page.content_type, response.url)
            if target is None:
                return _with_address(page, response.url if is_forwarded else url, is_forwarded)
            if permit is not None:
                await permit(target)
            url, is_forwarded = target, True
        reason = f"it and its successors forward by meta refresh more than {MAX_REFRESHES} times"
        return NoPage(reason=reason, is_final=True)

    def _pause_if_requested(self, response: HttpResponse, host: _HostLimits) -> None:
        if response.status in (429, 503):
            wait_s = retry_after_s(response.headers.get("retry-after"), self._now())
            pause_s = DEFAULT_WAIT_S if wait_s is None else wait_s
            pause_s = min(pause_s, MAX_INTERVAL.total_seconds())
            host.not_before = asyncio.get_running_loop().time() + pause_s

    def _is_paused(self, host: _HostLimits) -> bool:
        return asyncio.get_running_loop().time() < host.not_before

    def _limits_of(self, name: str) -> _HostLimits:
        if len(self._hosts) >= MAX_HOSTS:
            self._hosts = {
                in_use: host
                for in_use, host in self._hosts.items()
                if host.users or self._is_paused(host)
            }
        if name not in self._hosts:
            self._hosts[name] = _HostLimits(
                asyncio.Semaphore(self._per_host), AsyncLimiter(1, 1 / self._per_host_per_s)
            )
        return self._hosts[name]


def to_page(response: HttpResponse) -> Page | NoPage:
    """Return the page in a response, or why there is none."""
    if response.status != 200:
        kind = NotArticle.BOT_CHECK if is_bot_check(response.body) else None
        reason = describe_status(response.status) + (f" ({kind})" if kind else "")
        return NoPage(reason=reason, is_final=response.status == 410, kind=kind)
    content_type = response.headers.get("content-type", "text/html")[:200]
    if content_type.partition(";")[0].strip().lower() not in PAGE_TYPES:
        return NoPage(reason=f"it is {content_type[:60]}, not a page", is_final=True)
    return Page(content=response.body, content_type=content_type, final_url=response.url)


def _with_address(page: Page, url: str, is_forwarded: bool) -> Page:
    """Return the page with its own address, if that is not the one that was requested."""
    address = stated_address(page.content, page.content_type, url)
    return replace(page, url=address or url) if address or is_forwarded else page
