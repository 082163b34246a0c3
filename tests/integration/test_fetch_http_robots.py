"""robots.txt over real HTTP: what is not permitted is not requested."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from aiohttp import web

from services.fetcher.download import Downloader
from services.fetcher.parsing import feed_parser
from services.fetcher.parsing.feed_entry import ParsedFeed
from services.fetcher.polling.poll_feed import PollResult, poll_feed
from services.fetcher.polling.web import NoPage, Page
from services.fetcher.robots.rules import apply_rules
from services.fetcher.timing.schedule import PollOutcome
from shared.base.outcomes import LimitExceeded
from shared.http.clients import fetch_client
from shared.limits.process_pool import ProcessPool
from shared.messages.schemas import FeedState
from tests.unit.fetcher.news_site import Publisher, news_site, read_robots

NOW = datetime(2018, 9, 12, 10, 0, tzinfo=UTC)


@pytest_asyncio.fixture
async def publisher() -> AsyncIterator[Publisher]:
    async with news_site() as site:
        yield site


@pytest_asyncio.fixture
async def downloads() -> AsyncIterator[Downloader]:
    async with fetch_client(allowed=["127.0.0.1"], contact="desk@wire.example") as client:
        yield Downloader(client, now=lambda: NOW, apply=read_robots, per_host_per_s=200)


async def parse(body: bytes, content_type: str | None, url: str) -> ParsedFeed:
    return feed_parser.parse(body, content_type, url)


async def run(
    publisher: Publisher,
    downloads: Downloader,
    state: FeedState | None = None,
    *,
    ignore_robots: bool = False,
) -> PollResult:
    spec = replace(publisher.spec, ignore_robots=ignore_robots)
    before = state or FeedState(url=spec.url)
    return await poll_feed(spec, before, web=downloads, parse=parse, now=lambda: NOW)


async def test_a_disallowed_page_is_never_requested(
    publisher: Publisher, downloads: Downloader
) -> None:
    """Its entry is abandoned with the reason; the file was asked for once."""
    publisher.robots = (200, b"User-agent: summitwire\nDisallow: /b\n")
    result = await run(publisher, downloads)
    assert [article.url for article in result.articles] == [f"{publisher.base}/a"]
    (abandoned,) = result.abandoned
    assert "robots.txt disallows it" in abandoned.reason
    assert publisher.requested == ["/feed", "/a"]
    assert publisher.robots_requests == 1
    again = await run(publisher, downloads, replace(result.state, etag=None, last_modified=None))
    assert (again.articles, again.waiting, publisher.robots_requests) == ((), 0, 1)


async def test_our_name_has_a_contact(publisher: Publisher, downloads: Downloader) -> None:
    """Publishers see whom to write to."""
    await run(publisher, downloads)
    names = {headers["User-Agent"] for headers in publisher.received}
    assert len(names) == 1
    assert names.pop().endswith(" (+desk@wire.example)")


async def test_a_disallowed_feed_is_not_polled_unless_its_publisher_permits_it(
    publisher: Publisher, downloads: Downloader
) -> None:
    """The error says what disallows it; `ignore_robots` is for a publisher's permission."""
    publisher.robots = (200, b"User-agent: *\nDisallow: /\n")
    refused = await run(publisher, downloads)
    assert (refused.outcome, publisher.requested) == (PollOutcome.FAILED, [])
    assert "robots.txt disallows it" in (refused.state.last_error or "")
    permitted = await run(publisher, downloads, ignore_robots=True)
    assert len(permitted.articles) == 2


async def test_a_failing_host_is_left_alone_and_its_entries_wait(
    publisher: Publisher, downloads: Downloader
) -> None:
    """A page that was not requested is no attempt: no entry is lost to an outage."""
    publisher.robots = (503, b"")
    result = await run(publisher, downloads, ignore_robots=False)
    assert (result.outcome, publisher.requested) == (PollOutcome.FAILED, [])
    assert "robots.txt cannot be read" in (result.state.last_error or "")
    pages = await downloads.fetch_pages([f"{publisher.base}/a"], {})
    assert [(page.is_attempt, page.is_final) for page in pages if isinstance(page, NoPage)] == [
        (False, False)
    ]


async def test_redirects_and_meta_refreshes_into_disallowed_places_are_not_followed(
    publisher: Publisher, downloads: Downloader
) -> None:
    """Every URL counts, not only the first one."""
    publisher.robots = (200, b"User-agent: *\nDisallow: /private\n")
    publisher.answers = {
        "/1": web.Response(status=302, headers={"Location": "/private/1"}),
        "/2": web.Response(
            text='<meta http-equiv="refresh" content="0;url=/private/2">', content_type="text/html"
        ),
    }
    pages = await downloads.fetch_pages([f"{publisher.base}/{n}" for n in (1, 2)], {})
    assert [page.is_final for page in pages if isinstance(page, NoPage)] == [True, True]
    assert publisher.requested == ["/1", "/2"]


async def test_a_crawl_delay_paces_the_host(publisher: Publisher, downloads: Downloader) -> None:
    """Three pages take two delays, whatever the setting allows."""
    publisher.robots = (200, b"User-agent: *\nCrawl-delay: 0.2\n")
    started = asyncio.get_running_loop().time()
    pages = await downloads.fetch_pages([f"{publisher.base}/{n}" for n in range(3)], {})
    assert all(isinstance(page, Page) for page in pages)
    assert asyncio.get_running_loop().time() - started >= 0.4


async def test_pages_of_a_host_with_a_long_crawl_delay_wait_for_the_next_poll(
    publisher: Publisher, downloads: Downloader
) -> None:
    """One page a poll, and no other host's page waits for it."""
    publisher.robots = (200, b"User-agent: *\nCrawl-delay: 3600\n")
    result = await run(publisher, downloads)
    assert (len(result.articles), result.waiting, result.abandoned) == (1, 1, ())
    assert result.state.etag is None


@pytest.mark.parametrize(
    "body",
    [
        b"".join(b"User-agent: a%d\n" % n for n in range(18_000)) + b"Disallow: /x\n" * 18_000,
        b"User-agent: *\nDisallow: " + b"/*a" * 160_000 + b"b",
        b"User-agent: *\n" + b"Disallow: /*a*a*a*a*a*a*a*b$\n" * 16_000,
        b"\n" * 500_000,
    ],
    ids=["names times rules", "one pattern of stars", "many patterns of stars", "lines"],
)
async def test_a_hostile_file_costs_a_child_at_most(body: bytes) -> None:
    """Either it is read within the limits, or its child is stopped and nothing is permitted."""
    pool = ProcessPool(
        workers=1, time_limit_s=5.0, memory_limit_mb=512, preload="services.fetcher.parsing.warmup"
    )
    await pool.start()
    url = f"https://wire.example/{'a' * 2_000}"
    try:
        rules = await pool.call(apply_rules, body, [url], "summitwire/1")
    except LimitExceeded:
        rules = None  # robots_files.py then permits nothing
    finally:
        await pool.stop()
    assert rules is None or len(rules.allowed) == 1
