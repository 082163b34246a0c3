"""The order of steps on assignment, with a fake cluster.

tests/integration/test_stage_traps.py has a real one.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, cast

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError
from aiokafka.structs import OffsetAndMetadata

from shared.base import exits, metrics
from shared.base.settings import KafkaSettings
from shared.kafka.cluster import REBALANCE_TIMEOUT_MS, REQUEST_TIMEOUT_MS, Cluster
from shared.kafka.topics import ARTICLES_CLEAN
from shared.stream.assignment import POLL_MS, AssignedPartition, PartitionAssignment
from shared.stream.watchdog import Progress

TP = TopicPartition("articles.clean.v1", 0)


class FakeProducer:
    def __init__(self, log: list[str], name: str) -> None:
        self._log, self._name = log, name

    async def start(self) -> None:
        self._log.append(f"start {self._name}")

    async def stop(self) -> None:
        self._log.append(f"stop {self._name}")


class FakeConsumer:
    def __init__(self, log: list[str], committed: int | None) -> None:
        self._log, self._committed = log, committed
        self.begin = 40 if committed is not None else 0
        self.waiting = asyncio.Event()

    def subscribe(self, _topics: list[str], *, listener: object) -> None:
        pass

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        self._log.append("leave")

    @property
    def _coordinator(self) -> "FakeConsumer":
        return self

    async def fetch_committed_offsets(
        self, partitions: list[TopicPartition]
    ) -> dict[TopicPartition, OffsetAndMetadata]:
        self._log.append("read committed")
        return (
            {}
            if self._committed is None
            else {tp: OffsetAndMetadata(self._committed, "") for tp in partitions}
        )

    def seek(self, _tp: TopicPartition, offset: int) -> None:
        self._log.append(f"seek {offset}")

    async def seek_to_beginning(self, _tp: TopicPartition) -> None:
        self._log.append("seek to beginning")

    async def beginning_offsets(self, tps: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(tps, self.begin)

    async def getmany(self, **_options: int) -> dict[TopicPartition, list[Any]]:
        self.waiting.set()
        await asyncio.Event().wait()
        return {}


class FakeCluster:
    def __init__(self, committed: int | None = 5) -> None:
        self.log: list[str] = []
        self.consumer = FakeConsumer(self.log, committed)

    def name(self, name: str) -> str:
        return name

    def group_consumer(self, _group: str, **_options: int) -> FakeConsumer:
        return self.consumer

    def transactional_producer(self, name: str) -> FakeProducer:
        return FakeProducer(self.log, name)


async def join(cluster: FakeCluster, **options: Any) -> PartitionAssignment:
    assignment = PartitionAssignment(
        cast("Cluster", cluster),
        group="g",
        source=ARTICLES_CLEAN,
        progress=Progress(120.0, 0.0),
        **options,
    )
    await assignment.start()
    await assignment.on_partitions_assigned([TP])
    return assignment


async def test_the_producer_starts_before_the_committed_offset_is_read() -> None:
    """That aborts the previous owner's transaction: only then is the offset final (trap 1)."""
    cluster = FakeCluster()
    await join(cluster)
    assert cluster.log == ["start g-articles.clean.v1-0", "read committed", "seek 5"]


@pytest.mark.parametrize(("committed", "then"), [(None, "seek to beginning"), (0, "seek 0")])
async def test_the_position_is_always_set_again(committed: int | None, then: str) -> None:
    """Even if nothing was ever committed, and if the offset is 0 (trap 2)."""
    cluster = FakeCluster(committed)
    await join(cluster)
    assert cluster.log[-1] == then


async def test_partitions_are_released_only_when_the_batch_is_over() -> None:
    """The stage holds the lock while it works (trap 3)."""
    cluster, released = FakeCluster(), list[AssignedPartition]()

    async def note(partition: AssignedPartition) -> None:
        released.append(partition)

    assignment = await join(cluster, on_revoked=note)
    await assignment.lock.acquire()
    revoking = asyncio.create_task(assignment.on_partitions_revoked([TP]))
    await asyncio.sleep(0)
    assert (assignment.is_rebalancing, list(assignment.partitions), released) == (True, [TP], [])
    assignment.lock.release()
    await revoking
    assert (list(assignment.partitions), [partition.tp for partition in released]) == ([], [TP])
    assert cluster.log[-1] == "stop g-articles.clean.v1-0"


