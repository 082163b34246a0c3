"""WebSub on a real Kafka with a real hub: what is pushed becomes articles, on every replica.

What a hub sees of us is in test_websub_hub.py.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import pytest

from services.fetcher.download import Downloader
from services.fetcher.parsing import feed_parser
from services.fetcher.parsing.feed_entry import ParsedFeed
from services.fetcher.polling.poll_loop import PollLoop, PollTools
from services.fetcher.push.server import PushServer
from services.fetcher.push.websub.hub_notes import HubNotes
from services.fetcher.push.websub.pushed_record import parse_push_key
from services.fetcher.push.websub.subscriber import PUSHED_INTERVAL_S, Subscriber
from services.fetcher.push.wiring import HubParts, build_subscriber
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources.feeds_file import FeedSpec
from shared.http.clients import fetch_client
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import FEEDS, SUBSCRIPTIONS
from shared.messages import codec
from shared.messages.schemas import FeedSubscription
from shared.stream.watchdog import Progress
from tests.faults.harness import is_long
from tests.kafka_tools import consume
from tests.ports import free_port
from tests.push_tools import load_articles
from tests.unit.fetcher.news_site import read_robots
from tests.waiting import wait_until
from tests.websub_hub import Hub, websub_hub

until = partial(wait_until, deadline_s=30.0)
LONG = pytest.mark.skipif(not is_long(), reason="takes seconds: FAULTS=long runs it")


async def parse(body: bytes, content_type: str | None, url: str) -> ParsedFeed:
    return feed_parser.parse(body, content_type, url)


@dataclass
class Replica:
    """A fetcher that subscribes."""

    loop: PollLoop
    subscriber: Subscriber
    base: str

    def status(self, spec: FeedSpec) -> str:
        subscription = self.subscription(spec)
        return subscription.status if subscription else ""

    def subscription(self, spec: FeedSpec) -> FeedSubscription | None:
        return self.subscriber._book.of_feed(spec.url)


@asynccontextmanager
async def replica(
    cluster: Cluster, specs: Sequence[FeedSpec], push_url: str = ""
) -> AsyncIterator[Replica]:
    """Run a fetcher; ``push_url``: where hubs push, if that is not this one."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    settings = FetcherSettings.model_validate({"push_url": push_url or base, "push_port": port})
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(fetch_client(allowed=["127.0.0.1"]))
        web = Downloader(
            client, now=lambda: datetime.now(UTC), apply=read_robots, per_host_per_s=100
        )
        notes = HubNotes(web)
        tools = PollTools(web=notes, parse=parse)
        loop = PollLoop("fetcher", cluster, specs, tools, Progress(60, time.monotonic()))
        subscriber, callbacks = build_subscriber(
            cluster, settings, HubParts(loop, notes, lambda: client)
        )
        server = PushServer("127.0.0.1", port, [callbacks])
        parts = (loop, subscriber, server)
        for part in parts:
            await part.start()
        tasks = [asyncio.create_task(part.run()) for part in parts]
        try:
            yield Replica(loop, subscriber, base)
        finally:
            for part in reversed(parts):
                await part.stop()
            await asyncio.gather(*tasks)


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    """A hub with its publisher."""
    async with websub_hub() as server:
        yield server


async def uris(cluster: Cluster) -> list[str]:
    return sorted(article.uri.rpartition("/")[2] for article in await load_articles(cluster))


