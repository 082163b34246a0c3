"""The whole fetcher on a real Kafka: feeds in, raw articles and feed states out, each once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from aiohttp import web
from aiokafka.errors import KafkaError

from services.fetcher.download import Downloader
from services.fetcher.parsing import feed_parser as feeds
from services.fetcher.parsing.feed_entry import ParsedFeed
from services.fetcher.polling.poll_loop import PollLoop, PollTools
from services.fetcher.sources.feeds_file import FeedSpec
from shared.http.clients import fetch_client
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.partitioner import partition_of
from shared.kafka.topics import ARTICLES_RAW, FEEDS
from shared.messages import codec, headers
from shared.messages.feed_revival import parse_request_key
from shared.messages.schemas import FeedState, RawArticle
from shared.stream.watchdog import Progress
from tests.kafka_tools import consume, create_topic
from tests.unit.fetcher.news_site import news_site, read_robots
from tests.waiting import wait_until

until = partial(wait_until, deadline_s=20.0)


async def parse(body: bytes, content_type: str | None, url: str) -> ParsedFeed:
    if b"raise" in body:
        raise ZeroDivisionError
    return feeds.parse(body, content_type, url)


@asynccontextmanager
async def fetcher(cluster: Cluster, *specs: FeedSpec) -> AsyncIterator[PollLoop]:
    """A running fetcher; an error of its run fails the test."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(fetch_client(allowed=["127.0.0.1"]))
        downloads = Downloader(
            client, now=lambda: datetime.now(UTC), apply=read_robots, per_host=4, per_host_per_s=100
        )
        poller = PollLoop(
            "fetcher",
            cluster,
            specs,
            PollTools(web=downloads, parse=parse),
            Progress(60, time.monotonic()),
        )
        await poller.start()
        running = asyncio.create_task(poller.run())
        try:
            yield poller
        finally:
            await poller.stop()
            await running


async def articles(cluster: Cluster) -> list[RawArticle]:
    return [
        codec.decode(record.value, RawArticle)
        for record in await consume(cluster, ARTICLES_RAW.name)
    ]


async def states(cluster: Cluster) -> dict[str, FeedState]:
    records = [
        record
        for record in await consume(cluster, FEEDS.name)
        if parse_request_key(record.key) is None
    ]
    return {record.key.decode(): codec.decode(record.value, FeedState) for record in records}


async def test_an_article_that_the_broker_refuses_is_left_out(cluster: Cluster) -> None:
    """Its neighbours in the feed are written, the feed's state too, and the fetcher goes on."""
    await create_topic(cluster, ARTICLES_RAW.name, max_message_bytes="20000")
    await topic_admin.create(cluster, partitions=1)
    async with news_site() as site:
        site.names = ["a", "b", "c"]
        site.answers["/b"] = web.Response(text="<p>long</p>" * 5_000, content_type="text/html")
        async with fetcher(cluster, site.spec) as poller:
            await until(
                "the feed's state is written",
                lambda: [len(state.seen) for state in poller._states.values()] == [3],
            )
        assert sorted(article.uri.rpartition("/")[2] for article in await articles(cluster)) == [
            "a",
            "c",
        ]


async def test_a_feed_s_articles_and_its_state_are_written_once_across_a_restart(
    cluster: Cluster,
) -> None:
    """Two entries give two records; a second process uses the ETag and writes only what is new."""
    await topic_admin.create(cluster, partitions=2)
    async with news_site() as site:
        async with fetcher(cluster, site.spec) as poller:
            await until(
                "both pages and the feed's state are written",
                lambda: [len(state.seen) for state in poller._states.values()] == [2],
            )
        assert site.requested.count("/a") + site.requested.count("/b") == 2
        records = await consume(cluster, ARTICLES_RAW.name)
        assert [record.key for record in records] == [b"news"] * 2
        assert {
            name for name in headers.decode_headers(records[0].headers) if name.startswith("t-")
        } == {"t-fetched"}
        site.names.insert(0, "c")
        soon = replace(site.spec, interval_s=0.1)
        async with fetcher(cluster, soon):
            await until(
                "the new page and an unchanged feed",
                lambda: "/c" in site.requested and site.requested[-2:] == ["/feed", "/feed"],
            )
        assert sorted(a.url or "" for a in await articles(cluster)) == [
            f"{site.base}/{name}" for name in "abc"
        ]
        assert len((await states(cluster))[site.spec.url].seen) == 3
        assert [site.requested.count(path) for path in ("/a", "/b", "/c")] == [1, 1, 1]