async def test_a_rebalance_ends_the_wait_for_records() -> None:
    """Otherwise they would deadlock (trap 7); nothing is fetched until the new assignment."""
    cluster = FakeCluster()
    assignment = await join(cluster)
    async with assignment.lock:
        fetching = asyncio.create_task(assignment.fetch(10))
        await cluster.consumer.waiting.wait()
        revoking = asyncio.create_task(assignment.on_partitions_revoked([TP]))
        assert await asyncio.wait_for(fetching, 5) == {}
    await revoking
    assert await asyncio.wait_for(assignment.fetch(10), 5) == {}
    await assignment.on_partitions_assigned([TP])
    assert not assignment.is_rebalancing


async def test_the_group_is_polled_while_it_rebalances() -> None:
    """aiokafka passes on its coordinator's errors only in polls, and a member must poll to join."""
    cluster = FakeCluster()
    assignment = await join(cluster)
    await assignment.on_partitions_revoked([TP])

    async def getmany(**_options: int) -> dict[TopicPartition, list[Any]]:
        raise KafkaError("the coordinator's")

    assert await asyncio.wait_for(assignment.fetch(10), 5) == {}
    assert cluster.consumer.waiting.is_set()
    cluster.consumer.getmany = getmany  # type: ignore[method-assign]
    with pytest.raises(KafkaError, match="the coordinator's"):
        await assignment.fetch(10)


async def test_a_rebalance_is_no_progress() -> None:
    """The watchdog must notice a rebalance that never ends; a completed poll is progress again."""
    cluster, progress = FakeCluster(), Progress(0.05, time.monotonic())
    assignment = PartitionAssignment(
        cast("Cluster", cluster), group="g", source=ARTICLES_CLEAN, progress=progress
    )
    await assignment.start()
    deadline = time.monotonic() + 5
    while (
        standstill := progress.find_standstill(time.monotonic())
    ) is None or standstill.exit_code != exits.TEMPORARY_FAILURE:
        assert time.monotonic() < deadline
        progress.pulse(time.monotonic())
        await assignment.fetch(10)
    assert "a poll or rebalance of g" in standstill.description
    await assignment.on_partitions_assigned([TP])
    assert progress.find_standstill(time.monotonic()) is None


async def test_records_deleted_unread_are_counted_and_skipped() -> None:
    """How many the broker deleted is reported, and the records that are left are read."""
    cluster = FakeCluster()
    assignment = await join(cluster)
    counted = metrics.DELETED_UNREAD.labels("g", "0")
    before = counted._value.get()

    async def getmany(**_options: int) -> dict[TopicPartition, list[Any]]:
        raise OffsetOutOfRangeError({TP: 5})

    cluster.consumer.getmany = getmany  # type: ignore[method-assign]
    assert await assignment.fetch(10) == {}
    assert (cluster.log[-1], counted._value.get() - before) == ("seek 40", 35)


async def test_batches_of_other_partitions_are_kept_when_one_has_lost_records() -> None:
    """Positions of the other partitions have moved: a discarded batch would never be read again."""
    cluster = FakeCluster()
    assignment = await join(cluster)
    second = TopicPartition("articles.clean.v1", 1)
    await assignment.on_partitions_assigned([second])

    async def getmany(
        *partitions: TopicPartition, **_options: int
    ) -> dict[TopicPartition, list[Any]]:
        if partitions:
            raise OffsetOutOfRangeError({second: 5})
        return {TP: ["record"]}

    cluster.consumer.getmany = getmany  # type: ignore[method-assign]
    assert await assignment.fetch(10) == {TP: ["record"]}
    assert cluster.log[-1] == "seek 40"


async def test_records_that_arrive_as_a_rebalance_begins_are_processed() -> None:
    """They are processed, as the lock is held, but the consumer is not called: it would block."""
    cluster = FakeCluster()
    assignment = await join(cluster)
    requested: list[Sequence[TopicPartition]] = []

    async def getmany(
        *partitions: TopicPartition, **_options: int
    ) -> dict[TopicPartition, list[Any]]:
        requested.append(partitions)
        assignment.is_rebalancing = True  # in the same moment
        return {TopicPartition("articles.clean.v1", 7): ["record"]}

    cluster.consumer.getmany = getmany  # type: ignore[method-assign]
    assert list(await assignment.fetch(10)) == [TopicPartition("articles.clean.v1", 7)]
    assert requested == [()]


