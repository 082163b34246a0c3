"""Tools for delivery tests: topics, dispatches on them, a running deliverer, and the ledger."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from services.alerting.deliver.channels.addresses import Addresses
from services.alerting.deliver.channels.slack_bot.bot_settings import BotSettings
from services.alerting.deliver.channels.table import ChannelAddresses, build_channels
from services.alerting.deliver.context import Clock
from services.alerting.deliver.deliverer import Deliverer, SystemClock
from services.alerting.deliver.grouping.withholding import DeliveryPolicy
from services.alerting.deliver.ledger.ledger import GROUP
from services.console.fake_slack.server import FakeSlack
from shared.http.clients import Limits, delivery_client
from shared.kafka.cluster import Cluster
from shared.kafka.partitioner import partition_of
from shared.kafka.topics import DELIVERIES, DISPATCHES, NOTIFICATIONS
from shared.messages.codec import decode, encode
from shared.messages.delivery_keys import is_entry
from shared.messages.ids import content_id, notification_id
from shared.messages.schemas import (
    Alert,
    Delivery,
    Dispatch,
    Severity,
    TimeSource,
)
from shared.stream.watchdog import Progress
from tests.builders import build_clean_article, build_tagged_article, invent_words
from tests.kafka_tools import consume, create_topic, produce

DEADLINE_S = 40.0
NOON = datetime(2018, 9, 10, 12, tzinfo=UTC)


def dispatch(number: int, destination: str = "slack:newsroom", **changes: Any) -> Dispatch:
    """Return an invented dispatch of one article with one alert; a number gives the same one."""
    event_time, words = datetime(2018, 9, 10, tzinfo=UTC), invent_words(number)
    article = build_clean_article(
        body=f"{' '.join(words[:6])}. {' '.join(words[6:12])}.",
        article_id=content_id("article", str(number)),
        revision="v1",
        uri=f"https://wire.example/{number}",
        url=f"https://wire.example/{number}",
        source="Example Wire",
        headline=f"Headline {number} {' '.join(words[12:])}",
        event_time=event_time,
    )
    alert = Alert(
        alert_id=content_id("test", str(number)),
        rule_id="second-summit",
        rule_revision="r1",
        rule_title="A second summit",
        severity=Severity.HIGH,
        destinations=(destination,),
        article_id=article.article_id,
        article_revision=article.revision,
        uri=article.uri,
        url=article.url,
        source=article.source,
        headline=article.headline,
        language="en",
        event_time=event_time,
        event_time_source=TimeSource.PAGE,
        pubstatus="usable",
        signature=(),
        matches=(),
        excerpts=(),
    )
    known: dict[str, Any] = {
        "dispatch_id": content_id("dispatch", destination, alert.alert_id),
        "destination": destination,
        "kind": "article",
        "severity": alert.severity,
        "alerts": (alert,),
        "article": build_tagged_article(article),
    }
    return Dispatch(**(known | changes))


class LateClock(SystemClock):
    """A clock that is ahead."""

    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return super().now() + self.ahead


def notification_id_of(number: int, destination: str = "slack:newsroom") -> str:
    """Return the id of the notification about an invented dispatch alone."""
    return notification_id(destination, dispatch(number, destination).dispatch_id)


class FastClock(SystemClock):
    """A clock that runs ``factor`` times as fast from now on; who waits, waits accordingly less."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._began_at, self._began_s = super().now(), super().monotonic()

    def now(self) -> datetime:
        return self._began_at + timedelta(seconds=self.monotonic() - self._began_s)

    def monotonic(self) -> float:
        return self._began_s + (super().monotonic() - self._began_s) * self._factor

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        await super().wait(event, None if seconds is None else seconds / self._factor)


async def create_topics(cluster: Cluster, partitions: int = 1) -> None:
    """Create the topics that deliver touches."""
    await create_topic(cluster, DISPATCHES.name, partitions=partitions)
    await create_topic(cluster, NOTIFICATIONS.name, partitions=partitions)
    await create_topic(
        cluster, DELIVERIES.name, partitions=partitions, cleanup_policy="compact,delete"
    )
    await create_topic(cluster, DISPATCHES.dead_letters)


