"""A replay on a real broker: it waits for the pipeline, and replays what a topic retains."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import TopicPartition

from services.console.replay.pace import Pace
from services.console.replay.replayer import Replay
from services.console.replay.sources import from_files, from_topic
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_RAW
from shared.kafka.transaction import commit
from shared.messages.codec import encode
from shared.messages.headers import decode_headers
from tests.builders import build_raw_article
from tests.e2e.system import write_articles
from tests.kafka_tools import consume, produce

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


async def test_a_topic_is_replayed_onto_itself(cluster: Cluster) -> None:
    """What this replay wrote before is no input, so a second one doubles nothing but the articles.

    A record that cannot be decoded is a problem; order and content are those of the topic.
    """
    await topic_admin.create(cluster, partitions=1)
    originals = [build_raw_article(b"%d" % n, uri=f"urn:test:{n}") for n in range(5)]
    pairs = [(b"wire", encode(article)) for article in originals]
    await produce(cluster, ARTICLES_RAW.name, [*pairs, (b"wire", b"{}")])
    for round_ in (2, 3):
        job = Replay(cluster, from_topic(cluster, ARTICLES_RAW.name, 3_600), Pace())
        assert await job.run() == len(originals)
        assert [problem.line for problem in job.tally.problems] == [len(originals)]
        records = await consume(cluster, ARTICLES_RAW.name)
        articles = [record.value for record in records if record.value != b"{}"]
        assert articles == [value for _, value in pairs] * round_
        replayed = decode_headers(records[-1].headers)
        assert replayed["replay-id"] == job.replay_id