async def test_every_partition_that_has_records_gets_its_turn() -> None:
    """One partition's transactions follow each other slowly; those of several run side by side."""
    cluster = FakeCluster()
    assignment = await join(cluster)
    second = TopicPartition("articles.clean.v1", 1)
    await assignment.on_partitions_assigned([second])

    async def getmany(
        *partitions: TopicPartition, **_options: int
    ) -> dict[TopicPartition, list[Any]]:
        return {tp: ["record"] for tp in partitions or [TP]}

    cluster.consumer.getmany = getmany  # type: ignore[method-assign]
    assert await assignment.fetch(10) == {TP: ["record"], second: ["record"]}


async def test_a_fetch_waits_no_longer_than_it_may() -> None:
    """The fetcher reads operators' requests while a poll's articles wait for the same lock."""
    cluster = FakeCluster()
    assignment = await join(cluster)
    waits: list[int] = []

    async def getmany(*_partitions: TopicPartition, timeout_ms: int = 0, **_options: int) -> Any:
        waits.append(timeout_ms)
        return {}

    cluster.consumer.getmany = getmany  # type: ignore[method-assign]
    assert await assignment.fetch(10) == {}
    assert await assignment.fetch(10, wait_ms=0) == {}
    assert waits == [POLL_MS, 0]


async def test_it_is_joined_with_no_partition_too() -> None:
    """One worker more than there are partitions is ready to take over, and must not look broken."""
    cluster = FakeCluster()
    assignment = PartitionAssignment(
        cast("Cluster", cluster), group="g", source=ARTICLES_CLEAN, progress=Progress(120.0, 0.0)
    )
    await assignment.start()
    assert not assignment.has_joined
    assert assignment.obstacle() == "it has not joined its group yet"
    await assignment.on_partitions_assigned([])
    assert (assignment.has_joined, cluster.log) == (True, [])


async def test_a_failure_in_a_rebalance_is_raised_by_the_next_check() -> None:
    """aiokafka only logs a listener's errors."""

    def fail(_partition: AssignedPartition) -> None:
        raise ValueError("a bug")

    async def fail_later(partition: AssignedPartition) -> None:
        fail(partition)

    assignment = await join(FakeCluster(), on_assigned=fail)
    assert not assignment.has_joined
    with pytest.raises(ValueError, match="a bug"):
        assignment.check()
    with pytest.raises(ValueError, match="a bug"):
        (await revoke_all(on_revoked=fail_later)).check()


async def revoke_all(**options: Any) -> PartitionAssignment:
    assignment = await join(FakeCluster(), **options)
    await assignment.on_partitions_revoked([TP])
    return assignment


async def test_stop_releases_everything_and_leaves_the_group() -> None:
    """In that order: nobody may take over while our producer could still write."""
    cluster = FakeCluster()
    assignment = await join(cluster)
    await assignment.stop()
    assert cluster.log[-2:] == ["stop g-articles.clean.v1-0", "leave"]


async def test_a_member_waits_longer_for_the_group_than_a_rebalance_may_take() -> None:
    """Otherwise JoinGroup would time out for ever (trap 6).

    It also reads committed records only, and commits nothing by itself (trap 5).
    """
    assert REQUEST_TIMEOUT_MS > REBALANCE_TIMEOUT_MS + 5_000
    member = Cluster(KafkaSettings()).group_consumer("g")
    assert (member._request_timeout_ms, member._rebalance_timeout_ms) == (
        REQUEST_TIMEOUT_MS,
        REBALANCE_TIMEOUT_MS,
    )
    assert (member._isolation_level, member._enable_auto_commit, member._auto_offset_reset) == (
        "read_committed",
        False,
        "none",
    )


async def test_every_reader_reads_committed_records_only() -> None:
    """Otherwise it would see what an aborted transaction wrote (trap 5)."""
    assert Cluster(KafkaSettings()).reader()._isolation_level == "read_committed"
