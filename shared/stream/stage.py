"""One way to consume: read a micro-batch of one partition, work on it, write everything that follows in ONE Kafka transaction.

Outputs, dead letters, changed state and source offsets commit together or not at all, through the partition's own transactional
producer (shared/stream/assignment.py). A record that cannot be processed becomes a dead letter in the same transaction; one that must
wait pauses its partition, with growing waits, while heartbeats and the other partitions go on.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from aiokafka import TopicPartition

from shared.base import metrics
from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.kafka.cluster import Cluster
from shared.kafka.topics import Topic
from shared.kafka.transaction import Unwritable, commit
from shared.limits.cpu_timer import is_supported
from shared.messages.codec import check_version
from shared.record_batches.broken_record import BrokenRecord
from shared.stream.assignment import REBALANCE_POLL_S, AssignedPartition, PartitionAssignment
from shared.stream.backoff import Backoff
from shared.stream.dead_letter_breaker import TRIAL_RECORDS, DeadLetterBreaker
from shared.stream.dead_letters import outcome_from_broken
from shared.stream.results import Results
from shared.stream.watchdog import Progress
from shared.stream.work import (
    CarefulWork,
    DeadLettered,
    NotStarted,
    Outcome,
    Retry,
    Work,
    outcome_from_error,
)

log = get(__name__)

OBSERVE_EVERY_S: Final = 0.5
_UNFINISHED: Final = (Retry, NotStarted)
LOOK_AGAIN_S: Final = 0.01
"""While some partitions are busy, this often is looked whether the others have records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSpec:
    """What a stage is: its name (also its consumer group), where it reads, how it works, and what it writes besides dead letters.

    ``station`` is its entry in the latency ledger, e.g. ``t-cleaned``; ``state`` the compacted topic of its keyed state;
    ``max_records`` how many records of each partition a round takes at most.
    """

    name: str
    source: Topic
    work: Work
    checkpoint: str | None = None
    state: Topic | None = None
    max_records: int = 200
    breaker: DeadLetterBreaker = field(default_factory=DeadLetterBreaker)


@dataclass(frozen=True, slots=True)
class _Batch:
    """A partition's batch under way."""

    task: "asyncio.Task[bool]"
    first_offset: int


