"""Feeds and pages over real HTTP, from a server on this machine: the whole poll but Kafka."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest_asyncio
from aiohttp import web

from services.fetcher.download import Downloader
from services.fetcher.parsing import feed_parser as feeds
from services.fetcher.parsing.feed_entry import ParsedFeed
from services.fetcher.polling.poll_feed import PollResult, poll_feed
from services.fetcher.polling.web import NoPage, Page
from services.fetcher.timing.schedule import PollOutcome
from shared.http.clients import fetch_client
from shared.messages.schemas import FeedState
from tests.unit.fetcher.news_site import Publisher, news_site, read_robots

NOW = datetime(2018, 9, 12, 10, 0, tzinfo=UTC)


@pytest_asyncio.fixture
async def publisher() -> AsyncIterator[Publisher]:
    async with news_site() as site:
        yield site


@pytest_asyncio.fixture
async def downloads() -> AsyncIterator[Downloader]:
    async with fetch_client(allowed=["127.0.0.1"]) as client:
        yield Downloader(client, now=lambda: NOW, apply=read_robots, per_host=2, per_host_per_s=200)


async def parse(body: bytes, content_type: str | None, url: str) -> ParsedFeed:
    return feeds.parse(body, content_type, url)


async def run(
    publisher: Publisher, downloads: Downloader, state: FeedState | None = None
) -> PollResult:
    spec = publisher.spec
    return await poll_feed(
        spec, state or FeedState(url=spec.url), web=downloads, parse=parse, now=lambda: NOW
    )


async def test_a_feed_is_read_then_unchanged_then_read_again(
    publisher: Publisher, downloads: Downloader
) -> None:
    """First poll: two articles. Second: 304, nothing. A third entry appears: one article."""
    first = await run(publisher, downloads)
    assert [(a.url, a.content, a.content_type) for a in first.articles] == [
        (f"{publisher.base}/{name}", f"<p>/{name}</p>".encode(), "text/html; charset=utf-8")
        for name in ("a", "b")
    ]
    second = await run(publisher, downloads, first.state)
    assert (second.outcome, second.articles) == (PollOutcome.UNCHANGED, ())
    publisher.names.insert(0, "c")
    third = await run(publisher, downloads, second.state)
    assert [a.headline for a in third.articles] == ["c"]
    assert publisher.requested == ["/feed", "/a", "/b", "/feed", "/feed", "/c"]


async def test_a_feed_that_says_429_is_left_alone_for_as_long_as_it_says(
    publisher: Publisher, downloads: Downloader
) -> None:
    """Retry-After becomes the state's not_before."""
    publisher.answers["/feed"] = web.Response(status=429, headers={"Retry-After": "120"})
    result = await run(publisher, downloads)
    assert (result.outcome, result.state.last_error) == (PollOutcome.FAILED, "HTTP 429")
    assert result.state.not_before is not None
    assert (result.state.not_before - NOW).total_seconds() == 120


async def test_a_page_that_says_429_silences_its_host_and_loses_nothing(
    publisher: Publisher, downloads: Downloader
) -> None:
    """What was not requested because of the pause is no try; all pages arrive after it."""
    publisher.names = ["a", "b", "c", "d", "e"]
    publisher.answers["/a"] = web.Response(status=429, headers={"Retry-After": "0"})
    publisher.answers["/b"] = web.Response(status=503, headers={"Retry-After": "600"})
    first = await run(publisher, downloads)
    requested = [path for path in publisher.requested if path != "/feed"]
    assert len(requested) < 5
    assert first.waiting == 5 - len(first.articles)
    assert sorted(first.state.tried.values()) == [1, 1]
    calm = Downloader(downloads._client, now=lambda: NOW, apply=read_robots, per_host_per_s=200)
    second = await run(publisher, calm, first.state)
    assert sorted(a.uri for a in (*first.articles, *second.articles)) == [
        f"{publisher.base}/{name}" for name in "abcde"
    ]


async def test_one_host_is_asked_for_few_pages_at_once(
    publisher: Publisher, downloads: Downloader
) -> None:
    """Twelve pages, never more than two in the air."""
    publisher.names = [f"p{n}" for n in range(12)]
    result = await run(publisher, downloads)
    assert len(result.articles) == 12
    assert publisher.most_at_once == 2


async def test_feeds_and_pages_of_a_host_share_its_two_requests(
    publisher: Publisher, downloads: Downloader
) -> None:
    """Four feeds and six pages at the same time: never more than two in the air, and all arrive."""
    feeds = [downloads.fetch_feed(f"{publisher.base}/f{n}", {}) for n in range(4)]
    pages = downloads.fetch_pages([f"{publisher.base}/p{n}" for n in range(6)], {})
    responses, pages_read = await asyncio.gather(asyncio.gather(*feeds), pages)
    assert [response.status for response in responses] == [200] * 4
    assert all(isinstance(page, Page) for page in pages_read)
    assert publisher.most_at_once == 2


