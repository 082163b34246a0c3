"""Each known way to lose exactly-once between topics, closed, on a real broker.

docs/decisions has what was measured.
"""

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import RecordsToDelete
from aiokafka.errors import NoOffsetForPartitionError, ProducerFenced

from shared.base import metrics
from shared.kafka.cluster import Cluster
from shared.limits.process_pool import ProcessPool
from shared.stream.assignment import PartitionAssignment
from shared.stream.stage import Stage
from shared.stream.state_store import StateStore
from shared.stream.work import InProcessWork, Outcome
from tests.kafka_tools import produce
from tests.stage_tools import (
    SINK,
    SOURCE,
    build_stage,
    copy,
    create_stage_topics,
    eventually,
    fetch_values,
    numbers,
    produce_values,
    run_stage,
    two_phase_work,
    wait_for_values,
)


async def start_producer(cluster: Cluster, partition: int = 0) -> AIOKafkaProducer:
    """Return a started producer with the transactional id of the stage ``test`` for a partition."""
    producer = cluster.transactional_producer(f"test-{SOURCE.name}-{partition}")
    await producer.start()
    return producer


async def test_a_previous_owners_transaction_is_aborted_before_its_offset_is_read(
    cluster: Cluster,
) -> None:
    """Trap 1: a zombie's uncommitted outputs and offsets are gone, and it can never commit them."""
    await create_stage_topics(cluster)
    await produce_values(cluster, numbers(0, 10))
    zombie = await start_producer(cluster)
    await zombie.begin_transaction()
    await zombie.send_and_wait(cluster.name(SINK.name), b"of the zombie", key=b"z")
    await zombie.send_offsets_to_transaction(
        {TopicPartition(cluster.name(SOURCE.name), 0): 5}, cluster.name("test")
    )
    async with run_stage(build_stage(cluster, copy)):
        assert await wait_for_values(cluster, 10) == numbers(0, 10)
        with pytest.raises(ProducerFenced):
            await zombie.commit_transaction()
    assert await fetch_values(cluster) == numbers(0, 10)
    await zombie.stop()


async def test_a_new_owner_begins_at_the_previous_owners_committed_offset(
    cluster: Cluster,
) -> None:
    """Trap 1, the other way round: what was committed at the last moment is not processed again."""
    await create_stage_topics(cluster)
    await produce_values(cluster, numbers(0, 10))
    before = await start_producer(cluster)
    async with before.transaction():
        for value in numbers(0, 5):
            await before.send(cluster.name(SINK.name), value, key=value)
        await before.send_offsets_to_transaction(
            {TopicPartition(cluster.name(SOURCE.name), 0): 5}, cluster.name("test")
        )
    async with run_stage(build_stage(cluster, copy)):
        assert await wait_for_values(cluster, 10) == numbers(0, 10)
    await before.stop()


