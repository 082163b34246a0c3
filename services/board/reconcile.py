"""Compares alerts with their outcomes every minute, once everything up to then has been read."""

import asyncio
from typing import Final

from services.board.live import Live, now_ms
from services.board.reconciliation_report import build_notice
from services.board.state.deliveries.reconciliation import CommittedOffsets, RuleBalance
from services.board.writer import build_send
from shared.base.log import get
from shared.kafka.cluster import CLIENT_ERRORS, Cluster
from shared.kafka.consumer_groups import fetch_committed_offsets
from shared.kafka.topics import ALERTS, DISPATCHES
from shared.kafka.transaction import Write
from shared.messages.own_record import build_record
from shared.messages.schemas import Dispatch

log = get(__name__)

INTERVAL_S: Final = 60.0
READ_CHECK_S: Final = 1.0
ANSWER_S: Final = 15.0
COUNT: Final = "alerting/count"
DELIVER: Final = "alerting/deliver"
"""The consumer groups that decide about alerts."""


class ReconciliationLoop:
    """Updates ``live`` with the balances of rules and destinations every ``every_s`` seconds.

    A difference that lasts is told to ``operators``, a destination; "" tells nobody.
    """

    def __init__(
        self, cluster: Cluster, live: Live, *, every_s: float = INTERVAL_S, operators: str = ""
    ) -> None:
        self._cluster, self._live, self._every_s = cluster, live, every_s
        self._operators = operators
        self._unsent: tuple[RuleBalance, ...] = ()
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
            await self._tell()

    async def stop(self) -> None:
        """Stop comparing."""
        self._stopping.set()

    async def _tell(self) -> None:
        """Write a notice of new differences; what cannot be written is tried the next time."""
        raised = (*self._unsent, *self._live.reconciled.raised)
        if not raised or not self._operators:
            return
        self._unsent = raised
        write = _to_write(build_notice(raised, self._operators), self._cluster)
        try:
            async with asyncio.timeout(ANSWER_S):
                await build_send(self._cluster)(write)
        except (*CLIENT_ERRORS, TimeoutError) as error:
            log.warning("operators are not told of a difference yet", error=str(error)[:200])
            return
        self._unsent = ()

    async def _committed(self) -> CommittedOffsets:
        """Return how far count and deliver have finished."""
        return CommittedOffsets(
            alerts=await fetch_committed_offsets(self._cluster, COUNT, ALERTS.name),
            dispatches=await fetch_committed_offsets(self._cluster, DELIVER, DISPATCHES.name),
        )

    async def _wait(self, seconds: float) -> bool:
        """Return whether it was stopped within these seconds."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True


def _to_write(notice: Dispatch, cluster: Cluster) -> Write:
    topic, key = cluster.name(DISPATCHES.name), notice.destination.encode()
    return build_record(topic, key, notice, ce_source="board", now_ms=now_ms())
