"""Process a topic: read a micro-batch of a partition, process it, write all in ONE transaction.

Outputs, dead letters, changed state and source offsets commit together or not at all, through the
partition's own transactional producer (shared/stream/assignment.py). A record that cannot be
processed becomes a dead letter in the same transaction. A record that must wait pauses its
partition, longer each time, while heartbeats and the other partitions go on.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from aiokafka import TopicPartition

from shared.base import metrics
from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.kafka.cluster import Cluster
from shared.kafka.topics import Topic
from shared.kafka.transaction import Unwritable, Write, commit
from shared.limits.cpu_timer import is_supported
from shared.messages.codec import check_version
from shared.record_batches.broken_record import BrokenRecord
from shared.stream.assignment import AssignedPartition
from shared.stream.backoff import Backoff
from shared.stream.consume_loop import ConsumeLoop
from shared.stream.dead_letter_breaker import DeadLetterBreaker
from shared.stream.dead_letters import outcome_from_broken
from shared.stream.deferred_offsets import DeferredOffsets
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

_UNFINISHED: Final = (Retry, NotStarted)
FETCH_INTERVAL_S: Final = 0.01
"""While some partitions are busy, the others are checked for records this often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSpec:
    """Describes a stage: its name (also its consumer group), its source topic and its work.

    ``checkpoint`` is its entry in the latency record, e.g. ``t-cleaned``; ``state`` the compacted
    topic of its keyed state; ``max_records`` the most records of each partition that a round takes.
    ``prerequisite`` is awaited before the stage joins its group: a batch that waited for it would
    outlast its transaction.
    """

    name: str
    source: Topic
    work: Work
    checkpoint: str | None = None
    state: Topic | None = None
    max_records: int = 200
    breaker: DeadLetterBreaker = field(default_factory=DeadLetterBreaker)
    prerequisite: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class _RunningBatch:
    """A partition's batch that is being processed."""

    task: "asyncio.Task[bool]"
    first_offset: int


