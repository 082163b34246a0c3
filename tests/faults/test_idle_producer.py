"""The broker expires the transactional id of an idle stage: the stage exits, a new one goes on."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka.errors import KafkaError

from shared.kafka.cluster import Cluster
from tests.kafka_tools import BREAKS_A_BROKER, FaultyBroker, cluster_at, consume, produce
from tests.stage_tools import (
    ALERTS,
    build_stage,
    copy,
    create_stage_topics,
    eventually,
    produce_values,
    run_stage,
    wait_for_values,
)

pytestmark = [pytest.mark.kafka, BREAKS_A_BROKER]

FORGETS_PRODUCERS = {
    "producer.id.expiration.ms": 1_000,
    "producer.id.expiration.check.interval.ms": 300,
}
"""What every broker does after a day (Kafka's default)."""
FORGETS_IDS = {
    "transactional.id.expiration.ms": 6_000,
    "transaction.remove.expired.transaction.cleanup.interval.ms": 300,
}
"""And after a week. It must be longer than a busy machine takes to the first commit."""
IDLE_S = 4.0
LEAVES_WITHIN_S = 20.0


@pytest.fixture
def forgetful(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """Yield a broker that forgets in seconds what others forget in days."""
    broker = FaultyBroker(tmp_path / "kafka", more=request.param)
    broker.start()
    yield cluster_at(broker.bootstrap)
    broker.stop()


async def forgotten(cluster: Cluster) -> bool:
    """Return whether the broker has deleted the transactional id from its transaction log."""
    records = await consume(cluster, "__transaction_state")
    return any(
        record.value is None and b"test-articles.clean.v1-0" in (record.key or b"")
        for record in records
    )


async def idle(cluster: Cluster) -> None:
    """Write with another producer until the broker has forgotten that of the stage."""
    loop = asyncio.get_running_loop()
    until = loop.time() + IDLE_S
    while loop.time() < until:
        await produce(cluster, ALERTS.name, [(b"k", b"time passes")])


@pytest.mark.parametrize("forgetful", [FORGETS_PRODUCERS], indirect=True)
async def test_a_day_without_records_is_no_trouble(forgetful: Cluster) -> None:
    """The broker has forgotten the producer's sequence numbers, but accepts its next batch."""
    await create_stage_topics(forgetful)
    async with run_stage(build_stage(forgetful, copy)) as run:
        await produce_values(forgetful, [b"before"])
        await wait_for_values(forgetful, 1)
        await idle(forgetful)
        await produce_values(forgetful, [b"after"])
        assert await wait_for_values(forgetful, 2) == [b"after", b"before"]
        assert not run.done()


@pytest.mark.parametrize("forgetful", [FORGETS_PRODUCERS | FORGETS_IDS], indirect=True)
async def test_a_stage_whose_producer_was_forgotten_comes_back(forgetful: Cluster) -> None:
    """The next batch fails and the run ends; a new stage does the batch once."""
    await create_stage_topics(forgetful)
    stage = build_stage(forgetful, copy)
    await stage.start()
    run = asyncio.create_task(stage.run())
    await produce_values(forgetful, [b"before"])
    await wait_for_values(forgetful, 1)
    await eventually(
        lambda: forgotten(forgetful), "the broker forgets the idle producer", deadline_s=60
    )
    await produce_values(forgetful, [b"after"])
    done, _ = await asyncio.wait([run], timeout=LEAVES_WITHIN_S)
    assert done, "it waits for an answer that never comes"
    assert isinstance(run.exception(), KafkaError)
    await (
        stage.assignment.consumer.stop()
    )  # as the end of its process would: a member that only beats keeps the partition
    async with run_stage(build_stage(forgetful, copy)):
        assert await wait_for_values(forgetful, 2) == [b"after", b"before"]
