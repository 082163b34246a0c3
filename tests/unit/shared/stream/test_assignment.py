"""The order of things on assignment, with a cluster that is passed in; tests/integration/test_stage_traps.py has the real one."""

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
from shared.stream.assignment import AssignedPartition, PartitionAssignment
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
        return dict.fromkeys(tps, 40)

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


async def joined(cluster: FakeCluster, **options: Any) -> PartitionAssignment:
    ownership = PartitionAssignment(
        cast("Cluster", cluster),
        group="g",
        source=ARTICLES_CLEAN,
        progress=Progress(120.0, 0.0),
        **options,
    )
    await ownership.start()
    await ownership.on_partitions_assigned([TP])
    return ownership


async def test_the_producer_starts_before_the_committed_offset_is_read() -> None:
    """Starting it aborts what the predecessor left open: only then is the offset final (trap 1)."""
    cluster = FakeCluster()
    await joined(cluster)
    assert cluster.log == ["start g-articles.clean.v1-0", "read committed", "seek 5"]


@pytest.mark.parametrize(("committed", "then"), [(None, "seek to beginning"), (0, "seek 0")])
async def test_the_position_is_always_set_again(committed: int | None, then: str) -> None:
    """Also where nothing was ever committed, and where that is offset 0 (trap 2)."""
    cluster = FakeCluster(committed)
    await joined(cluster)
    assert cluster.log[-1] == then


async def test_partitions_are_released_only_when_the_batch_is_over() -> None:
    """The lock is the stage's while it works (trap 3)."""
    cluster, released = FakeCluster(), list[AssignedPartition]()

    async def note(owned: AssignedPartition) -> None:
        released.append(owned)

    ownership = await joined(cluster, on_revoked=note)
    await ownership.lock.acquire()
    revoking = asyncio.create_task(ownership.on_partitions_revoked([TP]))
    await asyncio.sleep(0)
    assert (ownership.is_rebalancing, list(ownership.partitions), released) == (True, [TP], [])
    ownership.lock.release()
    await revoking
    assert (list(ownership.partitions), [owned.tp for owned in released]) == ([], [TP])
    assert cluster.log[-1] == "stop g-articles.clean.v1-0"


async def test_a_rebalance_ends_the_wait_for_records() -> None:
    """Or the two would wait for each other for ever (trap 7); nothing is fetched until the new assignment stands."""
    cluster = FakeCluster()
    ownership = await joined(cluster)
    async with ownership.lock:
        fetching = asyncio.create_task(ownership.fetch(10))
        await cluster.consumer.waiting.wait()
        revoking = asyncio.create_task(ownership.on_partitions_revoked([TP]))
        assert await asyncio.wait_for(fetching, 5) == {}
    await revoking
    assert await asyncio.wait_for(ownership.fetch(10), 5) == {}
    await ownership.on_partitions_assigned([TP])
    assert not ownership.is_rebalancing


async def test_the_group_is_polled_while_it_rebalances() -> None:
    """aiokafka hands its coordinator's errors over only in a poll, and lets a member that never polls never join again."""
    cluster = FakeCluster()
    ownership = await joined(cluster)
    await ownership.on_partitions_revoked([TP])

    async def getmany(**_options: int) -> dict[TopicPartition, list[Any]]:
        raise KafkaError("the coordinator's")

    assert await asyncio.wait_for(ownership.fetch(10), 5) == {}
    assert cluster.consumer.waiting.is_set()
    cluster.consumer.getmany = getmany  # type: ignore[method-assign]
    with pytest.raises(KafkaError, match="the coordinator's"):
        await ownership.fetch(10)


async def test_a_rebalance_is_no_progress() -> None:
    """The watchdog must see a rebalance that never ends; a completed poll is progress again."""
    cluster, progress = FakeCluster(), Progress(0.05, time.monotonic())
    ownership = PartitionAssignment(
        cast("Cluster", cluster), group="g", source=ARTICLES_CLEAN, progress=progress
    )
    await ownership.start()
    deadline = time.monotonic() + 5
    while (
        standstill := progress.find_standstill(time.monotonic())
    ) is None or standstill.exit_code != exits.TEMPORARY_FAILURE:
        assert time.monotonic() < deadline
        progress.pulse(time.monotonic())
        await ownership.fetch(10)
    assert "a poll or rebalance of g" in standstill.description
    await ownership.on_partitions_assigned([TP])
    assert progress.find_standstill(time.monotonic()) is None


