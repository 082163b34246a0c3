"""When a robots.txt is asked for, and what its absence means."""

import asyncio
from collections.abc import Sequence

import pytest

from services.fetcher.robots.robots_files import (
    FRESH_S,
    MAX_FILES,
    RETRY_S,
    Permission,
    RobotsFiles,
    RobotsVerdict,
)
from services.fetcher.robots.rules import RobotsRules
from shared.base.outcomes import LimitExceeded
from shared.http.clients import HttpResponse
from shared.http.errors import HttpError, HttpErrorKind
from tests.unit.fetcher.news_site import read_robots

NO_A = b"User-agent: *\nDisallow: /a\nCrawl-delay: 3\n"


class Host:
    """Answers requests of robots.txt, and counts them."""

    def __init__(self, answer: tuple[int, bytes] | HttpError) -> None:
        self.answer, self.requests, self.now_s = answer, list[str](), 0.0
        self.files = RobotsFiles(self._download, read_robots, lambda: self.now_s)

    async def _download(self, url: str, _user_agent: str) -> HttpResponse:
        self.requests.append(url)
        await asyncio.sleep(0)
        if isinstance(self.answer, HttpError):
            raise self.answer
        return HttpResponse(status=self.answer[0], headers={}, body=self.answer[1], url=url)

    async def permission(self, url: str) -> Permission:
        return (await self.files.judge(url, "summitwire/1")).permission


async def test_a_file_is_asked_for_once_a_day_whoever_waits_for_it() -> None:
    """Ten pages at once are one request; so are those of the day."""
    host = Host((200, NO_A))
    pages = [f"https://wire.example/{name}" for name in "ab" * 5]
    assert (
        await asyncio.gather(*map(host.permission, pages))
        == [
            Permission.DISALLOWED,
            Permission.ALLOWED,
        ]
        * 5
    )
    host.now_s = FRESH_S - 1
    await host.permission(pages[0])
    assert host.requests == ["https://wire.example/robots.txt"]
    host.now_s = FRESH_S
    host.answer = (404, b"")
    assert await host.permission(pages[0]) is Permission.ALLOWED
    assert len(host.requests) == 2


async def test_each_origin_and_each_name_of_ours_has_its_own_file() -> None:
    """Scheme and port make another origin (RFC 9309, 2.3)."""
    host = Host((200, NO_A))
    for url in ("https://a.example/x", "http://a.example/x", "https://a.example:444/x"):
        await host.files.judge(url, "summitwire/1")
        await host.files.judge(url, "Desk/2")
    assert sorted(host.requests) == sorted(
        2
        * [
            "https://a.example/robots.txt",
            "http://a.example/robots.txt",
            "https://a.example:444/robots.txt",
        ]
    )


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_a_host_without_a_file_permits_everything(status: int) -> None:
    """RFC 9309, 2.3.1.3; it is not asked again that day."""
    host = Host((status, NO_A))
    assert await host.permission("https://wire.example/a") is Permission.ALLOWED
    host.now_s = FRESH_S - 1
    await host.permission("https://wire.example/a")
    assert len(host.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599])
async def test_a_failing_host_is_left_alone_and_asked_again_soon(status: int) -> None:
    """RFC 9309, 2.3.1.4: a server's error disallows everything."""
    host = Host((status, b""))
    verdict = await host.files.judge("https://wire.example/b", "summitwire/1")
    assert verdict == RobotsVerdict(Permission.UNREADABLE, problem=f"HTTP {status}")
    host.answer = (200, NO_A)
    host.now_s = RETRY_S - 1
    assert await host.permission("https://wire.example/b") is Permission.UNREADABLE
    host.now_s = RETRY_S
    assert await host.permission("https://wire.example/b") is Permission.ALLOWED


async def test_too_many_redirects_are_no_file() -> None:
    """RFC 9309, 2.3.1.2."""
    host = Host(HttpError(HttpErrorKind.REDIRECTS, "it"))
    assert await host.permission("https://wire.example/a") is Permission.ALLOWED


async def test_a_host_that_accepts_no_connection_says_so_and_may_come_back_at_once() -> None:
    """The page would fail likewise: the error is the page's own."""
    host = Host(HttpError(HttpErrorKind.CONNECT, "it"))
    verdict = await host.files.judge("https://wire.example/a", "summitwire/1")
    assert (verdict.permission, verdict.error) == (Permission.UNREADABLE, HttpErrorKind.CONNECT)
    host.answer = (200, NO_A)
    assert await host.permission("https://wire.example/b") is Permission.ALLOWED


async def test_a_file_that_breaks_a_limit_permits_nothing() -> None:
    """It cannot be known what it says."""

    async def break_limit(_body: bytes, _urls: Sequence[str], _user_agent: str) -> RobotsRules:
        raise LimitExceeded("needed more than 512 MB and was stopped")

    host = Host((200, NO_A))
    host.files.apply = break_limit
    verdict = await host.files.judge("https://wire.example/b", "summitwire/1")
    assert verdict.permission is Permission.UNREADABLE
    assert "more than 512 MB" in verdict.problem


async def test_a_bug_in_one_download_is_not_the_next_page_s() -> None:
    """Whatever fails, the host is left alone and asked again."""
    host = Host((200, NO_A))
    host.answer = None  # type: ignore[assignment]  # raises a TypeError
    verdict = await host.files.judge("https://wire.example/b", "summitwire/1")
    assert verdict.problem == "a bug: TypeError"


async def test_the_files_of_many_hosts_are_forgotten() -> None:
    """A wrapper of links to a million hosts costs no memory."""
    host = Host((404, b""))
    for number in range(MAX_FILES + 50):
        await host.permission(f"https://h{number}.example/a")
    assert len(host.files._cache) <= MAX_FILES
