"""Silences on a real broker: written by the command, read by every process that delivers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.alerting.deliver.grouping.withholding import DeliveryPolicy
from services.alerting.routes.local_times import DigestTime
from services.alerting.routes.routes import Routes
from services.alerting.silences.silence_book import SilenceBook
from services.alerting.silences.topic import SilencesTopic
from services.console.fake_slack.server import FakeSlack
from services.console.silences.store import load_silences, write_silences
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DELIVERIES, NOTIFICATIONS, SILENCES
from shared.messages.codec import decode
from shared.messages.delivery_keys import WAITING
from shared.messages.schemas import AlertOutcome, AlertRoute, Notification, Silence
from tests.cli import CommandResult, run_forked_async
from tests.delivery_tools import (
    LateClock,
    create_topics,
    delivering,
    dispatch,
    posts_about,
    publish,
    states,
    until,
)
from tests.kafka_tools import consume, create_topic

NOW = datetime.now(UTC)
SILENCE = Silence(
    silence_id="5f0c6a1e",
    matchers=('rule="second-summit"',),
    starts_at=NOW - timedelta(hours=1),
    ends_at=NOW + timedelta(hours=1),
    author="kim",
    comment="live page",
)


@asynccontextmanager
async def following(cluster: Cluster) -> AsyncIterator[SilenceBook]:
    """Follow the silences as a process does that delivers."""
    topic = SilencesTopic(cluster)
    await topic.prepare()
    running = asyncio.create_task(topic.run())
    try:
        yield topic.book
    finally:
        await topic.stop()
        await running


async def create_all(cluster: Cluster) -> None:
    await create_topics(cluster)
    await create_topic(cluster, SILENCES.name, partitions=1, cleanup_policy=SILENCES.cleanup)


async def load_facts(cluster: Cluster) -> list[Notification]:
    """Return everything that was decided."""
    records = await consume(cluster, NOTIFICATIONS.name)
    return [decode(record.value, Notification) for record in records]


async def test_a_silenced_alert_is_closed_with_the_reason(cluster: Cluster) -> None:
    """Once the silence is expired, the next alert is sent; what was silenced is not."""
    await create_all(cluster)
    await write_silences(cluster, [SILENCE], ())
    async with following(cluster) as book, FakeSlack() as sink:
        assert len(book.silences) == 1, "a process reads all silences before it delivers"
        policy = DeliveryPolicy(silences=book)
        addresses = {"newsroom": sink.url("newsroom")}
        async with delivering(cluster, addresses, policy=policy):
            await publish(cluster, dispatch(1))

            async def is_closed() -> bool:
                return (await states(cluster))["closed"] == 1

            await until(is_closed, "the silenced alert is closed")
            await write_silences(cluster, [replace(SILENCE, ends_at=datetime.now(UTC))], ())
            await until(
                lambda: book.silences[0].silence.ends_at < SILENCE.ends_at, "the silence has ended"
            )
            await publish(cluster, dispatch(2))
            await until(lambda: len(sink.posts) == 1, "the alert after it")
    assert [len(posts_about(sink, number)) for number in (1, 2)] == [0, 1]
    first, second = await load_facts(cluster)
    assert (first.outcome, first.reason) == (AlertOutcome.SILENCED, "silenced by kim: live page")
    assert second.outcome is AlertOutcome.NOTIFIED


async def test_a_forgotten_silence_is_gone(cluster: Cluster) -> None:
    """Whoever starts later does not know it, and who runs forgets it."""
    await create_all(cluster)
    other = replace(SILENCE, silence_id="other")
    await write_silences(cluster, [SILENCE, other], ())
    async with following(cluster) as book:
        await write_silences(cluster, (), [SILENCE.silence_id])
        await until(lambda: len(book.silences) == 1, "it is forgotten")
    remaining = (await load_silences(cluster)).silences
    assert [each.silence for each in remaining] == [other]


async def test_the_command_adds_lists_and_expires(cluster: Cluster) -> None:
    """What expired long ago is deleted by the next ``add``."""
    await create_all(cluster)
    long_ago = datetime.now(UTC) - timedelta(days=40)
    await write_silences(cluster, [replace(SILENCE, starts_at=long_ago, ends_at=long_ago)], ())

    settings = {
        "KAFKA_BOOTSTRAP": cluster.settings.kafka_bootstrap,
        "KAFKA_TOPIC_PREFIX": cluster.settings.kafka_topic_prefix,
    }

    async def silence(*arguments: str) -> CommandResult:
        return await run_forked_async("silence", *arguments, environment=settings)

    words = ("add", "severity<=low", "country=PRK", "-d", "2h", "-a", "kim", "-c", "live page")
    added = await silence(*words)
    assert added.code == 0, added.err
    (name,) = added.lines
    listed = await silence("list", "--json", "--expired")
    (shown,) = [json.loads(line) for line in listed.lines]
    assert (shown["id"], shown["state"], shown["author"]) == (name, "active", "kim")
    assert shown["matchers"] == ['severity<="low"', 'country="prk"']
    assert (await silence("list", "severity<=low")).lines[0].startswith(f"{name}  active")
    assert (await silence("list", "owner=x")).lines == []
    ended = await silence("expire", name[:6])
    assert (ended.code, ended.lines[0].split()[1]) == (0, "expired")
    assert (await silence("list")).lines == []
    again = await silence("expire", name)
    assert (again.code, "has ended at" in again.err) == (2, True)
    assert (await silence("expire", "nothing")).code == 2


async def test_a_digest_outlives_a_restart(cluster: Cluster) -> None:
    """What waits is kept in the state with the time since when it waits; nothing is told twice."""
    await create_all(cluster)
    now = datetime.now(UTC)
    hour = (now + timedelta(hours=2)).hour
    routes = Routes(digests={"d": DigestTime(name="d", zone="UTC", at=(hour * 60,))})
    policy = DeliveryPolicy(routes=lambda: routes)
    way = AlertRoute(destination="slack:newsroom", digest="d")
    known = [dispatch(number) for number in (1, 2)]
    waiting = [
        replace(each, alerts=tuple(replace(alert, routes=(way,)) for alert in each.alerts))
        for each in known
    ]
    async with FakeSlack() as sink:
        addresses = {"newsroom": sink.url("newsroom")}
        async with delivering(cluster, addresses, policy=policy):
            await publish(cluster, *waiting)

            async def is_kept() -> bool:
                records = await consume(cluster, DELIVERIES.name)
                return len({each.key for each in records if each.key.startswith(WAITING)}) == 2

            await until(is_kept, "both are kept in the state")
        assert not sink.posts
        late = LateClock(timedelta(hours=3))
        async with delivering(cluster, addresses, policy=policy, clock=late):
            await until(lambda: len(sink.posts) == 1, "the digest")
        async with delivering(cluster, addresses, policy=policy, clock=late):
            await publish(cluster, *waiting, dispatch(3))
            await until(lambda: len(posts_about(sink, 3)) == 1, "the next message")
    assert len(sink.posts) == 2
    digest, last = await load_facts(cluster)
    assert (digest.kind, len(digest.articles), last.kind) == ("digest", 2, "first")