class Stage(ConsumeLoop):
    """Runs a StageSpec on a cluster."""

    def __init__(self, spec: StageSpec, cluster: Cluster, progress: Progress) -> None:
        super().__init__(
            cluster,
            progress,
            group=spec.name,
            source=spec.source,
            state=spec.state,
            breaker=spec.breaker,
        )
        self.spec = spec
        self._results = Results(
            cluster, stage=spec.name, source=spec.source, checkpoint=spec.checkpoint
        )
        self._backoff = Backoff()
        self._deferred = DeferredOffsets()
        self._busy: dict[TopicPartition, _RunningBatch] = {}
        self._served_at: dict[TopicPartition, float] = {}
        self._batch_size = spec.max_records

    async def start(self) -> None:
        """Wait for the prerequisite, then join the group."""
        if self.spec.prerequisite is not None:
            await self.spec.prerequisite()
        await super().start()

    async def run(self) -> None:
        """Process batches until ``stop``; raise what makes it impossible to continue."""
        try:
            await super().run()
            while self._busy:
                await self._wait_for_batches(timeout_s=None)
        finally:
            for batch in self._busy.values():
                batch.task.cancel()

    async def _round(self) -> None:
        """Start a batch of every idle partition that has records; return when any batch has ended.

        A partition waits for its own transactions only: while the broker commits one, others are
        processed.
        """
        metrics.PAUSED.labels(self.spec.name).set(len(self._backoff.waiting(time.monotonic())))
        self._start_due_commits()
        self._batch_size = self._limit_on_trial(self._batch_size)
        batches = await self.assignment.fetch(self._batch_size, busy=self._busy)
        # Records of a partition without a producer were prefetched too early: its position is set
        # again on assignment.
        assigned = [tp for tp in batches if tp in self.assignment.partitions]
        for tp in sorted(assigned, key=lambda tp: self._served_at.get(tp, 0.0)):
            batch = self._process(self.assignment.partitions[tp], batches[tp])
            self._busy[tp] = _RunningBatch(asyncio.create_task(batch), batches[tp][0].offset)
        if self._busy:
            await self._wait_for_batches(timeout_s=FETCH_INTERVAL_S)

    def _start_due_commits(self) -> None:
        """Start to commit the offsets that have waited for a transaction long enough."""
        for tp in self._deferred.due(time.monotonic(), self._busy):
            offset = self._deferred.offset(tp) or 0
            committing = self._commit_deferred(self.assignment.partitions[tp])
            self._busy[tp] = _RunningBatch(asyncio.create_task(committing), offset)

    async def _commit_deferred(self, partition: AssignedPartition) -> bool:
        """Commit the partition's deferred offset alone, if there is one; True, as ``_process``."""
        offset = self._deferred.offset(partition.tp)
        if offset is not None:
            await self._write(partition, (), offset, 0)
        return True

    async def _wait_for_batches(self, *, timeout_s: float | None) -> None:
        """Wait for the first batch to end, and adapt the batch size."""
        tasks = [batch.task for batch in self._busy.values()]
        ended, _ = await asyncio.wait(tasks, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        for tp in [tp for tp, batch in self._busy.items() if batch.task in ended]:
            in_time = self._busy.pop(tp).task.result()
            # Slow work gets as many records as it finishes in time, so that few are fetched twice.
            if in_time:
                self._batch_size = min(self.spec.max_records, self._batch_size * 2)
            else:
                self._batch_size = max(1, self._batch_size // 2)

    async def _process(self, partition: AssignedPartition, records: Sequence[Any]) -> bool:
        """Process and commit a batch; return whether all of it was started within the budget."""
        started = time.monotonic()
        if self._deferred.count(partition.tp) + len(records) > self.spec.max_records:
            # The hold mark promises that no more records than this are in progress.
            await self._commit_deferred(partition)
        outcomes = await self._outcomes(partition, records)
        unfinished = (i for i, end in enumerate(outcomes) if isinstance(end, _UNFINISHED))
        count = next(unfinished, len(outcomes))
        if count:
            try:
                await self._commit(partition, records[:count], outcomes[:count])
            except Unwritable as error:
                return await self._bisect(partition, records, count, error)
            # Where there is not time for all partitions, the one that has waited longest is next.
            self._served_at[partition.tp] = now = time.monotonic()
            metrics.BATCH_SECONDS.labels(self.spec.name).observe(now - started)
        if count < len(records):
            self._seek_back(partition, records[count], outcomes[count], progressed=count > 0)
            return isinstance(outcomes[count], Retry)
        self._backoff.end(partition.tp)
        return True

    async def _bisect(
        self, partition: AssignedPartition, records: Sequence[Any], count: int, error: Unwritable
    ) -> bool:
        """Retry the first half of an unwritable batch and read the rest again.

        A single record whose results cannot be written becomes a dead letter.
        """
        log.warning(
            "unwritable",
            stage=self.spec.name,
            partition=partition.tp.partition,
            records=count,
            error=str(error),
        )
        partition.state.rollback()
        half = count // 2 or 1
        if half < len(records):
            self.assignment.consumer.seek(partition.tp, records[half].offset)
        if count > 1:
            await self._process(partition, records[:half])
        else:
            await self._dead_letter_unwritable(partition, records[:1], error)
        return False

    async def _dead_letter_unwritable(
        self, partition: AssignedPartition, record: Sequence[Any], error: Unwritable
    ) -> None:
        message = f"its results cannot be written: {error.__cause__ or error}"
        outcome = DeadLettered(Unwritable.__name__, message)
        try:
            await self._commit(partition, record, [outcome])
        except Unwritable:
            await self._commit(partition, record, [replace(outcome, small=True)])

    async def _outcomes(
        self, partition: AssignedPartition, records: Sequence[Any]
    ) -> list[Outcome]:
        """Return one outcome for each record; unreadable records never reach the handler."""
        rejections = [_reject(record) for record in records]
        readable = [
            record.value
            for record, rejection in zip(records, rejections, strict=True)
            if rejection is None
        ]
        await self._set_hold_mark(partition, records[0].offset)
        outcomes = iter(await self._run_work(partition, readable))
        return [rejection or next(outcomes) for rejection in rejections]

    async def _set_hold_mark(self, partition: AssignedPartition, offset: int) -> None:
        """Commit the hold mark before the first record that could end this process.

        Later commits carry it anyway.
        """
        if not partition.hold.is_set:
            offsets = {partition.tp: partition.hold.mark_offset(offset, self.spec.max_records)}
            await commit(partition.producer, (), offsets, self._cluster.name(self.spec.name))
            partition.hold.advance(offset, 0)

    async def _run_work(
        self, partition: AssignedPartition, values: Sequence[bytes | None]
    ) -> list[Outcome]:
        """Run the work; carefully while one of these values may have ended the previous owner."""
        work = self.spec.work
        if partition.hold.suspects and isinstance(work, CarefulWork) and is_supported():
            return await work.run_carefully(values, partition.state)
        return await work.run(values, partition.state)

    async def _commit(
        self, partition: AssignedPartition, records: Sequence[Any], outcomes: Sequence[Outcome]
    ) -> None:
        """Commit what follows from these records; Unwritable if the broker refuses it.

        If nothing does, the offset waits, unless some of the next records are suspects.
        """
        writes = self._results.writes(records, outcomes, time.time_ns() // 1_000_000)
        if self.spec.state is not None:
            topic = self._cluster.name(self.spec.state.name)
            writes += partition.state.writes(topic, partition.tp.partition)
        offset = records[-1].offset + 1
        if writes or partition.hold.suspects:
            await self._write(partition, writes, offset, len(records))
        else:
            self._deferred.defer(partition.tp, offset, len(records), time.monotonic())
        self._results.count(outcomes)
        errors = [end.error for end in outcomes if isinstance(end, DeadLettered)]
        self._breaker.count(errors, len(outcomes), time.monotonic())
        metrics.BATCH_RECORDS.labels(self.spec.name).observe(len(records))

    async def _write(
        self, partition: AssignedPartition, writes: Sequence[Write], offset: int, records: int
    ) -> None:
        """Write records and the offset, with the hold mark, in one transaction."""
        offsets = {partition.tp: partition.hold.mark_offset(offset, self.spec.max_records)}
        await commit(partition.producer, writes, offsets, self._cluster.name(self.spec.name))
        partition.hold.advance(offset, records)
        partition.state.commit()
        self._deferred.clear(partition.tp)

    def _seek_back(
        self, partition: AssignedPartition, record: Any, outcome: Outcome, *, progressed: bool
    ) -> None:
        """Read from this record on again: at once, or after a wait if the outcome is Retry."""
        partition.state.rollback()
        self.assignment.consumer.seek(partition.tp, record.offset)
        if not isinstance(outcome, Retry):
            return
        wait_s = self._backoff.begin(partition.tp, time.monotonic(), progressed=progressed)
        self.assignment.consumer.pause(partition.tp)
        metrics.RETRIES.labels(self.spec.name).inc()
        log.warning(
            "partition paused",
            stage=self.spec.name,
            partition=partition.tp.partition,
            wait_s=wait_s,
            cause=outcome.cause,
        )

    def _partitions_to_pause(self, now: float) -> Collection[TopicPartition]:
        return self._backoff.waiting(now)

    def _observe_partition(self, tp: TopicPartition, position: int, end: int, now: float) -> None:
        if tp in self._busy:  # records in progress are not done
            position = self._busy[tp].first_offset
        waits = self._is_braked or tp in self._backoff.waiting(now)
        self._progress.observe(tp, position, end, now, waits=waits)
        metrics.LAG.labels(self.spec.name, str(tp.partition)).set(max(0, end - position))

    def _on_assigned(self, partition: AssignedPartition) -> None:
        self._backoff.end(partition.tp)

    async def _on_revoked(self, partition: AssignedPartition) -> None:
        if partition.tp in self._busy:
            # run() raises the batch's error, if it has one
            await asyncio.wait([self._busy[partition.tp].task])
        offset = self._deferred.offset(partition.tp)
        if offset is not None:  # it is committed with the removal of the hold mark
            partition.hold.advance(offset, 0)
            self._deferred.clear(partition.tp)
        self._backoff.end(partition.tp)
        self._served_at.pop(partition.tp, None)


def _reject(record: Any) -> DeadLettered | None:
    """Return why a record must not reach the handler: unreadable, or written by a later version."""
    if isinstance(record, BrokenRecord):
        return outcome_from_broken(record)
    try:
        for name, value in record.headers:
            if name == "schema-version":
                check_version((value or b"").decode("utf-8", "replace"))
    except InvalidMessage as error:
        return outcome_from_error(error)
    return None
