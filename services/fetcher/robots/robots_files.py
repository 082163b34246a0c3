"""The robots.txt of each host, asked for once a day, and what it permits.

By RFC 9309: without the file (4xx) everything is permitted; while a server fails or cannot be
reached, nothing is. Whatever is passed in does the downloads and reads the files.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from services.fetcher.robots.rules import RobotsRules
from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.http.clients import HttpResponse
from shared.http.errors import HttpError, HttpErrorKind

log = get(__name__)

FRESH_S: Final = 24 * 3600.0
"""How long a file counts, and how long its absence does."""
RETRY_S: Final = 600.0
"""When to ask again for a file that could not be read."""
MAX_FILES: Final = 1_000
_TOO_MANY_REQUESTS: Final = 429
"""A client error that says nothing about the file: the host is left alone."""

Download = Callable[[str, str], Awaitable[HttpResponse]]
"""Requests a robots.txt, given its URL and the client's name; HttpError without a response."""
Apply = Callable[[bytes, Sequence[str], str], Awaitable[RobotsRules]]
"""``apply_rules`` in a limited child process; InvalidMessage if it breaks a limit."""


class Permission(StrEnum):
    """Whether a URL may be requested."""

    ALLOWED = "allowed"
    DISALLOWED = "disallowed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class RobotsVerdict:
    """What a host's robots.txt says about one URL.

    ``problem`` is why it could not be read; ``error`` is that of a host which nothing can be
    requested from. ``sitemaps`` are the addresses that the file lists.
    """

    permission: Permission
    crawl_delay_s: float | None = None
    problem: str = ""
    error: HttpErrorKind | None = None
    sitemaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _RobotsFile:
    """A file as it was received; ``body`` is None without one, ``problem`` if it is unknown."""

    expires_at_s: float
    body: bytes | None = None
    problem: str = ""
    error: HttpErrorKind | None = None


@dataclass(slots=True)
class _CachedFile:
    """A host's file, once it was asked for; ``lock`` lets requests wait that need the same one."""

    file: _RobotsFile | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True)
class RobotsFiles:
    """Asks for each host's robots.txt once a day. ``clock`` returns seconds."""

    download: Download
    apply: Apply
    clock: Callable[[], float]
    _cache: dict[tuple[str, str], _CachedFile] = field(default_factory=dict)

    async def judge(self, url: str, user_agent: str) -> RobotsVerdict:
        """Return whether the client of this name may request the URL."""
        file = await self._find_file(url, user_agent)
        if file.problem:
            return RobotsVerdict(Permission.UNREADABLE, problem=file.problem, error=file.error)
        if file.body is None:
            return RobotsVerdict(Permission.ALLOWED)
        try:
            rules = await self.apply(file.body, [url], user_agent)
        except InvalidMessage as error:  # its limits
            return RobotsVerdict(Permission.UNREADABLE, problem=f"reading it {error}")
        permission = Permission.ALLOWED if rules.allowed[0] else Permission.DISALLOWED
        return RobotsVerdict(permission, rules.crawl_delay_s, sitemaps=rules.sitemaps)

    async def _find_file(self, url: str, user_agent: str) -> _RobotsFile:
        parts = urlsplit(url)
        key = (f"{parts.scheme}://{parts.netloc}/robots.txt", user_agent)
        if key not in self._cache:
            self._forget_old()
            self._cache[key] = _CachedFile()
        cached = self._cache[key]
        async with cached.lock:
            if cached.file is None or cached.file.expires_at_s <= self.clock():
                cached.file = await self._load(*key)
            return cached.file

    async def _load(self, address: str, user_agent: str) -> _RobotsFile:
        try:
            response = await self.download(address, user_agent)
        except HttpError as error:
            if error.kind is HttpErrorKind.REDIRECTS:  # RFC 9309, 2.3.1.2: as if there were none
                return self._build()
            is_host = error.kind.is_unsent
            return self._build(problem=str(error), error=error.kind if is_host else None)
        except Exception as error:
            log.exception("robots.txt failed by a bug", url=address)
            return self._build(problem=f"a bug: {type(error).__name__}")
        if 200 <= response.status < 300:
            return self._build(response.body)
        if 400 <= response.status < 500 and response.status != _TOO_MANY_REQUESTS:
            return self._build()
        return self._build(problem=f"HTTP {response.status}")

    def _build(
        self, body: bytes | None = None, problem: str = "", error: HttpErrorKind | None = None
    ) -> _RobotsFile:
        lasts_s = FRESH_S if not problem else RETRY_S if error is None else 0.0
        return _RobotsFile(self.clock() + lasts_s, body, problem, error)

    def _forget_old(self) -> None:
        """Drop what has expired, and the oldest of too many files."""
        if len(self._cache) < MAX_FILES:
            return
        now = self.clock()
        loaded = [(each.file.expires_at_s, key) for key, each in self._cache.items() if each.file]
        for expires_at_s, key in sorted(loaded):
            if expires_at_s > now and len(self._cache) < MAX_FILES:
                break
            del self._cache[key]
