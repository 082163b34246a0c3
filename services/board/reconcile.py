"""Compares alerts with their outcomes every minute, once everything up to then has been read."""

import asyncio
from typing import Any, Final

from services.board.live import Live, now_ms
from services.board.state.deliveries.reconciliation import CommittedOffsets
from shared.base.log import get
from shared.kafka.cluster import CLIENT_ERRORS, Cluster
from shared.kafka.topics import ALERTS, DISPATCHES, Topic

log = get(__name__)

INTERVAL_S: Final = 60.0
READ_CHECK_S: Final = 1.0
ANSWER_S: Final = 15.0
COUNT: Final = "alerting/count"
DELIVER: Final = "alerting/deliver"
"""The consumer groups that decide about alerts."""


class ReconciliationLoop:
    """Updates ``live`` with the balances of rules and destinations every ``every_s`` seconds."""

    def __init__(self, cluster: Cluster, live: Live, *, every_s: float = INTERVAL_S) -> None:
        self._cluster, self._live, self._every_s = cluster, live, every_s
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Do nothing: there is nothing to prepare."""

    async def run(self) -> None:
        """Compare until stopped; while the cluster does not answer, nothing is compared."""
        while not await self._wait(self._every_s):
            asked_ms = now_ms()
            try:
                async with asyncio.timeout(ANSWER_S):
                    committed = await self._committed()
            except (*CLIENT_ERRORS, TimeoutError) as error:
                log.warning("alerts are not reconciled: no offsets", error=str(error)[:200])
                continue
            while self._live.read_until_ms < asked_ms:
                if await self._wait(READ_CHECK_S):
                    return
            self._live.reconcile(committed)

    async def stop(self) -> None:
        """Stop comparing."""
        self._stopping.set()

    async def _committed(self) -> CommittedOffsets:
        """Return how far count and deliver have finished."""
        admin = self._cluster.admin()
        await admin.start()
        try:
            return CommittedOffsets(
                alerts=await self._offsets(admin, COUNT, ALERTS),
                dispatches=await self._offsets(admin, DELIVER, DISPATCHES),
            )
        finally:
            await admin.close()

    async def _offsets(self, admin: Any, group: str, topic: Topic) -> dict[int, int]:
        offsets = await admin.list_consumer_group_offsets(self._cluster.name(group))
        name = self._cluster.name(topic.name)
        return {tp.partition: meta.offset for tp, meta in offsets.items() if tp.topic == name}

    async def _wait(self, seconds: float) -> bool:
        """Return whether it was stopped within these seconds."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True
