"""Probe the broker every few seconds, on a connection of its own.

Kafka clients wait in silence for a broker that is gone.
"""

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

INTERVAL_S: Final = 2.0
ANSWER_TIMEOUT_S: Final = 5.0
"""A frozen broker keeps its connections open: without an answer for this long it counts as gone."""
MAX_FAILURES: Final = 2
"""Failures in a row before the broker counts as gone: one of several brokers may just be
restarting."""


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
        """Do nothing: a service may start while the broker is away."""

    async def run(self) -> None:
        """Probe until stopped."""
        try:
            while not self._stopping.is_set():
                await self._probe()
                self.readiness.update(datetime.now(UTC))
                await self._wait()
        finally:
            await self._close()

    async def stop(self) -> None:
        """Stop probing."""
        self._stopping.set()

    async def _probe(self) -> None:
        """Look up the group coordinator, which every stage needs; any broker can answer."""
        group = self._cluster.name("probe")
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                client = await self._connect()
                await client.coordinator_lookup(CoordinationType.GROUP, group)
        except GroupAuthorizationFailedError:
            # An answer: an access list need not contain a group that nobody joins.
            self._on_answer()
        except (*CLIENT_ERRORS, TimeoutError, AssertionError) as error:
            # aiokafka asserts that metadata name a broker; one that is starting names none.
            await self._close()
            self._on_failure(error)
        else:
            self._on_answer()

    async def _connect(self) -> AIOKafkaClient:
        if self._client is None:
            self._client = self._cluster.client()
            await self._client.bootstrap()
        return self._client

    def _on_answer(self) -> None:
        self._failures, self._reason = 0, ""
        self._progress.mark_broker(answers=True, now=time.monotonic())
        broker_back()

    def _on_failure(self, error: Exception) -> None:
        now = time.monotonic()
        self._gone_at = now if self._failures == 0 else self._gone_at
        self._failures += 1
        if self._failures >= MAX_FAILURES:
            cause = str(error).strip() or "no answer in time"
            bootstrap = self._cluster.settings.kafka_bootstrap
            self._reason = f"no broker answers at {bootstrap}: {cause}"
            broker_lost(now - self._gone_at, cause)
        self._progress.mark_broker(answers=self._failures < MAX_FAILURES, now=now)

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), INTERVAL_S)
        except TimeoutError:
            return

    async def _close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()