class Stage:
    """Runs a StageSpec on a cluster. ``start``, then ``run`` until ``stop`` is asked for; any error of ``run`` means: leave the process."""

    def __init__(self, spec: StageSpec, cluster: Cluster, progress: Progress) -> None:
        self.spec, self._cluster, self._progress = spec, cluster, progress
        self.assignment = PartitionAssignment(
            cluster,
            group=spec.name,
            source=spec.source,
            state=spec.state,
            progress=progress,
            on_assigned=self._assigned,
            on_revoked=self._revoked,
        )
        self._results = Results(
            cluster, stage=spec.name, source=spec.source, checkpoint=spec.checkpoint
        )
        self._pauses = Backoff()
        self._busy: dict[TopicPartition, _Batch] = {}
        self._served: dict[TopicPartition, float] = {}
        self._ahead = spec.max_records
        self._braked = False
        self._observed = 0.0
        self._stopping = asyncio.Event()

    @property
    def checks(self) -> dict[str, Callable[[], str]]:
        """What must hold for this stage to be ready, by its name."""
        return {self.spec.name: lambda: self.assignment.obstacle() or self.spec.breaker.reason()}

    async def start(self) -> None:
        """Join the consumer group."""
        await self.assignment.start()

    async def run(self) -> None:
        """Process batches until asked to stop; raises what makes going on impossible (fenced, broker gone)."""
        try:
            while not self._stopping.is_set():
                async with self.assignment.lock:
                    self.assignment.check()
                    await self._round()
                # A waiting rebalance takes the lock here; while the group decides there is nothing to read.
                await asyncio.sleep(REBALANCE_POLL_S if self.assignment.is_rebalancing else 0)
            while self._busy:
                await self._any_ends(within_s=None)
        finally:
            for batch in self._busy.values():
                batch.task.cancel()

    async def stop(self) -> None:
        """Finish the running batches, then leave the group."""
        self._stopping.set()
        await self.assignment.stop()

    async def _round(self) -> None:
        """Begin a batch of every partition that has records and is not busy; return when any batch has ended.

        A partition waits for its own transactions only: while the broker commits one, others are worked on.
        """
        self._brake(time.monotonic())
        self._resume(time.monotonic())
        batches = await self.assignment.fetch(self._ahead, busy=self._busy)
        # Records of a partition without a producer were prefetched too early: its position is set again on assignment.
        for tp in sorted(
            (tp for tp in batches if tp in self.assignment.partitions),
            key=lambda tp: self._served.get(tp, 0.0),
        ):
            task = asyncio.create_task(self._batch(self.assignment.partitions[tp], batches[tp]))
            self._busy[tp] = _Batch(task, batches[tp][0].offset)
        if self._busy:
            await self._any_ends(within_s=LOOK_AGAIN_S)
        await self._observe(time.monotonic())

    async def _any_ends(self, *, within_s: float | None) -> None:
        ended, _ = await asyncio.wait(
            [batch.task for batch in self._busy.values()],
            timeout=within_s,
            return_when=asyncio.FIRST_COMPLETED,
        )
        for tp in [tp for tp, batch in self._busy.items() if batch.task in ended]:
            in_time = self._busy.pop(tp).task.result()
            # Slow work is given as much as it gets done, so that little is fetched in vain.
            self._ahead = (
                min(self.spec.max_records, self._ahead * 2) if in_time else max(1, self._ahead // 2)
            )

    async def _batch(self, owned: AssignedPartition, records: Sequence[Any]) -> bool:
        """One batch to its commit; False where its time was over before all of it was begun."""
        started = time.monotonic()
        endings = await self._work(owned, records)
        finished = next(
            (i for i, end in enumerate(endings) if isinstance(end, _UNFINISHED)), len(endings)
        )
        if finished:
            try:
                await self._commit(owned, records[:finished], endings[:finished])
            except Unwritable as why:
                return await self._narrow_down(owned, records, finished, why)
            self._served[owned.tp] = (
                time.monotonic()
            )  # whoever waits longest is served first where there is not time for all
            metrics.BATCH_SECONDS.labels(self.spec.name).observe(self._served[owned.tp] - started)
        if finished < len(records):
            self._put_back(owned, records[finished], endings[finished], progressed=finished > 0)
            return isinstance(endings[finished], Retry)
        self._pauses.end(owned.tp)
        return True

    async def _narrow_down(
        self, owned: AssignedPartition, records: Sequence[Any], finished: int, why: Unwritable
    ) -> bool:
        """Try half of what could not be written, and read the rest again; a record that is alone with it becomes a dead letter."""
        log.warning(
            "unwritable",
            stage=self.spec.name,
            partition=owned.tp.partition,
            records=finished,
            error=str(why),
        )
        owned.state.rollback()
        tried = finished // 2 or 1
        if tried < len(records):
            self.assignment.consumer.seek(owned.tp, records[tried].offset)
        if finished > 1:
            await self._batch(owned, records[:tried])
        else:
            await self._give_up(owned, records[:1], why)
        return False

    async def _give_up(
        self, owned: AssignedPartition, record: Sequence[Any], why: Unwritable
    ) -> None:
        told = DeadLettered(
            Unwritable.__name__, f"what follows from it cannot be written: {why.__cause__ or why}"
        )
        try:
            await self._commit(owned, record, [told])
        except Unwritable:
            await self._commit(owned, record, [replace(told, small=True)])

    async def _work(self, owned: AssignedPartition, records: Sequence[Any]) -> list[Outcome]:
        refused = [_refuse(record) for record in records]
        good = [record.value for record, bad in zip(records, refused, strict=True) if bad is None]
        await self._mark(owned, records[0].offset)
        endings = iter(await self._run(owned, good))
        return [bad or next(endings) for bad in refused]

    async def _mark(self, owned: AssignedPartition, offset: int) -> None:
        """Say that we hold the partition before the first record that could end us; later commits say so by themselves."""
        if not owned.hold.is_set:
            marked = owned.hold.mark_offset(offset, self.spec.max_records)
            await commit(owned.producer, (), {owned.tp: marked}, self._cluster.name(self.spec.name))
            owned.hold.advance(offset, 0)

    async def _run(self, owned: AssignedPartition, values: Sequence[bytes | None]) -> list[Outcome]:
        """The endings of these values; carefully while they may be what ended the partition's last owner."""
        work = self.spec.work
        if owned.hold.suspects and isinstance(work, CarefulWork) and is_supported():
            return await work.run_carefully(values, owned.state)
        return await work.run(values, owned.state)

    async def _commit(
        self, owned: AssignedPartition, records: Sequence[Any], endings: Sequence[Outcome]
    ) -> None:
        writes = self._results.writes(records, endings, time.time_ns() // 1_000_000)
        if self.spec.state is not None:
            writes += owned.state.writes(
                self._cluster.name(self.spec.state.name), owned.tp.partition
            )
        offset = records[-1].offset + 1
        marked = owned.hold.mark_offset(offset, self.spec.max_records)
        await commit(owned.producer, writes, {owned.tp: marked}, self._cluster.name(self.spec.name))
        owned.hold.advance(offset, len(records))
        owned.state.commit()
        self._results.count(endings)
        self.spec.breaker.count(
            [end.error for end in endings if isinstance(end, DeadLettered)],
            len(endings),
            time.monotonic(),
        )
        metrics.BATCH_RECORDS.labels(self.spec.name).observe(len(records))

    def _put_back(
        self, owned: AssignedPartition, record: Any, end: Outcome, *, progressed: bool
    ) -> None:
        """Read from this record on again: at once where its turn had not come, after a wait where something is not ready."""
        owned.state.rollback()
        self.assignment.consumer.seek(owned.tp, record.offset)
        if not isinstance(end, Retry):
            return
        wait_s = self._pauses.begin(owned.tp, time.monotonic(), progressed=progressed)
        self.assignment.consumer.pause(owned.tp)
        metrics.RETRIES.labels(self.spec.name).inc()
        log.warning(
            "partition paused",
            stage=self.spec.name,
            partition=owned.tp.partition,
            wait_s=wait_s,
            cause=end.cause,
        )

    def _brake(self, now: float) -> None:
        """Read nothing while the breaker is open, and then a few records of each partition on trial."""
        is_open, owned = self.spec.breaker.is_open(now), list(self.assignment.partitions)
        if is_open:
            self.assignment.consumer.pause(*owned)
        elif self._braked:
            waiting = self._pauses.waiting()
            self.assignment.consumer.resume(*(tp for tp in owned if tp not in waiting))
        if is_open != self._braked:
            tell = log.error if is_open else log.info
            tell(
                "stage paused" if is_open else "stage reads on",
                stage=self.spec.name,
                because=self.spec.breaker.reason(),
            )
            metrics.BREAKER_OPEN.labels(self.spec.name).set(is_open)
        self._braked = is_open
        if self.spec.breaker.is_on_trial:
            self._ahead = min(self._ahead, TRIAL_RECORDS)

    def _resume(self, now: float) -> None:
        due = self._pauses.due(now)
        if due and not self._braked:
            self.assignment.consumer.resume(*due)

    async def _observe(self, now: float) -> None:
        """Tell the watchdog and the metrics how far each partition is; twice a second is often enough."""
        if now - self._observed < OBSERVE_EVERY_S:
            return
        self._observed, consumer, waiting = now, self.assignment.consumer, self._pauses.waiting()
        for tp in self.assignment.partitions:
            end = consumer.last_stable_offset(tp) or 0
            position = (
                self._busy[tp].first_offset if tp in self._busy else await consumer.position(tp)
            )  # what is under way is not done
            self._progress.observe(tp, position, end, now, waits=tp in waiting or self._braked)
            metrics.LAG.labels(self.spec.name, str(tp.partition)).set(max(0, end - position))
        metrics.PAUSED.labels(self.spec.name).set(len(waiting))

    def _assigned(self, owned: AssignedPartition) -> None:
        self._pauses.end(owned.tp)

    async def _revoked(self, owned: AssignedPartition) -> None:
        if owned.tp in self._busy:
            await asyncio.wait(
                [self._busy[owned.tp].task]
            )  # run() hears of its error, if it has one
        self._pauses.end(owned.tp)
        self._served.pop(owned.tp, None)


def _refuse(record: Any) -> DeadLettered | None:
    """Tell why a record never comes before the handle: it cannot be read, or a later version wrote it."""
    if isinstance(record, BrokenRecord):
        return outcome_from_broken(record)
    try:
        for name, value in record.headers:
            if name == "schema-version":
                check_version((value or b"").decode("utf-8", "replace"))
    except InvalidMessage as error:
        return outcome_from_error(error)
    return None
