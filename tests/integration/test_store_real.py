"""Keyed state in a real changelog topic: exact, transactional, restored before the first record."""

import asyncio

from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from shared.base.outcomes import InvalidMessage
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DELIVERIES
from shared.kafka.transaction import Write, commit
from shared.stream.output import Output
from shared.stream.state_store import StateStore, restore
from shared.stream.work import HandlerResult, StatefulWork
from tests.kafka_tools import consume, produce
from tests.stage_tools import (
    SINK,
    SOURCE,
    STATE,
    build_stage,
    create_stage_topics,
    eventually,
    numbers,
    produce_values,
    run_stage,
    wait_for_values,
)


def count(value: bytes | None, state: StateStore) -> HandlerResult:
    """Count by the first letter.

    ``x`` deletes the counter of what follows it; ``bad`` changes it and then fails.
    """
    key = (value or b"")[:1]
    if key == b"x":
        state.set((value or b"")[1:2], None)
        return []
    number = int(state.get(key) or 0) + 1
    state.set(key, b"%d" % number)
    if (value or b"").endswith(b"bad"):
        raise InvalidMessage("bad")
    return [Output(SINK.name, key, b"%s%d" % (key, number))]


async def latest(cluster: Cluster) -> dict[bytes, bytes]:
    """Return the last value of each key in the changelog topic."""
    counters = {record.key: record.value for record in await consume(cluster, STATE.name)}
    return {key: value for key, value in counters.items() if value is not None}


async def test_state_continues_where_the_previous_owner_stopped(cluster: Cluster) -> None:
    """It is restored before the first record; a record that failed has changed nothing."""
    await create_stage_topics(cluster)
    await produce(cluster, SOURCE.name, [(b"k", value) for value in (b"a", b"b", b"abad", b"a")])
    async with run_stage(build_stage(cluster, StatefulWork(count), state=STATE)):
        assert await wait_for_values(cluster, 3) == [b"a1", b"a2", b"b1"]
    await produce(cluster, SOURCE.name, [(b"k", value) for value in (b"a", b"b")])
    async with run_stage(build_stage(cluster, StatefulWork(count), state=STATE)):
        assert await wait_for_values(cluster, 5) == [b"a1", b"a2", b"a3", b"b1", b"b2"]
    assert await latest(cluster) == {b"a": b"3", b"b": b"2"}


async def test_a_deleted_key_is_a_tombstone_and_stays_deleted(cluster: Cluster) -> None:
    """For this worker, for the next one, and for compaction."""
    await create_stage_topics(cluster)
    await produce(cluster, SOURCE.name, [(b"k", value) for value in (b"a", b"b", b"a", b"xa")])
    async with run_stage(build_stage(cluster, StatefulWork(count), state=STATE)):
        await wait_for_values(cluster, 3)
        await eventually(lambda: _has_tombstone(cluster), "the tombstone is written")
    await produce(cluster, SOURCE.name, [(b"k", b"a")])
    async with run_stage(build_stage(cluster, StatefulWork(count), state=STATE)):
        assert (await wait_for_values(cluster, 4)).count(b"a1") == 2
    assert await latest(cluster) == {b"a": b"1", b"b": b"1"}


async def _has_tombstone(cluster: Cluster) -> bool:
    return any(record.value is None for record in await consume(cluster, STATE.name))


async def test_state_of_a_transaction_that_was_not_committed_is_not_restored(
    cluster: Cluster,
) -> None:
    """Starting the producer aborts the dead owner's transaction; restoring does not wait for it."""
    await create_stage_topics(cluster)
    zombie = cluster.transactional_producer(f"test-{SOURCE.name}-0")
    await zombie.start()
    await commit(zombie, [Write(cluster.name(STATE.name), b"a", b"5", partition=0)], {}, "unused")
    await zombie.begin_transaction()
    await zombie.send_and_wait(cluster.name(STATE.name), b"99", key=b"a", partition=0)
    await produce_values(cluster, [b"a"])
    async with (
        asyncio.timeout(8),
        run_stage(build_stage(cluster, StatefulWork(count), state=STATE)),
    ):
        assert await wait_for_values(cluster, 1) == [b"a6"]
    await zombie.stop()