async def test_where_nothing_was_committed_nothing_is_prefetched_and_all_is_read(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap 2: records that arrived before the producer started were lost for ever.

    Now there is an error in their place, which ends nothing.
    """
    await create_stage_topics(cluster)
    await produce_values(cluster, numbers(0, 50))
    stage = build_stage(cluster, copy)
    take = stage.assignment._take

    async def take_late(assigned: Sequence[TopicPartition]) -> None:
        with pytest.raises(NoOffsetForPartitionError):
            await stage.assignment.consumer.getmany(timeout_ms=5_000)
        await take(assigned)

    monkeypatch.setattr(stage.assignment, "_take", take_late)
    async with run_stage(stage):
        assert await wait_for_values(cluster, 50) == numbers(0, 50)


class Gate:
    """Work that stops in the middle of a batch until ``go`` is set."""

    def __init__(self) -> None:
        self.entered, self.go = asyncio.Event(), asyncio.Event()

    async def run(self, values: Sequence[bytes | None], state: StateStore) -> list[Outcome]:
        self.entered.set()
        await self.go.wait()
        return await InProcessWork(copy).run(values, state)


class GateOnOne(Gate):
    """Stops only a batch that holds this value."""

    def __init__(self, value: bytes) -> None:
        super().__init__()
        self._value = value

    async def run(self, values: Sequence[bytes | None], state: StateStore) -> list[Outcome]:
        return (
            await super().run(values, state)
            if self._value in values
            else await InProcessWork(copy).run(values, state)
        )


async def test_a_slow_partition_delays_no_other(cluster: Cluster) -> None:
    """While one batch runs, the other partition proceeds, later records included."""
    await create_stage_topics(cluster, 2)
    for partition, first in ((0, 0), (1, 50)):
        await produce_values(cluster, numbers(first, first + 50), partition=partition)
    gate = GateOnOne(numbers(0, 1)[0])
    async with run_stage(build_stage(cluster, gate)):
        await gate.entered.wait()
        assert await wait_for_values(cluster, 50) == numbers(50, 100)
        await produce_values(cluster, numbers(100, 110), partition=1)
        assert await wait_for_values(cluster, 60) == numbers(50, 110)
        gate.go.set()
        assert await wait_for_values(cluster, 110) == numbers(0, 110)


async def test_a_rebalance_waits_for_the_running_batch(cluster: Cluster) -> None:
    """Trap 3: a partition that is revoked during a batch is released only after its commit.

    Nothing is lost or done twice.
    """
    await create_stage_topics(cluster, 2)
    await produce_values(cluster, numbers(0, 100))
    gate = Gate()
    async with run_stage(first := build_stage(cluster, gate)):
        await gate.entered.wait()
        async with asyncio.TaskGroup() as group:
            second = build_stage(cluster, copy)
            group.create_task(second.start())
            await eventually(
                lambda: first.assignment.is_rebalancing,
                "the second member makes the group rebalance",
            )
            assert len(first.assignment.partitions) == 2
            gate.go.set()
        assert await wait_for_values(cluster, 50)
        task = asyncio.create_task(second.run())
        assert await wait_for_values(cluster, 100) == numbers(0, 100)
        assert len(first.assignment.partitions) == len(second.assignment.partitions) == 1
        await second.stop()
        await task


def _is_ready(stage: Stage) -> bool:
    return not stage.assignment.obstacle()


async def test_records_that_arrive_during_a_rebalance_do_not_deadlock_it(cluster: Cluster) -> None:
    """Trap 7: when data arrives getmany waits for the rebalance, which waits for our lock."""
    await create_stage_topics(cluster, 2)
    stages = [build_stage(cluster, copy) for _ in range(3)]
    sent = 0

    async def trickle() -> None:
        nonlocal sent
        while True:
            await produce_values(cluster, numbers(sent, sent + 1))
            sent += 1

    async with run_stage(stages[0]):
        trickling = asyncio.create_task(trickle())
        for stage in stages[1:]:
            async with asyncio.timeout(10), run_stage(stage):
                await eventually(partial(_is_ready, stage), "the group accepts the new member")
        trickling.cancel()
        await asyncio.wait([trickling])
        finished = await wait_for_values(cluster, sent)
        assert finished == sorted(set(finished))


async def test_a_fenced_stage_ends_with_the_error(cluster: Cluster) -> None:
    """Trap 4: another owner of the partition's producer ends the run, and with it the process."""
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, _context: None
    )  # aiokafka leaves futures of a fenced producer unread
    await create_stage_topics(cluster)
    stage = build_stage(cluster, copy)
    await stage.start()
    task = asyncio.create_task(stage.run())
    await eventually(lambda: bool(stage.assignment.partitions), "the partition is owned")
    usurper = await start_producer(cluster)
    await produce_values(cluster, numbers(0, 3))
    with pytest.raises(ProducerFenced):
        await asyncio.wait_for(task, 20)
    assert await fetch_values(cluster) == []
    await stage.stop()
    await usurper.stop()


async def test_a_stage_joins_its_group_once_its_children_have_started(cluster: Cluster) -> None:
    """A batch that waits while children compile outlasts its transaction and is fenced."""
    await create_stage_topics(cluster)
    await produce_values(cluster, numbers(0, 3))
    pool = ProcessPool(
        workers=1, time_limit_s=5.0, memory_limit_mb=400, preload="tests.stage_tools"
    )
    stage = build_stage(cluster, two_phase_work(copy, pool), prerequisite=pool.wait_until_started)
    start = asyncio.create_task(stage.start())
    done, _ = await asyncio.wait([start], timeout=0.5)
    assert (done, stage.assignment.has_joined) == (set(), False)
    await pool.start()
    await start
    run = asyncio.create_task(stage.run())
    assert await wait_for_values(cluster, 3) == numbers(0, 3)
    await stage.stop()
    await run
    await pool.stop()


