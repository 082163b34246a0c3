"""One partition's delivery ledger: what became of each notification, written in transactions of the partition's own producer."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.alerting.watermark import Watermark
from shared import codec, headers
from shared.dead_letters import dead_letter
from shared.kafka import Cluster
from shared.ownership import Owned
from shared.schemas import Delivery
from shared.topics import DELIVERIES, NOTIFICATIONS
from shared.transaction import Write, commit
from shared.work import Dead

GROUP: Final = "alerting/deliver"


class Ledger:
    """Reads from memory, writes to the topic first. Everything that raises here means: leave the process (fenced, broker gone).

    The ledger's partition has the source partition's number: who owns the one owns the other, and may write it.
    """

    def __init__(self, owned: Owned, cluster: Cluster) -> None:
        self._owned, self._cluster = owned, cluster
        self._mark = Watermark()
        self._committed: int | None = None
        self._lock = asyncio.Lock()

    @property
    def unfinished(self) -> int:
        """How many records were read and have not ended."""
        return len(self._mark.unfinished)

    def begin(self, offset: int) -> None:
        """A record was read."""
        self._mark.begin(offset)

    def finish(self, offset: int) -> None:
        """A record needs no more work; its offset is committed with the next transaction, or by ``flush``."""
        self._mark.finish(offset)

    def get(self, notification_id: str) -> Delivery | None:
        """What is known of a notification; InvalidMessage where its entry cannot be read."""
        value = self._owned.state.get(notification_id.encode())
        return None if value is None else codec.decode(value, Delivery)

    async def write(
        self, entry: Delivery, *, origin: Mapping[str, str], now_ms: int, finished: int | None = None, also: Sequence[Write] = ()
    ) -> None:
        """Write an entry, and with ``finished`` the source offset, in one transaction. ``origin``: the notification's headers."""
        key, value = entry.notification_id.encode(), codec.encode(entry)
        told = headers.outgoing(headers.write(origin), value=value, ce_type="Delivery.v1", ce_source=GROUP, station=None, now_ms=now_ms)
        record = Write(self._cluster.name(DELIVERIES.name), key, value, told, partition=self._owned.tp.partition)
        async with self._lock:
            if finished is not None:
                self._mark.finish(finished)
            await self._commit([record, *also])
            self._owned.state.set(key, value)
            self._owned.state.commit()

    async def bury(self, record: Any, reason: Dead) -> None:
        """A record that nobody can read becomes a dead letter, and is finished."""
        async with self._lock:
            self._mark.finish(record.offset)
            await self._commit([self.dead_letter(record, reason)])

    async def flush(self) -> None:
        """Commit how far the partition is finished, where no transaction has done so yet."""
        async with self._lock:
            if self._mark.offset() not in (None, self._committed):
                await self._commit([])

    def dead_letter(self, record: Any, reason: Dead) -> Write:
        """The dead letter of a notification's record."""
        name = self._cluster.name(NOTIFICATIONS.dead_letters)
        return dead_letter(record, topic=NOTIFICATIONS.name, stage=GROUP, reason=reason, dead_letter_topic=name)

    async def _commit(self, writes: Sequence[Write]) -> None:
        offset = self._mark.offset()
        moved = {} if offset is None or offset == self._committed else {self._owned.tp: offset}
        await commit(self._owned.producer, writes, moved, self._cluster.name(GROUP))
        self._committed = offset