async def test_the_state_lies_where_the_feed_s_owner_looks(cluster: Cluster) -> None:
    """Each feed's state is in the partition of its key, and nowhere else."""
    await topic_admin.create(cluster, partitions=3)
    async with news_site() as site:
        specs = [
            replace(site.spec, url=f"{site.base}/feed?n={number}", source=f"s{number}")
            for number in range(6)
        ]
        async with fetcher(cluster, *specs) as poller:
            await until(
                "six states",
                lambda: (
                    len(poller._states) == 6
                    and all(state.polled_at for state in poller._states.values())
                ),
            )
        records = await consume(cluster, FEEDS.name)
    assert {record.key.decode(): record.partition for record in records} == {
        spec.url: partition_of(spec.url.encode(), 3) for spec in specs
    }


async def test_two_fetchers_share_the_feeds_and_no_entry_is_written_twice(cluster: Cluster) -> None:
    """A second process takes over feeds while polls run: each entry is one record in the end."""
    await topic_admin.create(cluster, partitions=4)
    async with news_site() as site:
        site.names = [f"p{number}" for number in range(10)]
        specs = [
            replace(
                site.spec, url=f"{site.base}/feed?n={number}", source=f"s{number}", interval_s=0.1
            )
            for number in range(8)
        ]
        async with fetcher(cluster, *specs) as first:
            await until("the first page", lambda: "/p0" in site.requested)
            async with fetcher(cluster, *specs) as second:
                await until(
                    "both own some",
                    lambda: (
                        len(first.assignment.partitions) == 2
                        and len(second.assignment.partitions) == 2
                    ),
                )
                site.names.insert(0, "late")
                await until("all took the late one", lambda: site.requested.count("/late") >= 8)
                count = len(site.requested)
                await until("another round", lambda: len(site.requested) > count + 16)
        written = [(a.source, a.uri) for a in await articles(cluster)]
    assert len(written) == len(set(written)) == 8 * 11


@pytest.mark.parametrize("broken", ["raise", "<html>"])
async def test_a_feed_that_fails_stops_no_other(cluster: Cluster, broken: str) -> None:
    """A page instead of a feed, or a bug of ours: its state has the failure, other feeds go on."""
    await topic_admin.create(cluster, partitions=1)
    async with news_site() as good, news_site() as bad:
        bad.answers["/feed"] = web.Response(text=broken)
        async with fetcher(cluster, replace(bad.spec, source="bad"), good.spec) as poller:
            await until(
                "both polled",
                lambda: len([state for state in poller._states.values() if state.polled_at]) == 2,
            )
        remembered = await states(cluster)
        assert (remembered[bad.spec.url].failures, remembered[good.spec.url].failures) == (1, 0)
        assert remembered[bad.spec.url].last_error
        assert {a.source for a in await articles(cluster)} == {"news"}


async def test_stopping_does_not_wait_for_a_slow_server(cluster: Cluster) -> None:
    """A hanging download is cancelled, nothing is written, and the next process polls again."""
    await topic_admin.create(cluster, partitions=1)
    async with news_site() as site:
        site.hang = asyncio.Event()
        async with fetcher(cluster, site.spec):
            await until("a page is asked for", lambda: "/a" in site.requested)
            started = time.monotonic()
        assert time.monotonic() - started < 5
        assert (await articles(cluster), await states(cluster)) == ([], {})
        site.hang.set()
        async with fetcher(cluster, site.spec) as poller:
            await until("polled", lambda: any(state.polled_at for state in poller._states.values()))
        assert len(await articles(cluster)) == 2


async def test_after_a_standstill_a_fetcher_makes_sure_that_its_feeds_are_its_own(
    cluster: Cluster,
) -> None:
    """If another has taken them meanwhile, it ends before it requests anything."""
    await topic_admin.create(cluster, partitions=1)
    successor = cluster.transactional_producer(f"fetcher-{FEEDS.name}-0")
    async with news_site() as site:
        requested = list[str]()

        async def stand_still() -> None:
            async with fetcher(cluster, site.spec) as poller:
                await until(
                    "both pages and the feed's state are written",
                    lambda: [len(state.seen) for state in poller._states.values()] == [2],
                )
                poller._awake_s -= 60
                await poller._confirm_assignment()
                requested.extend(site.requested)
                await successor.start()
                poller._awake_s -= 60
                await poller._confirm_assignment()

        with pytest.raises(KafkaError):
            await stand_still()
        assert requested == site.requested
        assert "/feed" in requested
    await successor.stop()
    assert len(await articles(cluster)) == 2
    assert len(await states(cluster)) == 1
