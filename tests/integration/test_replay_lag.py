"""A replay waits while the pipeline is behind, says for whom, and goes on by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import TopicPartition

from services.console.replay.pace import Pace
from services.console.replay.replayer import Replay
from services.console.replay.sources import from_files
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_RAW
from shared.kafka.transaction import commit
from tests.e2e.system import write_articles
from tests.kafka_tools import consume

PARTITIONS = 3
MAX_LAG = 20
ARTICLES = 60
DEADLINE_S = 60.0


@asynccontextmanager
async def processing(cluster: Cluster) -> AsyncIterator[None]:
    """Commit the end of articles.raw as the cleaner's position, again and again."""

    async def work() -> None:
        producer = cluster.transactional_producer("test-cleaner")
        await producer.start()
        reader = cluster.reader()
        await reader.start()
        name = cluster.name(ARTICLES_RAW.name)
        partitions = [TopicPartition(name, number) for number in range(PARTITIONS)]
        try:
            while True:
                ends = await reader.end_offsets(partitions)
                await commit(producer, [], ends, cluster.name("cleaner"))
                await asyncio.sleep(0.05)
        finally:
            await reader.stop()
            await producer.stop()

    task = asyncio.create_task(work())
    yield
    task.cancel()
    await asyncio.wait([task])


async def test_a_replay_waits_for_the_pipeline(
    cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stage that is not running is named; once it has caught up, the replay ends by itself."""
    await topic_admin.create(cluster, partitions=PARTITIONS)
    folder = write_articles(tmp_path / "articles", ARTICLES)
    job = Replay(cluster, from_files([folder]), Pace(), max_lag=MAX_LAG)
    running, messages = asyncio.create_task(job.run()), ""
    async with asyncio.timeout(DEADLINE_S):
        while "is not running" not in messages:
            assert not running.done()
            messages += capsys.readouterr().err
            await asyncio.sleep(0.05)
        assert "cleaner is" in messages
        assert "start it (`summitwire run cleaner`), or replay with --max-lag 0" in messages
        sent = len(await consume(cluster, ARTICLES_RAW.name))
        assert MAX_LAG <= sent <= 2 * MAX_LAG + PARTITIONS
        async with processing(cluster):
            assert await running == ARTICLES
    assert job.waited_s > 0
    assert len(await consume(cluster, ARTICLES_RAW.name)) == ARTICLES
    assert "is not running" not in capsys.readouterr().err, "it is said once"