@pytest.mark.parametrize("discovery", ["header", pytest.param("json", marks=LONG)])
async def test_a_feed_is_subscribed_and_its_pushes_are_articles(
    cluster: Cluster, hub: Hub, discovery: str
) -> None:
    """Wherever the hub is named. An entry that is pushed and polled is one
    article, and a pushed document is no full list: what it lacks is not new again.
    """
    await topic_admin.create(cluster, partitions=2)
    hub.discovery, hub.names = discovery, ["a"]
    async with replica(cluster, [hub.spec]) as fetcher:
        await until("verified", lambda: hub.verified)
        assert hub.verified == [("subscribe", 200, True)]
        assert fetcher.status(hub.spec) == "active"
        assert hub.last["hub.topic"] == hub.base + "/topic"
        assert await hub.distribute(hub.feed("b")) == 202
        await until("read", lambda: fetcher.subscriber._pushing)
        hub.names = ["c", "b", "a"]
        assert await hub.distribute(b"") == 202  # a ping without content: the feed is polled
        await until("polled", lambda: hub.polls == 2)
        await until("nothing is left", lambda: not fetcher.loop.pushed)
        spec = fetcher.loop.feeds[0]
        slower = fetcher.loop.adjust(spec)
        assert slower.interval_s == PUSHED_INTERVAL_S
        assert fetcher.loop.adjust(spec) is slower
    assert await uris(cluster) == ["a", "b", "c"]
    records = await consume(cluster, FEEDS.name)
    last = {record.key: record.value for record in records if parse_push_key(record.key)}
    assert list(last.values()) == [None, None]


@LONG
async def test_a_lease_is_renewed_and_survives_a_restart(cluster: Cluster, hub: Hub) -> None:
    """With the same callback and secret; a restarted fetcher does not subscribe again before that,
    and takes what is pushed.
    """
    await topic_admin.create(cluster, partitions=2)
    hub.lease_s = 2
    async with replica(cluster, [hub.spec]) as fetcher:
        await until("renewed", lambda: len(hub.verified) >= 2)
        first, second = hub.requests[:2]
        assert first == second
        assert {status for _, status, _ in hub.verified} == {200}
        hub.lease_s = 3600
        count = len(hub.requests)
        await until("renewed for long", lambda: len(hub.requests) > count)
        await until("active", lambda: fetcher.status(hub.spec) == "active")
    count, address = len(hub.requests), hub.last["hub.callback"]
    async with replica(cluster, [hub.spec]) as again:
        await until("assigned", lambda: again.loop.owns(hub.spec.url))
        callback = f"{again.base}/websub/{address.rpartition('/')[2]}"
        assert await hub.distribute(hub.feed("b"), url=callback) == 202
        await until("read", lambda: again.subscriber._pushing)
        assert len(hub.requests) == count
    assert await uris(cluster) == ["b"]


async def test_every_replica_answers_hubs(cluster: Cluster, hub: Hub) -> None:
    """A hub reaches the replica that does not poll the feed: it verifies, takes what is pushed, and
    the owner writes the article; once.
    """
    await topic_admin.create(cluster, partitions=2)
    hub.verifies = False
    async with (
        replica(cluster, [hub.spec]) as first,
        replica(cluster, [hub.spec]) as second,
    ):
        await until(
            "each has a partition",
            lambda: all(len(r.loop.assignment.partitions) == 1 for r in (first, second)),
        )
        await until("asked", lambda: hub.requests)
        owner, other = (first, second) if first.loop.owns(hub.spec.url) else (second, first)
        path = hub.last["hub.callback"].rpartition("/")[2]
        elsewhere = f"{other.base}/websub/{path}"
        assert await hub.verify({**hub.last, "hub.callback": elsewhere}) == 200
        await until("the owner knows", lambda: owner.status(hub.spec) == "active")
        assert await hub.distribute(hub.feed("b"), url=elsewhere) == 202
        await until("read", lambda: owner.subscriber._pushing)
        assert not other.subscriber._pushing
    assert await uris(cluster) == ["b"]


async def test_a_push_is_not_lost_when_the_owner_ends(cluster: Cluster, hub: Hub) -> None:
    """It is in Kafka before the hub gets its 2xx; the next owner reads it."""
    await topic_admin.create(cluster, partitions=1)
    async with replica(cluster, [hub.spec]) as fetcher:
        await until("verified", lambda: fetcher.status(hub.spec) == "active")
        hub.hang = asyncio.Event()
        assert await hub.distribute(hub.feed("b")) == 202
        await until("its page is requested", lambda: "/b" in hub.pages)
    hub.hang = None
    async with replica(cluster, [hub.spec]) as again:
        await until("read", lambda: again.subscriber._pushing)
    assert await uris(cluster) == ["b"]
    records = await consume(cluster, SUBSCRIPTIONS.name)
    assert codec.decode(records[-1].value, FeedSubscription).status == "active"
