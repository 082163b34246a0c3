"""dispatches.v1 → people: read ahead, queue each dispatch with its destination's worker.

Offsets are committed up to the first record that is not finished. A record is finished once its
notification is decided, or once it is kept in the state because its destination takes nothing.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from aiokafka import TopicPartition

from services.alerting.deliver.channels.channel import Channel
from services.alerting.deliver.context import MAX_UNFINISHED, Clock, DeliveryContext
from services.alerting.deliver.delivery_alerts import to_write
from services.alerting.deliver.destination_worker import DestinationWorker
from services.alerting.deliver.grouping.group_timing import GroupDefaults
from services.alerting.deliver.grouping.waiting import WaitingDispatch
from services.alerting.deliver.grouping.withholding import DeliveryPolicy
from services.alerting.deliver.ledger.ledger import GROUP, MAX_AHEAD, Ledger, StateChange
from services.alerting.deliver.ledger.ledger_state import LedgerState
from services.alerting.deliver.resume import (
    UnreadableDispatch,
    build_waiting,
    park_fatal,
    reopen,
    resume_escalations,
    resume_notifications,
    resume_stories,
    resume_waiting,
)
from services.alerting.deliver.trial_render import find_fatal_records, find_fatal_stored
from services.alerting.deliver.unhandled import DispatchName, end_unhandled, read_name
from shared.base import metrics
from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.feedback.message_links import MessageLinks
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DELIVERIES, DISPATCHES, NOTIFICATIONS
from shared.limits.cpu_timer import is_supported
from shared.limits.record_limits import DEFAULT_LIMITS, RecordLimits
from shared.messages import codec, headers
from shared.messages.delivery_keys import ESCALATION, waiting_key
from shared.messages.schemas import Dispatch, RedriveRequest
from shared.record_batches.broken_record import BrokenRecord
from shared.stream.assignment import AssignedPartition
from shared.stream.consume_loop import ConsumeLoop
from shared.stream.dead_letter_breaker import DeadLetterBreaker
from shared.stream.dead_letters import fingerprint, outcome_from_broken
from shared.stream.watchdog import Progress
from shared.stream.work import DeadLettered, outcome_from_error

log = get(__name__)

MAX_SPAN: Final = MAX_AHEAD // 2
"""Offsets between the first unfinished record and the last: what a restart reads again."""
MAX_WAITING: Final = 20_000
"""Dispatches of a partition that may wait; beyond, it is not read: they stay in their topic."""
MAX_RECORDS: Final = 200
FLUSH_INTERVAL_S: Final = 1.0
"""Offsets alone are committed this often; with a decision they are committed at once."""
REDRIVE_HEADER: Final = "redriven-offset"
REDRIVE_REQUEST: Final = f"{RedriveRequest.__name__}.v1"
"""The ``ce_type`` of an operator's request to post parked notifications."""
DRAIN_SHARE: Final = 0.6
"""The workers' share of the time that a service has to stop; the rest is for leaving the group."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the wall-clock time, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds of a clock that never goes back."""
        return time.monotonic()

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Return when the event is set or the seconds are over."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)