async def publish(
    cluster: Cluster,
    *dispatches: Dispatch,
    partitions: int = 1,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Put dispatches on their topic, keyed as match keys them."""
    encoded = [(name, value.encode()) for name, value in (headers or {}).items()]
    for each in dispatches:
        key = each.destination.encode()
        await produce(
            cluster,
            DISPATCHES.name,
            [(key, encode(each))],
            partition=partition_of(key, partitions),
            headers=encoded,
        )


async def publish_many(cluster: Cluster, dispatches: Sequence[Dispatch]) -> None:
    """Put dispatches on partition 0 of their topic, all at once."""
    records = [(each.destination.encode(), encode(each)) for each in dispatches]
    await produce(cluster, DISPATCHES.name, records, partition=0)


async def rewind(cluster: Cluster) -> None:
    """Set the group back to the beginning, as an operator would for a full replay."""
    reader = cluster.group_consumer(GROUP)
    reader.subscribe([cluster.name(DISPATCHES.name)])
    await reader.start()
    try:
        while not reader.assignment():
            await asyncio.sleep(0.05)
        await reader.commit(dict.fromkeys(reader.assignment(), 0))
    finally:
        await reader.stop()


@asynccontextmanager
async def delivering(
    cluster: Cluster,
    addresses: Mapping[str, str],
    *,
    bot: BotSettings | None = None,
    read_s: float = 10.0,
    fallback: str = "",
    drain_s: float = 10.0,
    clock: Clock | None = None,
    policy: DeliveryPolicy | None = None,
) -> AsyncIterator["asyncio.Task[None]"]:
    """Run a deliverer with these Slack addresses, and drain it at the end. Yield its task."""
    slack = Addresses(by_name=dict(addresses))
    chosen = ChannelAddresses(slack=slack, slack_bot=bot or BotSettings())
    limits = Limits(read_s=read_s, max_bytes=64 * 1024, max_redirects=0)
    async with delivery_client(
        hosts=chosen.hosts(), allowed=["127.0.0.1"], limits=limits
    ) as client:
        known = build_channels(client, chosen)
        deliverer = Deliverer(
            cluster,
            Progress(120.0, 0.0),
            known,
            fallback=fallback,
            drain_s=drain_s,
            clock=clock,
            policy=policy,
        )
        await deliverer.start()
        running = asyncio.create_task(deliverer.run())
        try:
            yield running
        finally:
            await deliverer.stop()
            await running


async def until(
    condition: Callable[[], Awaitable[bool] | bool], what: str, within_s: float = DEADLINE_S
) -> None:
    """Wait until the condition holds; AssertionError says what did not come."""
    deadline = asyncio.get_running_loop().time() + within_s
    while (began := asyncio.get_running_loop().time()) < deadline:
        found = condition()
        if await found if isinstance(found, Awaitable) else found:
            return
        # A condition that reads a topic must not take the processor from what it waits for.
        await asyncio.sleep(max(0.05, 2 * (asyncio.get_running_loop().time() - began)))
    raise AssertionError(f"did not come within {within_s:g} s: {what}")


async def ledger(cluster: Cluster) -> dict[str, Delivery]:
    """Return the last entry of each notification."""
    return {
        record.key.decode(): decode(record.value, Delivery)
        for record in await consume(cluster, DELIVERIES.name)
        if is_entry(record.key)
    }


async def states(cluster: Cluster) -> Counter[str]:
    """Count the notifications in each state."""
    return Counter(str(entry.state) for entry in (await ledger(cluster)).values())


def posts_about(sink: FakeSlack, number: int) -> list[Any]:
    """Return the accepted posts about an invented notification."""
    return [post for post in sink.posts if f"Headline {number} " in post.text]
