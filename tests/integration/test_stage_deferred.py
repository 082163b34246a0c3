"""Records without effect on a real broker: their offsets need no transactions of their own."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum

from aiokafka import TopicPartition
from prometheus_client import REGISTRY

from shared.base.outcomes import Drop
from shared.kafka.cluster import Cluster
from shared.limits.hold_mark import HoldMark, fetch_committed_offsets
from shared.stream.deferred_offsets import COMMIT_INTERVAL_S
from shared.stream.stage import Stage
from shared.stream.work import HandlerResult
from tests.stage_tools import (
    SOURCE,
    build_stage,
    copy,
    create_stage_topics,
    eventually,
    fetch_values,
    numbers,
    produce_values,
    run_stage,
    wait_for_values,
)

GROUP = "test"


class Reason(StrEnum):
    """Why a record of these tests is dropped."""

    OTHER_VALUE = "other_value"


class DropAllBut:
    """A handler that copies one value and drops every other; it counts what it is called with."""

    def __init__(self, value: bytes) -> None:
        self.value, self.calls = value, list[bytes]()

    def handle(self, value: bytes | None) -> HandlerResult | Drop:
        self.calls.append(value or b"")
        return copy(value) if value == self.value else Drop(Reason.OTHER_VALUE)


async def committed(cluster: Cluster) -> HoldMark:
    """Return what the group has committed for the only partition."""
    consumer = cluster.group_consumer(GROUP)
    tp = TopicPartition(cluster.name(SOURCE.name), 0)
    await consumer.start()
    try:
        return HoldMark.from_committed((await fetch_committed_offsets(consumer, [tp])).get(tp))
    finally:
        await consumer.stop()


def transactions(cluster: Cluster) -> float:
    """Return how many transactions the group has committed in this process."""
    labels = {"group": cluster.name(GROUP)}
    return REGISTRY.get_sample_value("summitwire_transactions_total", labels) or 0.0


async def produce_one_by_one(cluster: Cluster, handler: DropAllBut, values: list[bytes]) -> None:
    """Write values, each as a batch of its own."""
    for value in values:
        await produce_values(cluster, [value])
        await eventually(lambda value=value: value in handler.calls, "it is processed")  # type: ignore[misc]


@asynccontextmanager
async def killed(stage: Stage) -> AsyncIterator[None]:
    """Run a stage that commits nothing at its end, as after a kill."""
    await stage.start()
    running = asyncio.create_task(stage.run())
    await eventually(lambda: bool(stage.assignment.partitions), "it is assigned its partition")
    yield
    running.cancel()
    await asyncio.wait([running])
    for partition in stage.assignment.partitions.values():
        await partition.producer.stop()
    stage.assignment.partitions.clear()
    await stage.stop()


async def test_records_without_effect_share_a_transaction(cluster: Cluster) -> None:
    """Twenty of them need one a second, and their offset is committed in the end."""
    await create_stage_topics(cluster)
    handler = DropAllBut(b"")
    async with run_stage(build_stage(cluster, handler.handle, name=GROUP)):
        await produce_one_by_one(cluster, handler, numbers(0, 1))  # with it the hold mark is set
        before, began = transactions(cluster), time.monotonic()
        await produce_one_by_one(cluster, handler, numbers(1, 21))

        async def is_committed() -> bool:
            return (await committed(cluster)).offset == 21

        await eventually(is_committed, "the offset is committed")
        took_s = time.monotonic() - began
        assert transactions(cluster) - before <= took_s / COMMIT_INTERVAL_S + 1


async def test_a_record_with_an_output_takes_the_offset_along(cluster: Cluster) -> None:
    """It is written at once; what was dropped before it is committed with it."""
    await create_stage_topics(cluster)
    handler = DropAllBut(b"000005")
    async with run_stage(build_stage(cluster, handler.handle, name=GROUP)):
        await produce_one_by_one(cluster, handler, numbers(0, 6))
        assert await wait_for_values(cluster, 1) == [b"000005"]
        assert (await committed(cluster)).offset == 6


async def test_a_stage_that_stops_commits_what_waits(cluster: Cluster) -> None:
    """The next owner begins after it, and the partition is released in order."""
    await create_stage_topics(cluster)
    handler = DropAllBut(b"")
    async with run_stage(build_stage(cluster, handler.handle, name=GROUP)):
        await produce_one_by_one(cluster, handler, numbers(0, 4))
    mark = await committed(cluster)
    assert (mark.offset, mark.suspects) == (4, 0)


async def test_what_waits_when_a_process_dies_is_read_again(cluster: Cluster) -> None:
    """As suspects, for one of them may have ended it; they leave nothing twice."""
    await create_stage_topics(cluster)
    handler = DropAllBut(b"000000")
    async with killed(build_stage(cluster, handler.handle, name=GROUP, max_records=8)):
        await produce_one_by_one(cluster, handler, numbers(0, 4))
    mark = await committed(cluster)
    assert mark.suspects == 8
    assert 1 <= (mark.offset or 0) <= 4
    again = DropAllBut(
        b"000000"
    )  # it may be called in a child process, where nobody sees its calls
    async with run_stage(build_stage(cluster, again.handle, name=GROUP, max_records=8)):
        await produce_values(cluster, [b"000009"])

        async def is_committed() -> bool:
            return (await committed(cluster)).offset == 5

        await eventually(is_committed, "the last record is processed")
    assert await fetch_values(cluster) == [b"000000"]


async def test_no_more_records_wait_than_the_hold_mark_says(cluster: Cluster) -> None:
    """What waits and the next batch stay within it: a record that kills is always a suspect."""
    await create_stage_topics(cluster)
    handler = DropAllBut(b"")
    async with killed(build_stage(cluster, handler.handle, name=GROUP, max_records=5)):
        await produce_values(cluster, numbers(0, 24))
        await eventually(lambda: len(handler.calls) == 24, "all are processed")
    mark = await committed(cluster)
    assert mark.suspects == 5
    assert (mark.offset or 0) >= 24 - 5
