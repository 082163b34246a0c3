"""Asks the broker every few seconds whether it answers, on a connection of its own: clients wait in silence for a broker that is gone."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Final

from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.errors import GroupAuthorizationFailedError

from shared.base.log import broker_back, broker_lost
from shared.kafka.cluster import CLIENT_ERRORS, Cluster
from shared.service.readiness import Readiness
from shared.stream.watchdog import Progress

EVERY_S: Final = 2.0
ANSWER_S: Final = 5.0
"""A broker that is frozen keeps its connections open: it counts as gone after this long without an answer."""
TRIES: Final = 2
"""Unanswered in a row before the broker counts as gone: one of several brokers may just be restarting."""


class BrokerProbe:
    """Keeps ``progress`` and ``readiness`` informed; ``obstacle`` is a check for the latter."""

    def __init__(self, cluster: Cluster, progress: Progress) -> None:
        self._cluster, self._progress = cluster, progress
        self._client: AIOKafkaClient | None = None
        self._stopping = asyncio.Event()
        self._failures, self._gone_at = 0, 0.0
        self._reason = "not asked yet"
        self.readiness = Readiness({})

    def obstacle(self) -> str:
        """Return why Kafka cannot be used now; "" while it answers."""
        return self._reason

    async def start(self) -> None:
        """Do nothing: a broker that is away is no reason not to start."""

    async def run(self) -> None:
        """Ask until stopped."""
        try:
            while not self._stopping.is_set():
                await self._ask()
                self.readiness.update(datetime.now(UTC))
                await self._wait()
        finally:
            await self._close()

    async def stop(self) -> None:
        """Ask no more."""
        self._stopping.set()

    async def _ask(self) -> None:
        """Look the group coordinator up, which every stage needs; any broker of the cluster can answer."""
        try:
            async with asyncio.timeout(ANSWER_S):
                client = await self._connected()
                await client.coordinator_lookup(CoordinationType.GROUP, self._cluster.name("probe"))
        except (
            GroupAuthorizationFailedError
        ):  # an answer: an access list need not name a group that nobody joins
            self._answered()
        except (
            *CLIENT_ERRORS,
            TimeoutError,
            AssertionError,
        ) as error:  # aiokafka asserts that metadata name a broker; one that starts names none
            await self._close()
            self._silent(error)
        else:
            self._answered()

    async def _connected(self) -> AIOKafkaClient:
        if self._client is None:
            self._client = self._cluster.client()
            await self._client.bootstrap()
        return self._client

    def _answered(self) -> None:
        self._failures, self._reason = 0, ""
        self._progress.mark_broker(answers=True, now=time.monotonic())
        broker_back()

    def _silent(self, error: Exception) -> None:
        now = time.monotonic()
        self._gone_at = now if self._failures == 0 else self._gone_at
        self._failures += 1
        if self._failures >= TRIES:
            cause = str(error).strip() or "no answer in time"
            self._reason = f"no broker answers at {self._cluster.settings.kafka_bootstrap}: {cause}"
            broker_lost(now - self._gone_at, cause)
        self._progress.mark_broker(answers=self._failures < TRIES, now=now)

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), EVERY_S)
        except TimeoutError:
            return

    async def _close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()
