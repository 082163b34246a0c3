"""One partition's delivery ledger: what became of each notification, written in transactions of the partition's own producer."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from services.alerting.deliver.ledger_state import LedgerState
from services.alerting.deliver.watermark import Watermark
from shared.base import metrics
from shared.base.log import get
from shared.kafka import partition_count
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DELIVERIES, NOTIFICATIONS
from shared.kafka.transaction import Write, commit
from shared.messages import codec, headers
from shared.messages.schemas import Delivery, DeliveryState
from shared.stream.assignment import AssignedPartition
from shared.stream.dead_letters import dead_letter
from shared.stream.work import DeadLettered

log = get(__name__)

GROUP: Final = "alerting/deliver"
AHEAD: Final = 4_000
"""More records than a deliverer has ever begun beyond the first that is not finished (deliver.py reads no further than half of it)."""


class CommitInterrupted(Exception):  # noqa: N818 - what happened to the commit, nobody's mistake
    """A commit was cut off: what it held must be taken as not written."""


@dataclass(slots=True)
class _Waiting:
    """What somebody wants committed: records, the entry among them, and the source record that is finished with it."""

    writes: Sequence[Write]
    entry: tuple[bytes, bytes] | None = None
    finished: int | None = None
    committed: bool = False


def build_delivered_entry(notification_id: str, at: datetime) -> Delivery:
    """The entry of a delivered notification as far as memory keeps it."""
    return Delivery(
        notification_id=notification_id,
        destination="",
        state=DeliveryState.DELIVERED,
        attempts=1,
        in_doubt=0,
        first_attempt_at=at,
        last_attempt_at=at,
    )


class Ledger:
    """Reads from memory, writes to the topic first. Everything that raises here means: leave the process (fenced, broker gone).

    What couriers want written while a transaction is under way goes into the next one, all together: a transaction takes several answers of
    the broker, and a burst of notifications would wait for each other's. The ledger's partition has the source partition's number: who owns
    the one owns the other, and may write it.
    """

    def __init__(self, owned: AssignedPartition, cluster: Cluster) -> None:
        self._owned, self._cluster = owned, cluster
        self._state = cast("LedgerState", owned.state)  # Ownership makes it so (deliver.py)
        self._dropped_early = 0
        self._mark = Watermark()
        self._committed: int | None = None
        self._lock = asyncio.Lock()
        self._waiting: list[_Waiting] = []
        self._failure: Exception | None = None
        self.commits_begun, self.commits_ended = 0, 0

    @property
    def unfinished(self) -> int:
        """How many records were read and have not ended."""
        return len(self._mark.unfinished)

    @property
    def suspects(self) -> int:
        """So many of the next records may have ended the partition's last owner."""
        return self._owned.hold.suspects

    async def hold(self, offset: int) -> None:
        """Say that we hold the partition before its first record, here at ``offset``, is begun (shared/limits/hold_mark.py)."""
        if not self._owned.hold.is_set:
            async with self._lock:
                marked = self._owned.hold.mark_offset(offset, AHEAD)
                await commit(
                    self._owned.producer, (), {self._owned.tp: marked}, self._cluster.name(GROUP)
                )
                self._owned.hold.advance(offset, 0)

    def trust(self, records: int) -> None:
        """So many records were read and end nobody."""
        self._owned.hold.suspects = max(0, self._owned.hold.suspects - records)

    def begin(self, offset: int) -> None:
        """A record was read."""
        self._mark.begin(offset)

    def finish(self, offset: int) -> None:
        """A record needs no more work; its offset is committed with the next transaction, or by ``flush``."""
        self._mark.finish(offset)

    def get(self, notification_id: str) -> Delivery | None:
        """What is known of a notification, of a delivered one the day alone; InvalidMessage where its entry cannot be read."""
        key = notification_id.encode()
        value = self._state.get(key)
        if value is not None:
            return codec.decode(value, Delivery)
        at = self._state.delivered_at(key)
        return None if at is None else build_delivered_entry(notification_id, at)

    def forgotten_before(self, now: datetime) -> datetime | None:
        """Forget what is older than promised; before which moment something may be forgotten, None where nothing ever was."""
        horizon = self._state.forgotten_before(now)
        if more := self._state.dropped_early - self._dropped_early:
            self._dropped_early += more
            metrics.LEDGER_DROPPED.inc(more)
            log.warning(
                "the delivery ledger is full: its oldest entries are forgotten early",
                entries=more,
                before=str(horizon),
            )
        return horizon

    async def write(
        self,
        entry: Delivery,
        *,
        origin: Mapping[str, str],
        now_ms: int,
        finished: int | None = None,
        also: Sequence[Write] = (),
    ) -> None:
        """Write an entry, and with ``finished`` the source offset, in one transaction. ``origin``: the notification's headers."""
        key, value = entry.notification_id.encode(), codec.encode(entry)
        told = headers.build_outgoing(
            headers.encode_headers(origin),
            value=value,
            ce_type="Delivery.v1",
            ce_source=GROUP,
            checkpoint=None,
            now_ms=now_ms,
        )
        told.append(partition_count.partitions_header(self._owned.state.partitions))
        record = Write(
            self._cluster.name(DELIVERIES.name),
            key,
            value,
            told,
            partition=self._owned.tp.partition,
        )
        await self._commit(_Waiting([record, *also], entry=(key, value), finished=finished))

    async def bury(self, record: Any, reason: DeadLettered) -> None:
        """A record that nobody can read becomes a dead letter, and is finished."""
        await self._commit(_Waiting([self.dead_letter(record, reason)], finished=record.offset))

    async def flush(self) -> None:
        """Commit how far the partition is finished, where no transaction has done so yet."""
        if self._mark.offset() not in (None, self._committed):
            await self._commit(_Waiting([]))

    def dead_letter(self, record: Any, reason: DeadLettered) -> Write:
        """The dead letter of a notification's record."""
        name = self._cluster.name(NOTIFICATIONS.dead_letters)
        return dead_letter(
            record, topic=NOTIFICATIONS.name, stage=GROUP, reason=reason, dead_letter_topic=name
        )

    async def _commit(self, wanted: _Waiting) -> None:
        """Return when it is committed; whoever gets the lock first commits for all who wait."""
        self._waiting.append(wanted)
        async with self._lock:
            if self._failure is not None:
                raise self._failure
            if wanted.committed:
                return
            together, self._waiting = self._waiting, []
            try:
                await self._commit_all(together)
            except BaseException as error:
                # Nothing may be committed behind what was not; a courier that is cancelled in the middle takes its neighbours' entries along.
                self._failure = (
                    error
                    if isinstance(error, Exception)
                    else CommitInterrupted("a commit of the delivery ledger was interrupted")
                )
                raise

    async def _commit_all(self, together: Sequence[_Waiting]) -> None:
        for one in together:
            if one.finished is not None:
                self._mark.finish(one.finished)
        offset = self._mark.offset()
        moved = (
            {}
            if offset is None or offset == self._committed
            else {self._owned.tp: self._owned.hold.mark_offset(offset, AHEAD)}
        )
        self.commits_begun += 1
        await commit(
            self._owned.producer,
            [write for one in together for write in one.writes],
            moved,
            self._cluster.name(GROUP),
        )
        self.commits_ended += 1
        self._committed = offset
        if offset is not None and moved:
            self._owned.hold.advance(offset, 0)
        for one in together:
            if one.entry is not None:
                self._owned.state.set(*one.entry)
            one.committed = True
        self._owned.state.commit()