class PartitionDelivery:
    """The delivery of one partition: its ledger, and a worker per destination."""

    def __init__(
        self,
        partition: AssignedPartition,
        cluster: Cluster,
        context: DeliveryContext,
        breaker: DeadLetterBreaker,
    ) -> None:
        self.ledger, self._breaker = Ledger(partition, cluster), breaker
        self.failure: BaseException | None = None
        self._context = context
        self._workers: dict[str, DestinationWorker] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_resumed = False

    @property
    def waiting(self) -> int:
        """The number of dispatches and notifications that wait for their destinations."""
        return sum(map(len, self._workers.values()))

    async def resume(self) -> None:
        """Queue, once, what earlier owners have decided but not delivered, or kept waiting.

        After one that did not end cleanly, what ends a process is not queued.
        """
        if self._is_resumed:
            return
        self._is_resumed, was_held = True, self.ledger.was_held
        items = list(resume_notifications(self.ledger, self._context.clock.now()))
        stored, unreadable = resume_waiting(self.ledger, self._context)
        fatal: dict[str, DeadLettered] = {}
        if items or stored:
            await self.ledger.hold_stored()
            if was_held and is_supported():
                fatal = await find_fatal_stored(items, stored, self._context)
        for item in items:
            if reason := fatal.get(item.notification.notification_id):
                await park_fatal(self.ledger, item, reason, self._context.clock.now())
            else:
                self._worker(item.notification.destination).resume(item)
        for waiting in stored:
            if reason := fatal.get(waiting.dispatch.dispatch_id):
                await self._end_stored(waiting, reason)
            else:
                self._worker(waiting.dispatch.destination).add(waiting)
        for each in unreadable:
            await self._end_stored(each, outcome_from_error(each.because))
        for destination in sorted(self.ledger.destinations(ESCALATION)):
            self._worker(destination)  # it escalates by itself

    async def _end_stored(
        self, stored: WaitingDispatch | UnreadableDispatch, reason: DeadLettered
    ) -> None:
        """Make a stored dispatch that ends a process, or cannot be decoded, a dead letter."""
        dispatch = stored.dispatch if isinstance(stored, WaitingDispatch) else None
        source = stored.dispatch if isinstance(stored, WaitingDispatch) else stored
        name = DispatchName(source.dispatch_id, source.destination)
        key = waiting_key(name.destination, name.dispatch_id)
        change = StateChange(key, None)
        await self._end(name, stored.record, reason, dispatch=dispatch, changes=[change])
        log.warning(
            "a stored dispatch is a dead letter",
            destination=name.destination,
            dispatch=name.dispatch_id,
            because=reason.message,
        )

    async def _end(
        self,
        name: DispatchName,
        record: Any,
        reason: DeadLettered,
        *,
        dispatch: Dispatch | None = None,
        changes: Sequence[StateChange] = (),
        finished: Sequence[int] = (),
    ) -> None:
        """Write the dead letter of a dispatch, and its entry and fact, by which its alerts end.

        One that was decided before has its outcome.
        """
        now, letter = self._context.clock.now(), self.ledger.dead_letter(record, reason)
        now_ms = int(now.timestamp() * 1000)
        if self.ledger.has_dispatch(name.dispatch_id):
            await self.ledger.change(changes, now_ms=now_ms, finished=finished, also=[letter])
            return
        ended = end_unhandled(name.destination, name.dispatch_id, dispatch, reason.message, now)
        fact = to_write(ended.fact, self._context.notifications_topic, {}, now_ms)
        await self.ledger.write(
            ended.entry,
            now_ms=now_ms,
            changes=changes,
            finished=finished,
            also=[fact, letter],
        )

    async def accept_all(self, records: Sequence[Any]) -> None:
        """Accept records in order.

        After a deliverer that did not end cleanly, records that end a process become dead letters.
        """
        await self.ledger.hold(records[0].offset)
        fatal: dict[int, DeadLettered] = {}
        if self.ledger.suspects and is_supported():
            fatal = await find_fatal_records(records, self._context, self._is_decided)
        for record in records:
            if record.offset in fatal:
                self.ledger.begin(record.offset)
                await self._dead_letter(record, fatal[record.offset])
            else:
                await self.accept(record)
        self.ledger.trust(len(records))
        await self.store_excess(self._context.max_unfinished)

    async def accept(self, record: Any) -> None:
        """Queue a record with its destination's worker.

        A record that is no dispatch becomes a dead letter. One that was decided before is finished.
        """
        self.ledger.begin(record.offset)
        if isinstance(record, BrokenRecord):
            await self._dead_letter(record, outcome_from_broken(record))
            return
        incoming = headers.decode_headers(record.headers)
        try:
            codec.check_version(incoming.get("schema-version"))
            if incoming.get("ce_type") == REDRIVE_REQUEST:
                await self._redrive(codec.decode(record.value, RedriveRequest), record.offset)
                return
            dispatch = self._context.limits.once(codec.decode, record.value, Dispatch)
        except InvalidMessage as error:
            await self._dead_letter(record, outcome_from_error(error))
            return
        self._breaker.count([], 1, time.monotonic())
        if self._is_decided(dispatch, incoming):
            self.ledger.finish(record.offset)
            return
        is_redriven, now = REDRIVE_HEADER in incoming, self._context.clock.now()
        if is_redriven and self.ledger.is_in_doubt(dispatch.dispatch_id):
            dispatch = replace(dispatch, possible_repeat=True)
        waiting = build_waiting(dispatch, record, incoming, self._context.defaults, now)
        waiting.is_redriven = is_redriven
        if not self._worker(dispatch.destination).add(waiting):
            self.ledger.finish(record.offset)

    def _is_decided(self, dispatch: Dispatch, incoming: Mapping[str, str]) -> bool:
        """Return whether a dispatch needs no work; a person may ask for one that did not go out."""
        if REDRIVE_HEADER in incoming:
            return self.ledger.has_ended(dispatch.dispatch_id)
        return self.ledger.has_dispatch(dispatch.dispatch_id)

    async def _redrive(self, request: RedriveRequest, offset: int) -> None:
        """Queue the parked notifications that an operator asks for; a restart queues them, too."""
        worker, now = self._worker(request.destination), self._context.clock.now()
        items = list(resume_notifications(self.ledger, now, parked_of=request))
        entries = [reopen(self.ledger, item, now) for item in items]
        changes = [StateChange(entry.notification_id.encode(), entry) for entry in entries]
        now_ms = int(now.timestamp() * 1000)
        await self.ledger.change(changes, now_ms=now_ms, finished=(offset,))
        for item in items:
            worker.resume(item)

    async def store_excess(self, max_unfinished: int) -> None:
        """Keep the longest queues in the state while too many records are unfinished.

        So a destination that takes nothing keeps no other from being read.
        """
        while self.ledger.unfinished > max_unfinished:
            longest = max(self._workers.values(), key=lambda worker: worker.unstored)
            if not longest.unstored:
                return
            await longest.store()
        while self.ledger.span > MAX_SPAN:  # one that waits for long keeps the offset back
            waiting = [worker for worker in self._workers.values() if worker.unstored]
            if not waiting:
                return
            await min(waiting, key=lambda worker: worker.first_unstored).store()

    async def _dead_letter(self, record: Any, reason: DeadLettered) -> None:
        metrics.DEAD_LETTERS.labels(GROUP, reason.error).inc()
        log.warning(
            "dead letter",
            stage=GROUP,
            partition=record.partition,
            offset=record.offset,
            fingerprint=fingerprint(GROUP, reason),
            error=reason.message,
        )
        name = read_name(record.value)
        if name is None:
            await self.ledger.commit_dead_letter(record, reason)
        else:
            await self._end(name, record, reason, finished=(record.offset,))
        self._breaker.count([reason.error], 1, time.monotonic())

    def check(self) -> None:
        """Raise the error that a worker ended with, if one did."""
        if self.failure is not None:
            raise self.failure

    async def drain(self, seconds: float) -> None:
        """Let every worker finish its post.

        A worker that takes longer is cancelled, and its next post will be marked.
        """
        for worker in self._workers.values():
            worker.stop()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _worker(self, destination: str) -> DestinationWorker:
        if destination not in self._workers:
            stories = resume_stories(self.ledger, destination)
            escalations = resume_escalations(self.ledger, destination)
            worker = DestinationWorker(
                destination, self.ledger, self._context, stories, escalations
            )
            self._workers[destination] = worker
            task = asyncio.create_task(worker.run())
            self._tasks.add(task)
            task.add_done_callback(self._on_worker_end)
        return self._workers[destination]

    def _on_worker_end(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.failure = self.failure or task.exception()


class Deliverer(ConsumeLoop):
    """Runs deliver on a cluster.

    ``channels`` are by the word before a destination's colon. ``fallback`` is the destination, if
    any, that is alerted to addresses that refuse everything. ``drain_s`` is the time in which the
    service must stop. ``links`` signs the links in messages; without it they have none.
    """

    def __init__(
        self,
        cluster: Cluster,
        progress: Progress,
        channels: Mapping[str, Channel],
        *,
        fallback: str = "",
        drain_s: float = 10.0,
        clock: Clock | None = None,
        limits: RecordLimits = DEFAULT_LIMITS,
        defaults: GroupDefaults | None = None,
        policy: DeliveryPolicy | None = None,
        max_unfinished: int = MAX_UNFINISHED,
        links: MessageLinks | None = None,
    ) -> None:
        super().__init__(
            cluster,
            progress,
            group=GROUP,
            source=DISPATCHES,
            state=DELIVERIES,
            make_state=LedgerState,
            breaker=DeadLetterBreaker(),
        )
        self._context = DeliveryContext(
            channels=channels,
            clock=clock or SystemClock(),
            dice=random.random,
            fallback=fallback,
            defaults=defaults or GroupDefaults(),
            policy=policy or DeliveryPolicy(),
            dispatches_topic=cluster.name(DISPATCHES.name),
            notifications_topic=cluster.name(NOTIFICATIONS.name),
            limits=limits,
            max_unfinished=max_unfinished,
            links=links,
        )
        self._drain_s = drain_s * DRAIN_SHARE
        self._flushed_at = 0.0
        self._partitions: dict[TopicPartition, PartitionDelivery] = {}

    def _on_assigned(self, partition: AssignedPartition) -> None:
        """Start to deliver a partition: its previous owner is fenced and its ledger restored."""
        delivery = PartitionDelivery(partition, self._cluster, self._context, self._breaker)
        self._partitions[partition.tp] = delivery

    async def _on_revoked(self, partition: AssignedPartition) -> None:
        """Finish the posts of a partition before it is released."""
        delivering = self._partitions.pop(partition.tp)
        await delivering.drain(self._drain_s)
        delivering.check()
        await delivering.ledger.flush()
        self._progress.forget(_ledger_of(partition.tp))

    async def _round(self) -> None:
        for partition in self._partitions.values():
            await partition.resume()
        batches = await self.assignment.fetch(self._limit_on_trial(MAX_RECORDS))
        for tp, records in batches.items():
            if records and tp in self._partitions:
                await self._partitions[tp].accept_all(records)
        for partition in self._partitions.values():
            partition.check()
        if time.monotonic() - self._flushed_at >= FLUSH_INTERVAL_S:
            self._flushed_at = time.monotonic()
            for partition in self._partitions.values():
                await partition.ledger.flush()

    def _partitions_to_pause(self, now: float) -> Collection[TopicPartition]:  # noqa: ARG002 - by the count only
        """Return the partitions in which enough dispatches wait for their destinations."""
        partitions = self._partitions.items()
        return [tp for tp, partition in partitions if partition.waiting >= MAX_WAITING]

    def _observe_partition(self, tp: TopicPartition, position: int, end: int, now: float) -> None:
        ledger = self._partitions[tp].ledger
        waits = self._partitions[tp].waiting > 0 or self._is_braked
        self._progress.observe(tp, position, end, now, waits=waits)
        # Waiting for a destination is no standstill. A commit of the ledger that never ends is one,
        # whatever waits beside it.
        name = _ledger_of(tp)
        self._progress.observe(name, ledger.commits_ended, ledger.commits_begun, now)
        lag = max(0, end - position) + ledger.unfinished
        metrics.LAG.labels(GROUP, str(tp.partition)).set(lag)


def _ledger_of(tp: TopicPartition) -> str:
    return f"the delivery ledger of partition {tp.partition}"