async def test_a_feed_that_has_moved_for_good_says_where(
    publisher: Publisher, downloads: Downloader
) -> None:
    """301 and 308 count until a temporary redirect; what follows that is not the feed's address."""
    for path, status, target in (("/a", 301, "/b"), ("/b", 308, "/c"), ("/c", 302, "/d")):
        publisher.answers[path] = web.Response(status=status, headers={"Location": target})
    response = await downloads.fetch_feed(f"{publisher.base}/a", {})
    assert (response.moved_to, response.url) == (f"{publisher.base}/c", f"{publisher.base}/d")
    assert (await downloads.fetch_feed(f"{publisher.base}/c", {})).moved_to is None
    assert (await downloads.fetch_feed(f"{publisher.base}/d", {})).moved_to is None


async def test_pages_are_paced_per_host(publisher: Publisher, downloads: Downloader) -> None:
    """At 20 a second, five pages take at least the four gaps between them."""
    paced = Downloader(
        downloads._client, now=lambda: NOW, apply=read_robots, per_host=5, per_host_per_s=20
    )
    started = asyncio.get_running_loop().time()
    pages = await paced.fetch_pages([f"{publisher.base}/p{n}" for n in range(5)], {})
    assert all(isinstance(page, Page) for page in pages)
    assert asyncio.get_running_loop().time() - started >= 0.19


async def test_what_is_no_page_is_refused_for_good_and_what_fails_may_be_asked_again(
    publisher: Publisher, downloads: Downloader
) -> None:
    """A film, a redirect inside the network and a 410 are final; a 500 is not."""
    publisher.answers = {
        "/film": web.Response(body=b"x", content_type="video/mp4"),
        "/inside": web.Response(
            status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"}
        ),
        "/gone": web.Response(status=410),
        "/error": web.Response(status=500),
    }
    results = await downloads.fetch_pages(
        [publisher.base + path for path in list(publisher.answers)], {}
    )
    assert [(r.is_attempt, r.is_final) for r in results if isinstance(r, NoPage)] == [
        (True, True),
        (True, True),
        (True, True),
        (True, False),
    ]
    assert "video/mp4" in str(results[0])
    assert "169.254.169.254" in str(results[1])


async def test_a_dead_feed_backs_off_and_recovers(
    publisher: Publisher, downloads: Downloader
) -> None:
    """A server that is not there is a failure, counted; the next answer ends it."""
    nobody = replace(publisher.spec, url="http://127.0.0.1:9/feed")
    failed = await poll_feed(
        nobody, FeedState(url=nobody.url), web=downloads, parse=parse, now=lambda: NOW
    )
    assert (failed.outcome, failed.state.failures) == (PollOutcome.FAILED, 1)
    assert (failed.state.last_error or "").startswith(
        "http://127.0.0.1:9/feed accepts no connection"
    )
    good = await run(publisher, downloads, replace(failed.state, url=publisher.spec.url))
    assert (good.outcome, good.state.failures) == (PollOutcome.CHANGED, 0)


async def test_a_bug_over_a_page_costs_that_page_only(publisher: Publisher) -> None:
    """Any error is a missing page; if it were raised, it would block all pages of its feed."""
    async with fetch_client(allowed=["127.0.0.1"]) as client:
        broken = Downloader(client, now=lambda: NOW, apply=read_robots)
    (page,) = await broken.fetch_pages(
        [f"{publisher.base}/a"], {}, ignore_robots=True
    )  # its client is closed, which no HttpError says
    assert page == NoPage(reason="a bug: RuntimeError")


async def test_no_host_is_left_alone_for_longer_than_a_day(
    publisher: Publisher, downloads: Downloader
) -> None:
    """A page's Retry-After of a week would silence every feed of its host for a week."""
    publisher.answers["/a"] = web.Response(status=429, headers={"Retry-After": str(7 * 86_400)})
    await downloads.fetch_pages([f"{publisher.base}/a"], {})
    (host,) = downloads._hosts.values()
    assert 86_000 < host.not_before - asyncio.get_running_loop().time() <= 86_400


REFRESH = '<meta http-equiv="refresh" content="0;url={}">'


