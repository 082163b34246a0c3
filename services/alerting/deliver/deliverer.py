"""notifications.v1 → people: reads each partition ahead, hands every destination's notifications to its courier, commits how far all are done."""

import asyncio
import contextlib
import random
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from aiokafka import TopicPartition

from services.alerting.deliver.channels.channel import Channel
from services.alerting.deliver.context import Clock, DeliveryContext, QueuedNotification
from services.alerting.deliver.destination_worker import DestinationWorker
from services.alerting.deliver.ledger import GROUP, Ledger
from services.alerting.deliver.ledger_state import LedgerState
from services.alerting.deliver.trial_render import find_fatal_records
from shared.base import metrics
from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DELIVERIES, NOTIFICATIONS
from shared.limits.cpu_timer import is_supported
from shared.limits.record_limits import DEFAULT_LIMITS, RecordLimits
from shared.messages import codec, headers
from shared.messages.schemas import AlertOutcome, Notification
from shared.record_batches.broken_record import BrokenRecord
from shared.stream.assignment import AssignedPartition
from shared.stream.consume_loop import ConsumeLoop
from shared.stream.dead_letter_breaker import DeadLetterBreaker
from shared.stream.dead_letters import fingerprint, outcome_from_broken
from shared.stream.watchdog import Progress
from shared.stream.work import DeadLettered, outcome_from_error

log = get(__name__)

READ_AHEAD: Final = 2_000
"""Records of a partition that may wait for their destinations; beyond, it is not read on."""
MAX_RECORDS: Final = 200
DRAIN_SHARE: Final = 0.6
"""Of the time a stopping service has, couriers get this much; the rest is for leaving the group."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The wall clock, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Return when the event is set or the seconds are over."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)


class _Partition:
    """One owned partition: its ledger, and a courier for each destination that it holds notifications for."""

    def __init__(
        self,
        owned: AssignedPartition,
        cluster: Cluster,
        desk: DeliveryContext,
        breaker: DeadLetterBreaker,
    ) -> None:
        self.ledger, self._breaker = Ledger(owned, cluster), breaker
        self.failure: BaseException | None = None
        self._desk = desk
        self._couriers: dict[str, DestinationWorker] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def take_all(self, records: Sequence[Any]) -> None:
        """Take records in their order; after a deliverer that ended uncleanly, without those that end a process."""
        await self.ledger.hold(records[0].offset)
        found = (
            await find_fatal_records(records, self._desk)
            if self.ledger.suspects and is_supported()
            else {}
        )
        for record in records:
            if record.offset in found:
                self.ledger.begin(record.offset)
                await self._bury(record, found[record.offset])
            else:
                await self.take(record)
        self.ledger.trust(len(records))

    async def take(self, record: Any) -> None:
        """Hand a record to its courier; one that is no notification becomes a dead letter, and what is not to be posted is done."""
        self.ledger.begin(record.offset)
        if isinstance(record, BrokenRecord):
            await self._bury(record, outcome_from_broken(record))
            return
        told = headers.decode_headers(record.headers)
        try:
            codec.check_version(told.get("schema-version"))
            notification = self._desk.limits.once(codec.decode, record.value, Notification)
        except InvalidMessage as error:
            await self._bury(record, outcome_from_error(error))
            return
        self._breaker.count([], 1, time.monotonic())
        if notification.outcome is not AlertOutcome.NOTIFIED:  # said for the record: nobody is told
            self.ledger.finish(record.offset)
            return
        self._courier(notification.destination).add(QueuedNotification(record, notification, told))

    async def _bury(self, record: Any, reason: DeadLettered) -> None:
        metrics.DEAD_LETTERS.labels(GROUP, reason.error).inc()
        known_as = fingerprint(GROUP, reason)
        log.warning(
            "dead letter",
            stage=GROUP,
            partition=record.partition,
            offset=record.offset,
            fingerprint=known_as,
            error=reason.message,
        )
        await self.ledger.bury(record, reason)
        self._breaker.count([reason.error], 1, time.monotonic())

    def check(self) -> None:
        """Raise what a courier died of, if one did."""
        if self.failure is not None:
            raise self.failure

    async def drain(self, seconds: float) -> None:
        """Let every courier finish its post; one that takes longer is abandoned, and its next post will be marked."""
        for courier in self._couriers.values():
            courier.stop()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _courier(self, destination: str) -> DestinationWorker:
        if destination not in self._couriers:
            courier = self._couriers[destination] = DestinationWorker(
                destination, self.ledger, self._desk
            )
            task = asyncio.create_task(courier.run())
            self._tasks.add(task)
            task.add_done_callback(self._ended)
        return self._couriers[destination]

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.failure = self.failure or task.exception()


class Deliverer(ConsumeLoop):
    """Runs deliver on a cluster.

    ``channels`` by the word before a destination's colon; ``fallback`` is the destination that is told of addresses that refuse everything.
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
    ) -> None:
        super().__init__(
            cluster,
            progress,
            group=GROUP,
            source=NOTIFICATIONS,
            state=DELIVERIES,
            make_state=LedgerState,
            breaker=DeadLetterBreaker(),
        )
        name = cluster.name(NOTIFICATIONS.name)
        self._desk = DeliveryContext(
            channels=channels,
            clock=clock or SystemClock(),
            dice=random.random,
            fallback=fallback,
            notifications_topic=name,
            limits=limits,
        )
        self._drain_s = drain_s * DRAIN_SHARE
        self._partitions: dict[TopicPartition, _Partition] = {}

    def _on_assigned(self, partition: AssignedPartition) -> None:
        """Start to deliver a partition: its previous owner is fenced and its ledger restored."""
        self._partitions[partition.tp] = _Partition(
            partition, self._cluster, self._desk, self._breaker
        )

    async def _on_revoked(self, partition: AssignedPartition) -> None:
        """Finish the posts of a partition before it is released."""
        delivering = self._partitions.pop(partition.tp)
        await delivering.drain(self._drain_s)
        delivering.check()
        await delivering.ledger.flush()
        self._progress.forget(_ledger_of(partition.tp))

    async def _round(self) -> None:
        batches = await self.assignment.fetch(self._limit_on_trial(MAX_RECORDS))
        for tp, records in batches.items():
            if records and tp in self._partitions:
                await self._partitions[tp].take_all(records)
        for partition in self._partitions.values():
            partition.check()
            await partition.ledger.flush()

    def _held_back(self, now: float) -> Collection[TopicPartition]:  # noqa: ARG002 - by the count only
        """Return the partitions in which enough notifications wait for their destinations."""
        partitions = self._partitions.items()
        return [tp for tp, partition in partitions if partition.ledger.unfinished >= READ_AHEAD]

    def _observe_partition(self, tp: TopicPartition, position: int, end: int, now: float) -> None:
        ledger = self._partitions[tp].ledger
        waits = ledger.unfinished > 0 or self._is_braked
        self._progress.observe(tp, position, end, now, waits=waits)
        # Waiting for a destination is no standstill. A commit of the ledger that never ends is one,
        # whatever waits beside it.
        name = _ledger_of(tp)
        self._progress.observe(name, ledger.commits_ended, ledger.commits_begun, now)
        lag = max(0, end - position) + ledger.unfinished
        metrics.LAG.labels(GROUP, str(tp.partition)).set(lag)


def _ledger_of(tp: TopicPartition) -> str:
    return f"the delivery ledger of partition {tp.partition}"