async def test_records_not_committed_upstream_are_never_processed(cluster: Cluster) -> None:
    """Trap 5: aborted records are skipped, and records of an open transaction are awaited."""
    await create_stage_topics(cluster)
    upstream = cluster.transactional_producer("upstream")
    await upstream.start()
    await upstream.begin_transaction()
    await upstream.send_and_wait(cluster.name(SOURCE.name), b"aborted", key=b"a")
    await upstream.abort_transaction()
    await upstream.begin_transaction()
    await upstream.send_and_wait(cluster.name(SOURCE.name), b"open", key=b"o")
    async with run_stage(build_stage(cluster, copy)) as task:
        await produce(cluster, SOURCE.name, [(b"after", b"after")])
        finished, _ = await asyncio.wait([task], timeout=1.0)
        assert not finished
        assert await fetch_values(cluster) == []
        await upstream.commit_transaction()
        assert await wait_for_values(cluster, 2) == [b"after", b"open"]
    await upstream.stop()


async def test_a_failed_assignment_ends_the_run(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """aiokafka only logs a listener's errors: the partitions would be assigned and never read."""
    await create_stage_topics(cluster)

    async def fail(_self: PartitionAssignment, _assigned: Sequence[TopicPartition]) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(PartitionAssignment, "_take", fail)
    stage = build_stage(cluster, copy)
    await stage.start()
    with pytest.raises(ValueError, match="a bug"):
        await asyncio.wait_for(stage.run(), 20)
    await stage.stop()


async def delete_before(cluster: Cluster, offset: int) -> None:
    """Delete the source's records before the offset, as its retention would."""
    admin = cluster.admin()
    await admin.start()
    source = TopicPartition(cluster.name(SOURCE.name), 0)
    await admin.delete_records({source: RecordsToDelete(before_offset=offset)})
    await admin.close()


async def test_records_deleted_unread_are_reported_and_the_others_are_read(
    cluster: Cluster,
) -> None:
    """Retention was shorter than an outage: lost records are counted, the others come out once."""
    await create_stage_topics(cluster)
    await produce_values(cluster, numbers(0, 3))
    async with run_stage(build_stage(cluster, copy)):
        await wait_for_values(cluster, 3)
    await produce_values(cluster, numbers(3, 10))
    await delete_before(cluster, 8)
    before = metrics.DELETED_UNREAD.labels("test", "0")._value.get()
    async with run_stage(build_stage(cluster, copy)):
        values = await wait_for_values(cluster, 5)
    assert values == [*numbers(0, 3), *numbers(8, 10)]
    assert metrics.DELETED_UNREAD.labels("test", "0")._value.get() - before == 5


@pytest.mark.parametrize(("written", "deleted"), [(5, 5), (9, 4), (3, 1)])
async def test_records_deleted_before_the_first_read_are_reported_once(
    cluster: Cluster, written: int, deleted: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A stage that never ran has no offset to miss them by: where the partition begins tells."""
    await create_stage_topics(cluster)
    await produce_values(cluster, numbers(0, written))
    await delete_before(cluster, deleted)
    counted = metrics.DELETED_UNREAD.labels("test", "0")
    before = counted._value.get()
    for start in (0, 1):  # a second start has nothing new to report
        await produce_values(cluster, numbers(90 + start, 91 + start))
        async with run_stage(build_stage(cluster, copy)):
            values = await wait_for_values(cluster, written - deleted + 1 + start)
    assert values == [*numbers(deleted, written), *numbers(90, 92)]
    assert counted._value.get() - before == deleted
    assert caplog.text.count("records were deleted before the stage first read") <= 1


def has_joined(stage: Stage) -> bool:
    return not stage.assignment.obstacle()


async def test_a_reported_loss_without_new_records_is_not_reported_again(cluster: Cluster) -> None:
    """Also if the stage is started and stopped while nothing comes in."""
    await create_stage_topics(cluster)
    await produce_values(cluster, numbers(0, 4))
    await delete_before(cluster, 4)
    counted = metrics.DELETED_UNREAD.labels("test", "0")
    before = counted._value.get()
    for _ in range(2):
        stage = build_stage(cluster, copy)
        async with run_stage(stage):
            await eventually(partial(has_joined, stage), "the stage has joined its group")
    assert counted._value.get() - before == 4
