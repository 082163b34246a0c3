"""The daily line and the dead man on a real broker, with the stand-in for Slack."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

from aiokafka import TopicPartition

from services.alerting.routes.local_times import DigestTime
from services.alerting.routes.routes import Receiver, Routes
from services.alerting.watch.watcher import Watch, WatchPlan
from services.console.fake_slack.faults import Fault
from services.console.fake_slack.server import FakeSlack
from shared.kafka.cluster import Cluster
from shared.kafka.topics import (
    ALERTS,
    ARTICLES_CLEAN,
    ARTICLES_RAW,
    ARTICLES_TAGGED,
    DISPATCHES,
    WATCH,
)
from shared.messages.codec import decode, encode
from shared.messages.schemas import DailyTally, Dispatch
from tests.builders import build_clean_article, build_tagged_article
from tests.delivery_tools import create_topics, delivering, dispatch, publish, until
from tests.kafka_tools import consume, create_topic, produce


class SetClock:
    """A clock that a test sets; it stands at the time of its making, shortly before ``due``."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)
        self.due = (self.time + timedelta(minutes=1)).replace(second=0, microsecond=0)

    def now(self) -> datetime:
        return self.time


def routes_with_a_line(at: datetime) -> Routes:
    daily = DigestTime(name="daily", zone="UTC", at=(at.hour * 60 + at.minute,))
    receiver = Receiver(name="desk", destinations=("slack:newsroom",), daily=daily)
    return Routes(receivers={"desk": receiver})


async def create_all(cluster: Cluster) -> None:
    await create_topics(cluster)
    await create_topic(cluster, WATCH.name, partitions=2, cleanup_policy=WATCH.cleanup)
    for topic in (ARTICLES_RAW, ARTICLES_CLEAN, ARTICLES_TAGGED, ALERTS):
        await create_topic(cluster, topic.name, partitions=2)


async def read_articles(cluster: Cluster, number: int) -> None:
    for each in range(number):
        article = build_clean_article(body=f"Text {each}.", source="Yonhap")
        value = encode(build_tagged_article(article))
        await produce(cluster, ARTICLES_TAGGED.name, [(None, value)], partition=each % 2)


@asynccontextmanager
async def watching(
    cluster: Cluster,
    clock: SetClock,
    routes: Callable[[], Routes] = Routes,
    plan: WatchPlan | None = None,
) -> AsyncIterator[list[bool]]:
    """Watch, and yield what is said to the heartbeat."""
    works: list[bool] = []
    watch = Watch(
        cluster,
        plan or WatchPlan(),
        routes=routes,
        is_leader=lambda: True,
        now=clock.now,
        note=works.append,
    )
    running = asyncio.create_task(watch.run())
    try:
        yield works
    finally:
        await watch.stop()
        await running


async def dispatches(cluster: Cluster) -> list[Dispatch]:
    return [decode(record.value, Dispatch) for record in await consume(cluster, DISPATCHES.name)]


async def test_a_daily_line_is_sent_once(cluster: Cluster) -> None:
    """With what was read and matched; a watch that begins again counts on and repeats nothing."""
    await create_all(cluster)
    await read_articles(cluster, 3)
    clock = SetClock()
    routes = routes_with_a_line(clock.due)
    async with FakeSlack() as sink, delivering(cluster, {"newsroom": sink.url("newsroom")}):
        async with watching(cluster, clock, lambda: routes) as works:
            await until(lambda: len(works) > 1, "the watch has begun")
        await publish(cluster, dispatch(1))
        await until(lambda: len(sink.posts) == 1, "a message")
        await read_articles(cluster, 2)
        clock.time = clock.due + timedelta(seconds=5)
        for _ in range(2):
            async with watching(cluster, clock, lambda: routes) as works:
                await until(lambda: len(works) > 1, "the watch has begun again")
        await until(lambda: len(sink.posts) == 2, "the daily line", within_s=60)
    (line,) = [each for each in await dispatches(cluster) if each.daily is not None]
    assert line.daily is not None
    assert (line.daily.articles, line.daily.matched, line.daily.messages) == (2, 1, 1)
    assert "2 articles read, 1 matched" in sink.posts[1].text
    tallies = [
        decode(record.value, DailyTally)
        for record in await consume(cluster, WATCH.name)
        if record.key == b"daily/slack:newsroom"
    ]
    assert (tallies[-1].due, tallies[-1].line) == (clock.due, line.reason)