async def test_records_deleted_unread_are_counted_and_passed_over() -> None:
    """The broker deleted them before they were read: that is told, with how many, and what is left is read."""
    cluster = FakeCluster()
    ownership = await joined(cluster)
    counted = metrics.DELETED_UNREAD.labels("g", "0")
    before = counted._value.get()

    async def getmany(**_options: int) -> dict[TopicPartition, list[Any]]:
        raise OffsetOutOfRangeError({TP: 5})

    cluster.consumer.getmany = getmany  # type: ignore[method-assign]
    assert await ownership.fetch(10) == {}
    assert (cluster.log[-1], counted._value.get() - before) == ("seek 40", 35)


async def test_what_others_gave_is_kept_where_one_partition_has_lost_records() -> None:
    """Their positions have moved: a batch that is dropped then is never read again."""
    cluster = FakeCluster()
    ownership = await joined(cluster)
    other = TopicPartition("articles.clean.v1", 1)
    await ownership.on_partitions_assigned([other])

    async def getmany(
        *partitions: TopicPartition, **_options: int
    ) -> dict[TopicPartition, list[Any]]:
        if partitions:
            raise OffsetOutOfRangeError({other: 5})
        return {TP: ["record"]}

    cluster.consumer.getmany = getmany  # type: ignore[method-assign]
    assert await ownership.fetch(10) == {TP: ["record"]}
    assert cluster.log[-1] == "seek 40"


async def test_records_that_arrive_as_a_rebalance_begins_are_still_ours() -> None:
    """The lock is held: they are worked on, and nothing more is asked of a consumer that would wait for the new assignment."""
    cluster = FakeCluster()
    ownership = await joined(cluster)
    asked: list[Sequence[TopicPartition]] = []

    async def getmany(
        *partitions: TopicPartition, **_options: int
    ) -> dict[TopicPartition, list[Any]]:
        asked.append(partitions)
        ownership.is_rebalancing = True  # in the same moment
        return {TopicPartition("articles.clean.v1", 7): ["record"]}

    cluster.consumer.getmany = getmany  # type: ignore[method-assign]
    assert list(await ownership.fetch(10)) == [TopicPartition("articles.clean.v1", 7)]
    assert asked == [()]


async def test_every_partition_that_has_records_gets_its_turn() -> None:
    """One partition's transactions follow each other slowly; those of several run side by side."""
    cluster = FakeCluster()
    ownership = await joined(cluster)
    other = TopicPartition("articles.clean.v1", 1)
    await ownership.on_partitions_assigned([other])

    async def getmany(
        *partitions: TopicPartition, **_options: int
    ) -> dict[TopicPartition, list[Any]]:
        return {tp: ["record"] for tp in partitions or [TP]}

    cluster.consumer.getmany = getmany  # type: ignore[method-assign]
    assert await ownership.fetch(10) == {TP: ["record"], other: ["record"]}


async def test_it_is_joined_with_no_partition_too() -> None:
    """One worker more than there are partitions is ready to take over, and must not look broken."""
    cluster = FakeCluster()
    ownership = PartitionAssignment(
        cast("Cluster", cluster), group="g", source=ARTICLES_CLEAN, progress=Progress(120.0, 0.0)
    )
    await ownership.start()
    assert not ownership.has_joined
    assert ownership.obstacle() == "it has not joined its group yet"
    await ownership.on_partitions_assigned([])
    assert (ownership.has_joined, cluster.log) == (True, [])


async def test_a_failure_in_a_rebalance_is_raised_by_the_next_check() -> None:
    """aiokafka only logs what a listener raises."""

    def broken(_owned: AssignedPartition) -> None:
        raise ValueError("a bug")

    async def broken_too(owned: AssignedPartition) -> None:
        broken(owned)

    ownership = await joined(FakeCluster(), on_assigned=broken)
    assert not ownership.has_joined
    with pytest.raises(ValueError, match="a bug"):
        ownership.check()
    with pytest.raises(ValueError, match="a bug"):
        (await _revoked(on_revoked=broken_too)).check()


async def _revoked(**options: Any) -> PartitionAssignment:
    ownership = await joined(FakeCluster(), **options)
    await ownership.on_partitions_revoked([TP])
    return ownership


async def test_a_stop_lets_go_of_everything_and_leaves_the_group() -> None:
    """In that order: nobody may take over while our producer could still write."""
    cluster = FakeCluster()
    ownership = await joined(cluster)
    await ownership.stop()
    assert cluster.log[-2:] == ["stop g-articles.clean.v1-0", "leave"]


async def test_a_member_waits_longer_for_the_group_than_a_rebalance_may_take() -> None:
    """Otherwise JoinGroup times out for ever (trap 6); and it reads committed records only, and commits nothing by itself (trap 5)."""
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
    """Downstream of a transaction nothing else is true (trap 5)."""
    assert Cluster(KafkaSettings()).reader()._isolation_level == "read_committed"