async def test_state_is_in_the_partition_of_its_source(cluster: Cluster) -> None:
    """Whatever its key: on assignment only that partition is read."""
    await create_stage_topics(cluster, 3)
    for partition in range(3):
        await produce_values(
            cluster, [b"%c1" % letter for letter in b"abcdef"], partition=partition
        )
    async with run_stage(build_stage(cluster, StatefulWork(count), state=STATE)):
        await wait_for_values(cluster, 18)
    states = await restore(cluster, STATE.name, [0, 2])
    assert {partition: dict(state.items()) for partition, state in states.items()} == {
        partition: {b"%c" % letter: b"1" for letter in b"abcdef"} for partition in (0, 2)
    }


async def test_a_moved_partition_takes_its_state_along(cluster: Cluster) -> None:
    """A second member takes over a partition while records come in: every counter stays exact."""
    await create_stage_topics(cluster, 2)
    async with run_stage(first := build_stage(cluster, StatefulWork(count), state=STATE)):
        await produce_values(cluster, numbers(0, 50), partition=0)
        await produce_values(cluster, numbers(0, 50), partition=1)
        async with run_stage(second := build_stage(cluster, StatefulWork(count), state=STATE)):
            await eventually(
                lambda: len(first.assignment.partitions) == len(second.assignment.partitions) == 1,
                "one partition each",
            )
            await produce_values(cluster, numbers(0, 50), partition=0)
            await produce_values(cluster, numbers(0, 50), partition=1)
            values = await wait_for_values(cluster, 200)
    assert sorted(values) == sorted([b"0%d" % number for number in range(1, 101)] * 2)


async def test_an_empty_state_topic_is_restored_at_once(cluster: Cluster) -> None:
    """At the very first start."""
    await create_stage_topics(cluster, 2)
    states = await asyncio.wait_for(restore(cluster, STATE.name, [0, 1]), 10)
    assert [dict(state.items()) for state in states.values()] == [{}, {}]
    assert await restore(cluster, STATE.name, []) == {}


async def test_a_state_topic_that_ends_in_markers_and_aborted_records_is_restored(
    cluster: Cluster,
) -> None:
    """Such offsets hold no record: waiting for one would never end."""
    await create_stage_topics(cluster)
    producer = cluster.transactional_producer("any")
    await producer.start()
    name = cluster.name(STATE.name)
    await commit(producer, [Write(name, b"a", b"1", partition=0)], {}, "unused")
    await producer.begin_transaction()
    await producer.send_and_wait(name, b"2", key=b"a", partition=0)
    await producer.abort_transaction()
    await producer.stop()
    (state,) = (await asyncio.wait_for(restore(cluster, STATE.name, [0]), 10)).values()
    assert dict(state.items()) == {b"a": b"1"}


async def test_a_state_topic_that_lost_its_first_records_says_so(cluster: Cluster) -> None:
    """Retention may have deleted state; a topic from which nothing was deleted is complete."""
    await create_stage_topics(cluster, 2)
    await produce(cluster, DELIVERIES.name, [(b"a", b"1"), (b"a", b"2"), (b"b", None)], partition=1)
    whole = await restore(cluster, DELIVERIES.name, [0, 1])
    assert [state.truncated for state in whole.values()] == [False, False]
    admin = cluster.admin()
    await admin.start()
    await admin.delete_records(
        {TopicPartition(cluster.name(DELIVERIES.name), 1): RecordsToDelete(1)}
    )
    await admin.close()
    states = await restore(cluster, DELIVERIES.name, [0, 1])
    assert {
        partition: (state.truncated, dict(state.items())) for partition, state in states.items()
    } == {0: (False, {}), 1: (True, {b"a": b"2"})}