async def test_two_that_watch_at_once_send_one_line(cluster: Cluster) -> None:
    """Each fences the other again and again; what was counted is counted once."""
    await create_all(cluster)
    await read_articles(cluster, 5)
    clock = SetClock()
    routes = routes_with_a_line(clock.due)
    async with watching(cluster, clock, lambda: routes) as first:
        await until(lambda: len(first) > 1, "the first watches")
        async with watching(cluster, clock, lambda: routes) as second:
            await until(lambda: len(second) > 1, "the second watches")
            clock.time = clock.due + timedelta(seconds=5)
            await read_articles(cluster, 4)
            await until(partial(has_line, cluster), "the line is written")
            await asyncio.sleep(0.5)
    lines = [each.daily for each in await dispatches(cluster) if each.daily is not None]
    assert [line.articles for line in lines] == [4]


async def test_operators_hear_of_silence_and_of_its_end(cluster: Cluster) -> None:
    """Once each, though the watch begins again in between; meanwhile the heartbeat stops."""
    await create_all(cluster)
    clock = SetClock()
    plan = WatchPlan(
        operators="slack:ops",
        dead_man_after=timedelta(minutes=30),
        grace=timedelta(0),
        check_every=timedelta(0),
    )
    await read_articles(cluster, 1)
    async with watching(cluster, clock, plan=plan) as works:
        await until(lambda: len(works) > 1, "the watch has begun")
        assert all(works)
    clock.time += timedelta(hours=1)
    for _ in range(2):
        async with watching(cluster, clock, plan=plan) as works:
            await until(lambda: len(works) > 1, "the watch has begun again")
            assert not any(works)
    await read_articles(cluster, 1)
    clock.time = datetime.now(UTC)
    async with watching(cluster, clock, plan=plan) as works:
        await until(lambda: len(works) > 1 and works[-1], "it works again")
    notices = [each.reason.split(";")[0] for each in await dispatches(cluster)]
    assert [text[:24] for text in notices] == [
        "no article was read for ",
        "articles are read again",
    ]


async def test_a_stage_that_lags_is_found_and_markers_are_not(cluster: Cluster) -> None:
    """By the time of the first record that its group has not read."""
    await create_all(cluster)
    clock = SetClock()
    plan = WatchPlan(
        operators="slack:ops",
        late_after=timedelta(minutes=5),
        grace=timedelta(0),
        check_every=timedelta(0),
    )
    producer = cluster.transactional_producer("test")
    await producer.start()
    async with producer.transaction():
        await producer.send(cluster.name(ARTICLES_CLEAN.name), b"{}", partition=0)
        await producer.send(cluster.name(ARTICLES_RAW.name), b"{}", partition=0)
    await producer.stop()
    await commit_offsets(cluster, "tagger", ARTICLES_CLEAN.name, 1)
    await commit_offsets(cluster, "cleaner", ARTICLES_RAW.name, 0)
    async with watching(cluster, clock, plan=plan) as works:
        await until(lambda: len(works) > 1, "the watch has begun")
        clock.time += timedelta(minutes=6)
        await until(lambda: not works[-1], "a stage lags", within_s=60)
    (notice,) = await dispatches(cluster)
    assert notice.reason.startswith("alerts are late: cleaner has not read what was ")


async def test_an_outage_at_the_destination_loses_no_line(cluster: Cluster) -> None:
    """The line waits like every notification, with what waits and is parked at its time."""
    await create_all(cluster)
    clock = SetClock()
    routes = routes_with_a_line(clock.due)
    faults = [Fault(do="status", path="/newsroom", status=503, times=2)]
    async with FakeSlack(faults=faults) as sink:
        async with watching(cluster, clock, lambda: routes) as works:
            await until(lambda: len(works) > 1, "the watch has begun")
            clock.time = clock.due + timedelta(seconds=5)
            await until(partial(has_line, cluster), "the line is written")
        async with delivering(cluster, {"newsroom": sink.url("newsroom")}):
            await until(lambda: len(sink.posts) == 1, "the line is sent")
    assert "Daily line" in sink.posts[0].text


async def has_line(cluster: Cluster) -> bool:
    return any(each.daily for each in await dispatches(cluster))


async def commit_offsets(cluster: Cluster, group: str, topic: str, offset: int) -> None:
    """Commit an offset as a stage does; its other partition is empty."""
    consumer = cluster.group_consumer(group)
    await consumer.start()
    try:
        name = cluster.name(topic)
        consumer.assign([TopicPartition(name, 0)])
        await consumer.commit({TopicPartition(name, 0): offset})
    finally:
        await consumer.stop()
