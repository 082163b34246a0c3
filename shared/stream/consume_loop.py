"""The loop of a consumer-group member, the base of Stage and of alerting's Deliverer.

It works in rounds under the assignment's lock, has a circuit breaker, and stops in order.
"""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from typing import Final

from aiokafka import TopicPartition

from shared.base import metrics
from shared.base.log import get
from shared.kafka.cluster import Cluster
from shared.kafka.topics import Topic
from shared.stream.assignment import REBALANCE_POLL_S, AssignedPartition, PartitionAssignment
from shared.stream.dead_letter_breaker import TRIAL_RECORDS, DeadLetterBreaker
from shared.stream.state_store import StateStore
from shared.stream.watchdog import Progress

log = get(__name__)

OBSERVE_INTERVAL_S: Final = 0.5


class ConsumeLoop(ABC):
    """Works in rounds: ``start``, then ``run`` until ``stop``.

    After any error of ``run`` the process must exit. A subclass fetches and processes records in
    ``_round``; ``_on_assigned`` and ``_on_revoked`` are the callbacks of PartitionAssignment.
    """

    def __init__(
        self,
        cluster: Cluster,
        progress: Progress,
        *,
        group: str,
        source: Topic,
        breaker: DeadLetterBreaker,
        state: Topic | None = None,
        make_state: Callable[[], StateStore] = StateStore,
    ) -> None:
        self._cluster, self._progress = cluster, progress
        self._group, self._breaker = group, breaker
        self.assignment = PartitionAssignment(
            cluster,
            group=group,
            source=source,
            state=state,
            progress=progress,
            make_state=make_state,
            on_assigned=self._on_assigned,
            on_revoked=self._on_revoked,
        )
        self._is_braked = False
        self._observed_at = 0.0
        self._stopping = asyncio.Event()

    @property
    def checks(self) -> dict[str, Callable[[], str]]:
        """The readiness checks by name: each returns why no records are processed, or ""."""
        return {self._group: lambda: self.assignment.obstacle() or self._breaker.reason()}

    async def start(self) -> None:
        """Join the consumer group."""
        metrics.BREAKER_OPEN.labels(self._group).set(False)
        await self.assignment.start()

    async def run(self) -> None:
        """Work until ``stop``; raise what makes it impossible to continue (fenced, broker gone)."""
        while not self._stopping.is_set():
            async with self.assignment.lock:
                self.assignment.check()
                self._brake(time.monotonic())
                await self._round()
                await self._observe(time.monotonic())
            # A waiting rebalance takes the lock here. While the group rebalances there is nothing
            # to read.
            await asyncio.sleep(REBALANCE_POLL_S if self.assignment.is_rebalancing else 0)

    async def stop(self) -> None:
        """Finish the work in progress, then leave the group."""
        self._stopping.set()
        await self.assignment.stop()

    @abstractmethod
    async def _round(self) -> None:
        """Fetch records and process them, or start to."""

    @abstractmethod
    def _partitions_to_pause(self, now: float) -> Collection[TopicPartition]:
        """Return the partitions that must not be read now, for reasons other than the breaker."""

    @abstractmethod
    def _observe_partition(self, tp: TopicPartition, position: int, end: int, now: float) -> None:
        """Report a partition's progress; it is read up to ``position`` and ends at ``end``."""

    @abstractmethod
    def _on_assigned(self, partition: AssignedPartition) -> None:
        """Prepare for the records of a partition."""

    @abstractmethod
    async def _on_revoked(self, partition: AssignedPartition) -> None:
        """Finish the work on a partition, its commit included."""

    def _limit_on_trial(self, records: int) -> int:
        """Return ``records``, or a few while the breaker is half-open."""
        return min(records, TRIAL_RECORDS) if self._breaker.is_on_trial else records

    def _brake(self, now: float) -> None:
        """Pause all partitions while the breaker is open, otherwise only those that are held back.

        Polling continues, so that the group knows this member is alive.
        """
        was_braked, self._is_braked = self._is_braked, self._breaker.is_open(now)
        held_back = self._partitions_to_pause(now)
        for tp in self.assignment.partitions:
            consumer = self.assignment.consumer
            act = consumer.pause if self._is_braked or tp in held_back else consumer.resume
            act(tp)
        if self._is_braked != was_braked:
            metrics.BREAKER_OPEN.labels(self._group).set(self._is_braked)
            write = log.error if self._is_braked else log.info
            event = "circuit breaker open" if self._is_braked else "circuit breaker half-open"
            write(event, stage=self._group, reason=self._breaker.reason())

    async def _observe(self, now: float) -> None:
        """Report every partition's progress to the watchdog and the metrics, twice a second."""
        if now - self._observed_at < OBSERVE_INTERVAL_S:
            return
        self._observed_at = now
        consumer = self.assignment.consumer
        for tp in self.assignment.partitions:
            if self.assignment.is_rebalancing:
                return
            position, end = await consumer.position(tp), consumer.last_stable_offset(tp) or 0
            self._observe_partition(tp, position, end, now)
