"""Owning partitions: a group member that holds, for each partition it is assigned, a transactional producer and the restored state.

The order on assignment is what makes processing exactly-once (measured under kill -9, pauses and broker crashes; each step's reason
stands beside it). Starting the partition's producer fences whoever owned the partition before.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import NoOffsetForPartitionError, OffsetOutOfRangeError

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
"""Taking a partition's mark back must not hold a rebalance up; where it fails, the next owner is careful for nothing."""
POLL_MS: Final = 200
REBALANCE_POLL_S: Final = 0.02
FETCH_BYTES: Final = 1024 * 1024
"""Of a partition at once. Of larger messages half the largest: raw pages in reads of 1 MiB came three to a transaction (bench/cleaner_stream.py)."""


_NO_POSITION: Final = (NoOffsetForPartitionError, OffsetOutOfRangeError)
"""What a poll says of a partition whose position is yet to be set."""


async def _nothing(_owned: "AssignedPartition") -> None:
    """Where a partition that is taken away needs no farewell."""


@dataclass(slots=True)
class AssignedPartition:
    """One owned partition."""

    tp: TopicPartition
    producer: AIOKafkaProducer
    state: StateStore = field(default_factory=StateStore)
    hold: HoldMark = field(default_factory=HoldMark)


class PartitionAssignment(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka publishes no types
    """Membership in one consumer group over one topic, with what each owned partition needs.

    Hold ``lock`` around ``fetch`` and whatever begins work on its records: then nothing begins inside a rebalance. ``on_revoked`` returns
    when the work on a partition is over, its commit included; only then is the partition let go.
    ``failure`` is set where a rebalance went wrong; aiokafka only logs errors of a listener, so the owner must ``check``.
    ``rebalancing`` is true from the moment partitions are taken away until the new ones are ready; ``joined`` once that happened.
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
        on_assigned: Callable[[AssignedPartition], None] = lambda _owned: None,
        on_revoked: Callable[[AssignedPartition], Awaitable[None]] = _nothing,
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
        """Return why no partition can be worked on now; "" once the group has decided, even where it left nothing for this member."""
        if not self.has_joined:
            return "it has not joined its group yet"
        return "its group is rebalancing" if self.is_rebalancing else ""

    @property
    def consumer(self) -> AIOKafkaConsumer:
        """The group's member; there from ``start`` on, because aiokafka builds its clients inside the event loop."""
        if self._consumer is None:
            raise RuntimeError("Ownership.start() has not been called")
        return self._consumer

    async def start(self) -> None:
        """Join the group; partitions arrive through the rebalance callbacks."""
        self._alive()
        self._consumer = self.cluster.group_consumer(
            self.group,
            max_partition_fetch_bytes=max(FETCH_BYTES, self.source.max_message_bytes // 2),
        )
        self.consumer.subscribe([self.cluster.name(self.source.name)], listener=self)
        await self.consumer.start()

    async def stop(self) -> None:
        """Leave the group and stop every producer. Call it outside ``lock``."""
        async with self.lock:
            await asyncio.gather(*(self._release(tp) for tp in list(self.partitions)))
        await asyncio.wait_for(self.consumer.stop(), STOP_TIMEOUT_S)

    def check(self) -> None:
        """Raise what went wrong in a rebalance, if anything did."""
        if self.failure is not None:
            raise self.failure

    async def fetch(
        self, max_records: int, *, busy: Collection[TopicPartition] = ()
    ) -> dict[TopicPartition, list[Any]]:
        """The next records, up to ``max_records`` of each partition that is not ``busy``. Call it with ``lock`` held.

        It waits a little where there is no record yet, not at all where some are busy. One partition's transactions follow each other
        slowly, those of several run side by side: so all that have records get their turn.

        aiokafka's getmany waits for the new assignment when data arrives during a rebalance; the rebalance waits for our lock: each would
        wait for the other for ever. So nothing is fetched while the group rebalances, and the wait is cancelled when that begins: every
        position is set again afterwards.
        """
        if self.is_rebalancing:
            await self._poll_without_records()
            return {}
        batches: dict[TopicPartition, list[Any]] = {}
        try:
            batches |= {} if busy else await self._first(max_records)
            if (
                busy or batches
            ) and not self.is_rebalancing:  # these calls give what is there and do not wait
                for tp in [tp for tp in self.partitions if tp not in batches and tp not in busy]:
                    batches |= await self.consumer.getmany(tp, max_records=max_records)
        except OffsetOutOfRangeError as error:
            await self._skip_deleted(
                *error.args
            )  # what others gave before is kept: their positions have moved
        if not self.is_rebalancing:
            self._alive()
        return batches

    async def _first(self, max_records: int) -> dict[TopicPartition, list[Any]]:
        self._fetching = asyncio.ensure_future(
            self.consumer.getmany(timeout_ms=POLL_MS, max_records=max_records)
        )
        await asyncio.wait([self._fetching])
        fetched, self._fetching = self._fetching, None
        return {} if fetched.cancelled() else fetched.result()

    async def _poll_without_records(self) -> None:
        """Poll while the group rebalances: aiokafka hands its coordinator's errors over only in a poll, and lets nobody join who never polls.

        What a poll gives here is let go: the position is set again once the partition is ours. It reports no progress to the watchdog.
        """
        polling = asyncio.ensure_future(self.consumer.getmany(max_records=1))
        await asyncio.wait([polling], timeout=REBALANCE_POLL_S)
        if not polling.done():
            polling.cancel()
            await asyncio.wait([polling])
        if (
            not polling.cancelled()
            and (error := polling.exception())
            and not isinstance(error, _NO_POSITION)
        ):
            raise error

    async def _skip_deleted(self, positions: Mapping[TopicPartition, int]) -> None:
        """Go on behind records that the broker deleted before they were read, and say how many they were."""
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
                    reads_on_from=begins[tp],
                )
            else:
                log.error(
                    "the topic ends before our position: it was made anew and is read from its start",
                    **where,
                    position=position,
                )
            self.consumer.seek(tp, begins[tp])

    def _alive(self) -> None:
        self._progress.mark_alive(self.group, time.monotonic())

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """The group takes partitions away: let the running batch commit, then let go."""
        self.is_rebalancing = True
        if self._fetching is not None:
            self._fetching.cancel()
        async with self.lock:
            try:
                await asyncio.gather(*(self._release(tp) for tp in revoked))
            except Exception as error:  # noqa: BLE001 - aiokafka would log it and go on
                self.failure = error

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """The group gives us partitions: fence, restore, and only then fetch."""
        async with self.lock:
            try:
                await self._take(assigned)
            except Exception as error:  # noqa: BLE001 - as above; the partitions would be ours and never read
                self.failure = error
            else:
                self.is_rebalancing, self.has_joined = False, True
                self._alive()

    async def _take(self, assigned: Sequence[TopicPartition]) -> None:
        # 1. Fence the predecessor and abort its open transaction: what it committed is final from here on.
        producers = await asyncio.gather(*(self._start_producer(tp) for tp in assigned))
        # 2. Only now is the state final; read it before the first record.
        states = await self._restore([tp.partition for tp in assigned])
        offsets = await fetch_committed_offsets(self.consumer, assigned)
        for tp, producer in zip(assigned, producers, strict=True):
            self.partitions[tp] = AssignedPartition(
                tp,
                producer,
                states.get(tp.partition, StateStore()),
                HoldMark.from_committed(offsets.get(tp)),
            )
            # 3. aiokafka has begun to fetch before this callback, from offsets that may have been old: set the position again.
            await self._seek(tp, self.partitions[tp].hold.offset)
            if self.partitions[tp].hold.suspects:
                self.partitions[tp].hold.limit_suspects((await self.consumer.end_offsets([tp]))[tp])
            if suspects := self.partitions[tp].hold.suspects:
                log.info(
                    "the last owner of a partition ended uncleanly",
                    stage=self.group,
                    partition=tp.partition,
                    careful_with=suspects,
                )
            self._on_assigned(self.partitions[tp])
        metrics.PARTITIONS.labels(self.group).set(len(self.partitions))
        log.debug(
            "partitions assigned",
            stage=self.group,
            partitions=sorted(tp.partition for tp in assigned),
        )

    async def _start_producer(self, tp: TopicPartition) -> AIOKafkaProducer:
        producer = self.cluster.transactional_producer(
            f"{self.group}-{self.source.name}-{tp.partition}"
        )
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
                on_read=self._alive,
                source=self.source.name,
            )

    async def _seek(self, tp: TopicPartition, offset: int | None) -> None:
        if offset is None:
            await self.consumer.seek_to_beginning(
                tp
            )  # seek_to_committed() would do nothing, and skip what was prefetched
        else:
            self.consumer.seek(tp, offset)

    async def _release(self, tp: TopicPartition) -> None:
        owned = self.partitions.get(tp)
        if owned is None:
            return
        await self._on_revoked(owned)
        await self._take_mark_back(owned)
        del self.partitions[tp]
        metrics.PARTITIONS.labels(self.group).set(len(self.partitions))
        metrics.LAG.remove(self.group, str(tp.partition))  # whoever has it now tells how far it is
        self._progress.forget(tp)
        await owned.producer.stop()

    async def _take_mark_back(self, owned: AssignedPartition) -> None:
        released = owned.hold.unmark_offset()
        if released is None:
            return
        committing = asyncio.create_task(
            commit(owned.producer, (), {owned.tp: released}, self.cluster.name(self.group))
        )
        await asyncio.wait([committing], timeout=RELEASE_TIMEOUT_S)
        if not committing.done():
            committing.cancel()
        elif error := committing.exception():
            log.debug(
                "the mark of a partition stays",
                stage=self.group,
                partition=owned.tp.partition,
                error=str(error),
            )