async def test_a_meta_refresh_is_followed_like_a_redirect(
    publisher: Publisher, downloads: Downloader
) -> None:
    """The page behind it is the article, under its own address; each hop is checked."""
    publisher.answers = {
        path: web.Response(text=REFRESH.format(target), content_type="text/html")
        for path, target in {
            "/1": "/a",
            "/2": f"{publisher.base}/2b",
            "/2b": "b",
            "/inside": "http://169.254.169.254/latest/meta-data",
            "/js": "javascript:alert(1)",
            "/loop": "/loop2",
            "/loop2": "/loop3",
            "/loop3": "/loop4",
            "/loop4": "/loop5",
        }.items()
    }
    paths = ["/1", "/2", "/a", "/inside", "/js", "/loop"]
    pages = await downloads.fetch_pages([publisher.base + path for path in paths], {})
    assert [(page.content, page.url) for page in pages if isinstance(page, Page)] == [
        (b"<p>/a</p>", f"{publisher.base}/a"),
        (b"<p>/b</p>", f"{publisher.base}/b"),
        (b"<p>/a</p>", None),
    ]
    refused = [page for page in pages if isinstance(page, NoPage)]
    assert [page.is_final for page in refused] == [True, True, True]
    assert (
        "/latest/meta-data is at an address that is neither public nor allowed" in refused[0].reason
    )
    assert "not a valid URL" in refused[1].reason
    assert "meta refresh more than 3 times" in refused[2].reason


async def test_an_amp_page_is_the_article_that_it_states(
    publisher: Publisher, downloads: Downloader
) -> None:
    """One address for both forms; a page that states its home page keeps its own."""
    amp = '<head><link rel="canonical" href="/world/{}"></head><p>x</p>'
    for path, link in (("/amp/summit-in-hanoi", "summit-in-hanoi"), ("/amp/b", "..")):
        page = amp.format(link)
        publisher.answers[path] = web.Response(text=page, content_type="text/html")
    publisher.names = ["amp/summit-in-hanoi", "amp/b"]
    result = await run(publisher, downloads)
    assert [article.uri for article in result.articles] == [
        f"{publisher.base}/world/summit-in-hanoi",
        f"{publisher.base}/amp/b",
    ]


async def test_a_server_that_refuses_our_name_takes_the_feed_s(
    publisher: Publisher, downloads: Downloader
) -> None:
    """Without `user_agent` the error says what to set; with it feed and pages are read."""
    publisher.refuse = "summitwire"
    refused = await run(publisher, downloads)
    assert "HTTP 403: it refuses this client" in (refused.state.last_error or "")
    assert "user_agent" in (refused.state.last_error or "")
    spec = replace(publisher.spec, user_agent="Mozilla/5.0 (desk@wire.example)")
    result = await poll_feed(
        spec, FeedState(url=spec.url), web=downloads, parse=parse, now=lambda: NOW
    )
    assert len(result.articles) == 2


async def test_a_feed_s_headers_go_to_its_own_host_only(downloads: Downloader) -> None:
    """After a redirect to another origin only the public ones are sent."""
    async with news_site() as first, news_site() as second:
        first.answers["/feed"] = web.Response(status=302, headers={"Location": "/feed2"})
        first.answers["/feed2"] = web.Response(
            status=302, headers={"Location": f"{second.base}/feed"}
        )
        headers = {"Authorization": "Bearer s3cr3t", "user-agent": "Desk/1.0"}
        response = await downloads.fetch_feed(f"{first.base}/feed", headers)
        assert response.url == f"{second.base}/feed"
        assert [sent.get("Authorization") for sent in first.received] == ["Bearer s3cr3t"] * 2
        assert [(sent.get("Authorization"), sent["user-agent"]) for sent in second.received] == [
            (None, "Desk/1.0")
        ]


async def test_the_setting_names_the_client(publisher: Publisher) -> None:
    """FETCH_USER_AGENT holds for every feed without a name of its own."""
    async with fetch_client(allowed=["127.0.0.1"], user_agent="Desk/2.0") as client:
        named = Downloader(client, now=lambda: NOW, apply=read_robots, per_host_per_s=200)
        await run(publisher, named)
        await named.fetch_feed(f"{publisher.base}/feed", {"user-agent": "Desk/3.0"})
    assert [sent["user-agent"] for sent in publisher.received] == ["Desk/2.0"] * 3 + ["Desk/3.0"]


async def test_a_feed_behind_a_redirect_has_links_of_its_new_home(
    downloads: Downloader,
) -> None:
    """The relative links of a feed that has moved lead to where it lies now."""
    async with news_site() as old, news_site() as new:
        old.answers["/feed"] = web.Response(status=301, headers={"Location": f"{new.base}/feed"})
        result = await run(old, downloads)
        assert [article.url for article in result.articles] == [f"{new.base}/a", f"{new.base}/b"]
