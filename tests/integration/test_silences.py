"""Silences on a real broker: written by the command, read by every process that delivers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.alerting.deliver.grouping.withholding import DeliveryPolicy
from services.alerting.silences.silence_book import SilenceBook
from services.alerting.silences.topic import SilencesTopic
from services.console.fake_slack.server import FakeSlack
from services.console.silences.store import load_silences, write_silences
from shared.kafka.cluster import Cluster
from shared.kafka.topics import NOTIFICATIONS, SILENCES
from shared.messages.codec import decode
from shared.messages.schemas import AlertOutcome, Notification, Silence
from tests.delivery_tools import (
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


async def outcomes(cluster: Cluster) -> list[tuple[AlertOutcome, str]]:
    """Return outcome and reason of everything that was decided."""
    records = await consume(cluster, NOTIFICATIONS.name)
    facts = [decode(record.value, Notification) for record in records]
    return [(fact.outcome, fact.reason) for fact in facts]


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
    first, second = await outcomes(cluster)
    assert first == (AlertOutcome.SILENCED, "silenced by kim: live page")
    assert second[0] is AlertOutcome.NOTIFIED


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
