"""A feeds file that changes while a fetcher runs on a real Kafka."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from services.fetcher.download import Downloader
from services.fetcher.parsing import feed_parser
from services.fetcher.parsing.feed_entry import ParsedFeed
from services.fetcher.polling.poll_loop import PollLoop, PollTools
from services.fetcher.sources.follow_feeds import (
    build_reload_loop,
    follow_feeds_file,
    polled_feeds,
)
from shared.http.clients import fetch_client
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_RAW, FEEDS
from shared.stream.watchdog import Progress
from tests.kafka_tools import consume
from tests.unit.fetcher.news_site import Publisher, news_site, read_robots
from tests.waiting import wait_until

until = partial(wait_until, deadline_s=60.0)


async def parse(body: bytes, content_type: str | None, url: str) -> ParsedFeed:
    return feed_parser.parse(body, content_type, url)


def write(path: Path, site: Publisher, *numbers: int, extra: str = "") -> None:
    feeds = (
        f"- {{url: '{site.base}/feed?n={number}', source: s{number}, interval: 1s}}\n"
        for number in numbers
    )
    path.write_text("feeds:\n" + "".join(feeds) + extra, "utf-8")


@asynccontextmanager
async def fetcher(cluster: Cluster, path: Path) -> AsyncIterator[PollLoop]:
    """A running fetcher that follows the file."""
    async with fetch_client(allowed=["127.0.0.1"]) as client:
        web = Downloader(
            client, now=lambda: datetime.now(UTC), apply=read_robots, per_host=4, per_host_per_s=100
        )
        feeds = follow_feeds_file(str(path))
        tools, progress = PollTools(web=web, parse=parse), Progress(60, time.monotonic())
        poll_loop = PollLoop("fetcher", cluster, polled_feeds(feeds.value), tools, progress)
        reload_loop = build_reload_loop(feeds, poll_loop.use_feeds)
        await poll_loop.start()
        running = [asyncio.create_task(each.run()) for each in (poll_loop, reload_loop)]
        try:
            yield poll_loop
        finally:
            await reload_loop.stop()
            await poll_loop.stop()
            await asyncio.gather(*running)


async def test_feeds_come_and_go_with_their_file_and_their_states_stay(
    cluster: Cluster, tmp_path: Path
) -> None:
    """Without a restart; a mistake changes nothing, and a feed that returns repeats nothing."""
    await topic_admin.create(cluster, partitions=2)
    path = tmp_path / "feeds.yaml"
    async with news_site() as site:
        write(path, site, 1)
        async with fetcher(cluster, path) as poll_loop:

            def is_polled(number: int) -> bool:
                return f"{site.base}/feed?n={number}" in poll_loop._states

            await until("the first feed is polled", lambda: is_polled(1))
            write(path, site, 1, 2)
            await until("the added feed is polled", lambda: is_polled(2))
            write(path, site, 2, 3, extra="- {url: nonsense, source: x}\n")
            polls = len(site.requested)
            await until("polls go on with a bad file", lambda: len(site.requested) > polls + 2)
            assert not is_polled(3)
            write(path, site, 3)
            await until("the third is polled", lambda: is_polled(3))
            await until("polls of removed feeds have ended", lambda: len(poll_loop._polls) <= 1)
            assert {spec.source for spec in poll_loop._specs} == {"s3"}
            write(path, site, 1, 3)
            await until("the first is listed again", lambda: len(poll_loop._specs) == 2)
            polls = len(site.requested)
            await until("polls go on", lambda: len(site.requested) > polls + 2)
        keys = {record.key.decode() for record in await consume(cluster, FEEDS.name)}
        assert keys == {f"{site.base}/feed?n={number}" for number in (1, 2, 3)}
        records = await consume(cluster, ARTICLES_RAW.name)
        assert (
            sorted(record.key.decode() for record in records)
            == ["s1"] * 2 + ["s2"] * 2 + ["s3"] * 2
        )
