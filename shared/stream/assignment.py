"""Partition assignment: a group member with a producer and the state of each assigned partition.

The order of steps on assignment is what makes processing exactly-once (measured under kill -9,
pauses and broker crashes; each step's reason stands beside it). Starting the partition's
transactional producer fences its previous owner.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import NoOffsetForPartitionError, OffsetOutOfRangeError
from aiokafka.structs import OffsetAndMetadata

from shared.base import metrics
from shared.base.log import get
from shared.kafka.cluster import Cluster
from shared.kafka.topics import Topic
from shared.kafka.transaction import commit
from shared.limits.hold_mark import HoldMark, fetch_committed_offsets
from shared.stream.state_store import StateStore, restore
from shared.stream.watchdog import Progress

log = get(__name__)

STOP_TIMEOUT_S: Final = 5.0
RELEASE_TIMEOUT_S: Final = 2.0
"""Removing a partition's hold mark must not delay a rebalance. If it fails, the next owner is
careful without need."""
POLL_MS: Final = 200
REBALANCE_POLL_S: Final = 0.02
FETCH_BYTES: Final = 1024 * 1024
"""Per partition and fetch. For larger messages half the largest: raw pages in fetches of 1 MiB came
three to a transaction (bench/cleaner_stream.py)."""


_NO_POSITION: Final = (NoOffsetForPartitionError, OffsetOutOfRangeError)
"""The errors of a poll for a partition whose position has yet to be set."""


async def _do_nothing(_partition: "AssignedPartition") -> None:
    """Let a partition go without further work."""


@dataclass(slots=True)
class AssignedPartition:
    """One assigned partition."""

    tp: TopicPartition
    producer: AIOKafkaProducer
    state: StateStore = field(default_factory=StateStore)
    hold: HoldMark = field(default_factory=HoldMark)


class PartitionAssignment(ConsumerRebalanceListener):  # type: ignore[misc]  # it is untyped
    """Membership in one consumer group over one topic, with what each assigned partition needs.

    Hold ``lock`` around ``fetch`` and around starting work on its records: then no work starts
    during a rebalance. ``on_revoked`` returns when the work on a partition has ended, its commit
    included; only then is the partition released.

    ``failure`` is set if a rebalance failed: aiokafka only logs a listener's errors, so the user of
    this class must call ``check``. ``is_rebalancing`` is true from the moment partitions are
    revoked until the new ones are ready; ``has_joined`` once that has happened.
    """

    def __init__(
        self,
        cluster: Cluster,
        *,
        group: str,
        source: Topic,
        progress: Progress,
        state: Topic | None = None,
        make_state: Callable[[], StateStore] = StateStore,
        on_assigned: Callable[[AssignedPartition], None] = lambda _partition: None,
        on_revoked: Callable[[AssignedPartition], Awaitable[None]] = _do_nothing,
    ) -> None:
        self.cluster, self.group, self.source, self.state = cluster, group, source, state
        self._progress = progress
        self._make_state = make_state
        self.lock = asyncio.Lock()
        self.partitions: dict[TopicPartition, AssignedPartition] = {}
        self.failure: BaseException | None = None
        self.is_rebalancing, self.has_joined = True, False
        self._consumer: AIOKafkaConsumer | None = None
        self._fetching: asyncio.Future[dict[TopicPartition, list[Any]]] | None = None
        self._on_assigned, self._on_revoked = on_assigned, on_revoked

    def obstacle(self) -> str:
        """Return why no partition can be processed now, or "".

        Once the group has assigned its partitions there is no obstacle, even if this member got
        none.
        """
        if not self.has_joined:
            return "it has not joined its group yet"
        return "its group is rebalancing" if self.is_rebalancing else ""

    @property
    def consumer(self) -> AIOKafkaConsumer:
        """The group member's consumer.

        It exists from ``start`` on, because aiokafka creates its clients inside the event loop.
        """
        if self._consumer is None:
            raise RuntimeError("PartitionAssignment.start() has not been called")
        return self._consumer

    async def start(self) -> None:
        """Join the group; partitions arrive through the rebalance callbacks."""
        self._report_alive()
        fetch_bytes = max(FETCH_BYTES, self.source.max_message_bytes // 2)
        self._consumer = self.cluster.group_consumer(
            self.group, max_partition_fetch_bytes=fetch_bytes
        )
        self.consumer.subscribe([self.cluster.name(self.source.name)], listener=self)
        await self.consumer.start()

    async def stop(self) -> None:
        """Leave the group and stop every producer. Do not call it with ``lock`` held."""
        async with self.lock:
            await asyncio.gather(*(self._release(tp) for tp in list(self.partitions)))
        await asyncio.wait_for(self.consumer.stop(), STOP_TIMEOUT_S)

    def check(self) -> None:
        """Raise the error of a failed rebalance, if there was one."""
        if self.failure is not None:
            raise self.failure

    async def fetch(
        self, max_records: int, *, busy: Collection[TopicPartition] = (), wait_ms: int = POLL_MS
    ) -> dict[TopicPartition, list[Any]]:
        """Return the next records, up to ``max_records`` of each partition that is not ``busy``.

        Call it with ``lock`` held. It waits up to ``wait_ms`` if there are no records, but not if
        some partitions are busy. One partition's transactions follow each other slowly, those of
        several run side by side: so every partition that has records gets its turn.

        aiokafka's getmany waits for the new assignment when data arrives during a rebalance, and
        the rebalance waits for our lock: a deadlock. So nothing is fetched while the group
        rebalances, and a waiting fetch is cancelled when a rebalance begins: every position is set
        again afterwards.
        """
        if self.is_rebalancing:
            await self._poll_without_records()
            return {}
        batches: dict[TopicPartition, list[Any]] = {}
        try:
            batches |= {} if busy else await self._fetch_first(max_records, wait_ms)
            if (busy or batches) and not self.is_rebalancing:
                idle = [tp for tp in self.partitions if tp not in batches and tp not in busy]
                for tp in idle:  # without a timeout getmany returns what it has and does not wait
                    batches |= await self.consumer.getmany(tp, max_records=max_records)
        except OffsetOutOfRangeError as error:
            # What other partitions gave before is kept: their positions have moved.
            await self._skip_deleted(*error.args)
        if not self.is_rebalancing:
            self._report_alive()
        return batches

    async def _fetch_first(self, max_records: int, wait_ms: int) -> dict[TopicPartition, list[Any]]:
        """Wait for the first records of any partition; a rebalance cancels it."""
        fetching = self.consumer.getmany(timeout_ms=wait_ms, max_records=max_records)
        self._fetching = asyncio.ensure_future(fetching)
        await asyncio.wait([self._fetching])
        fetched, self._fetching = self._fetching, None
        return {} if fetched.cancelled() else fetched.result()

    async def _poll_without_records(self) -> None:
        """Poll while the group rebalances, and discard the records.

        aiokafka passes on its coordinator's errors only in a poll, and a member that never polls
        cannot join. Discarded records come again: the position is set again once the partition is
        assigned. Such a poll is no progress for the watchdog.
        """
        polling = asyncio.ensure_future(self.consumer.getmany(max_records=1))
        await asyncio.wait([polling], timeout=REBALANCE_POLL_S)
        if not polling.done():
            polling.cancel()
            await asyncio.wait([polling])
        if polling.cancelled():
            return
        error = polling.exception()
        if error and not isinstance(error, _NO_POSITION):
            raise error

    async def _report_never_read(self, tps: Sequence[TopicPartition]) -> None:
        """Report records that were deleted before the group first read their partition.

        Where it begins is committed, so that they are reported once.
        """
        begins = await self.consumer.beginning_offsets(list(tps)) if tps else {}
        for tp, begin in begins.items():
            if begin == 0:
                continue
            metrics.DELETED_UNREAD.labels(self.group, str(tp.partition)).inc(begin)
            log.warning(
                "records were deleted before the stage first read the partition",
                stage=self.group,
                partition=tp.partition,
                count=begin,
                continues_from=begin,
            )
            producer, group = self.partitions[tp].producer, self.cluster.name(self.group)
            await commit(producer, (), {tp: OffsetAndMetadata(begin, "")}, group)

    async def _skip_deleted(self, positions: Mapping[TopicPartition, int]) -> None:
        """Skip records that the broker deleted before they were read, and report how many."""
        begins = await self.consumer.beginning_offsets(list(positions))
        for tp, position in positions.items():
            deleted = max(0, begins[tp] - position)
            where = {"stage": self.group, "partition": tp.partition}
            if deleted:
                metrics.DELETED_UNREAD.labels(self.group, str(tp.partition)).inc(deleted)
                log.error(
                    "records were deleted before they were read",
                    **where,
                    count=deleted,
                    continues_from=begins[tp],
                )
            else:
                log.error(
                    "the topic ends before our position: it was recreated; reading from its start",
                    **where,
                    position=position,
                )
            self.consumer.seek(tp, begins[tp])

    def _report_alive(self) -> None:
        self._progress.mark_alive(self.group, time.monotonic())

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Let the running batches commit, then release the partitions."""
        self.is_rebalancing = True
        if self._fetching is not None:
            self._fetching.cancel()
        async with self.lock:
            try:
                await asyncio.gather(*(self._release(tp) for tp in revoked))
            except Exception as error:  # noqa: BLE001 - aiokafka would log it and go on
                self.failure = error

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Fence the previous owners, restore the state, and only then fetch."""
        async with self.lock:
            try:
                await self._take(assigned)
            except Exception as error:  # noqa: BLE001 - as above; nobody would read them
                self.failure = error
            else:
                self.is_rebalancing, self.has_joined = False, True
                self._report_alive()

    async def _take(self, tps: Sequence[TopicPartition]) -> None:
        # 1. Fence the previous owner and abort its open transaction: what it committed is now
        # final.
        producers = await asyncio.gather(*(self._start_producer(tp) for tp in tps))
        # 2. Only now is the state final; read it before the first record.
        states = await self._restore([tp.partition for tp in tps])
        offsets = await fetch_committed_offsets(self.consumer, tps)
        for tp, producer in zip(tps, producers, strict=True):
            hold = HoldMark.from_committed(offsets.get(tp))
            state = states.get(tp.partition, StateStore())
            self.partitions[tp] = AssignedPartition(tp, producer, state, hold)
            # 3. aiokafka began to fetch before this callback, from offsets that may have been
            # outdated:    set the position again.
            await self._seek(tp, hold.offset)
            if hold.suspects:
                hold.limit_suspects((await self.consumer.end_offsets([tp]))[tp])
            if hold.suspects:
                log.info(
                    "the previous owner of a partition ended uncleanly",
                    stage=self.group,
                    partition=tp.partition,
                    careful_with=hold.suspects,
                )
            self._on_assigned(self.partitions[tp])
        await self._report_never_read([tp for tp in tps if self.partitions[tp].hold.offset is None])
        metrics.PARTITIONS.labels(self.group).set(len(self.partitions))
        numbers = sorted(tp.partition for tp in tps)
        log.debug("partitions assigned", stage=self.group, partitions=numbers)

    async def _start_producer(self, tp: TopicPartition) -> AIOKafkaProducer:
        name = f"{self.group}-{self.source.name}-{tp.partition}"
        producer = self.cluster.transactional_producer(name)
        await producer.start()
        return producer

    async def _restore(self, partitions: Sequence[int]) -> dict[int, StateStore]:
        if self.state is None or not partitions:
            return {}
        with metrics.RESTORE_SECONDS.labels(self.group).time():
            return await restore(
                self.cluster,
                self.state.name,
                partitions,
                self._make_state,
                on_read=self._report_alive,
                source=self.source.name,
            )

    async def _seek(self, tp: TopicPartition, offset: int | None) -> None:
        if offset is None:
            # seek_to_committed() would do nothing here and skip what was prefetched
            await self.consumer.seek_to_beginning(tp)
        else:
            self.consumer.seek(tp, offset)

    async def _release(self, tp: TopicPartition) -> None:
        partition = self.partitions.get(tp)
        if partition is None:
            return
        await self._on_revoked(partition)
        await self._remove_hold_mark(partition)
        del self.partitions[tp]
        metrics.PARTITIONS.labels(self.group).set(len(self.partitions))
        metrics.LAG.remove(self.group, str(tp.partition))  # its next owner reports it
        self._progress.forget(tp)
        await partition.producer.stop()

    async def _remove_hold_mark(self, partition: AssignedPartition) -> None:
        offset = partition.hold.unmark_offset()
        if offset is None:
            return
        group = self.cluster.name(self.group)
        committing = asyncio.create_task(
            commit(partition.producer, (), {partition.tp: offset}, group)
        )
        await asyncio.wait([committing], timeout=RELEASE_TIMEOUT_S)
        if not committing.done():
            committing.cancel()
        elif error := committing.exception():
            number = partition.tp.partition
            log.debug("hold mark remains", stage=self.group, partition=number, error=str(error))
