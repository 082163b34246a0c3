"""Dead letters are redriven once, and after a repair they are processed once."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from services.console.topics import dlq
from shared.base.outcomes import InvalidMessage
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_RAW
from shared.stream.output import Output
from shared.stream.stage import Stage, StageSpec
from shared.stream.watchdog import Progress
from shared.stream.work import HandlerResult, InProcessWork
from tests.kafka_tools import consume, produce

VALUES = (b"good-1", b"bad-2", b"good-3", b"bad-4")


def broken(value: bytes | None) -> HandlerResult:
    """Fail for values that begin with ``bad``."""
    if value is None or value.startswith(b"bad"):
        raise InvalidMessage("cannot read this yet")
    return repaired(value)


def repaired(value: bytes | None) -> HandlerResult:
    """Accept every value."""
    return [Output(ARTICLES_CLEAN.name, b"k", value or b"")]


@asynccontextmanager
async def stage(
    cluster: Cluster, handle: Callable[[bytes | None], HandlerResult]
) -> AsyncIterator[None]:
    """Run the stage until the block ends."""
    running = Stage(
        StageSpec(name="cleaner", source=ARTICLES_RAW, work=InProcessWork(handle)),
        cluster,
        Progress(60, time.monotonic()),
    )
    await running.start()
    task = asyncio.create_task(running.run())
    try:
        yield
    finally:
        await running.stop()
        await task


async def eventually(cluster: Cluster, topic: str, count: int) -> list[bytes]:
    """Return the values of the topic, once there are ``count`` of them."""
    async with asyncio.timeout(30):
        while len(records := await consume(cluster, topic)) < count:
            await asyncio.sleep(0.1)
    return sorted(record.value or b"" for record in records)


async def test_redriving_after_a_repair_delivers_once(cluster: Cluster) -> None:
    """However often redrive runs, each letter goes back once; an unmatched filter moves nothing."""
    await topic_admin.create(cluster, partitions=2)
    await produce(cluster, ARTICLES_RAW.name, [(b"k", value) for value in VALUES])
    async with stage(cluster, broken):
        assert await eventually(cluster, ARTICLES_CLEAN.name, 2) == [b"good-1", b"good-3"]
        await eventually(cluster, ARTICLES_RAW.dead_letters, 2)

    letters = await dlq.collect(cluster, "*")
    assert sorted(letter.record.value for letter in letters) == [b"bad-2", b"bad-4"]
    assert len({letter.field("fingerprint") for letter in letters}) == 1
    assert await dlq.put_back(cluster, "no-such-*") == 0
    assert await dlq.put_back(cluster, letters[0].field("fingerprint")) == 2
    assert await dlq.put_back(cluster, "*") == 0
    assert await dlq.collect(cluster, "*") == []

    async with stage(cluster, repaired):
        assert await eventually(cluster, ARTICLES_CLEAN.name, 4) == [
            b"bad-2",
            b"bad-4",
            b"good-1",
            b"good-3",
        ]


async def test_a_letter_that_fails_again_counts_its_attempts(cluster: Cluster) -> None:
    """Redriving without a repair gives a new dead letter with one more attempt."""
    await topic_admin.create(cluster, partitions=2)
    await produce(cluster, ARTICLES_RAW.name, [(b"k", b"bad")])
    async with stage(cluster, broken):
        await eventually(cluster, ARTICLES_RAW.dead_letters, 1)
        assert await dlq.put_back(cluster, "articles.raw*") == 1
        await eventually(
            cluster, ARTICLES_RAW.dead_letters, 3
        )  # the first letter, the mark that it went back, the second letter
    (letter,) = await dlq.collect(cluster, "*")
    assert letter.field("attempts") == "2"
