"""One partition's delivery ledger: the state of each notification.

Entries are written in transactions of the partition's own producer.
"""

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
MAX_AHEAD: Final = 4_000
"""More records than a deliverer ever begins beyond the first unfinished one.

deliverer.py stops reading at half of it.
"""


class CommitInterrupted(Exception):  # noqa: N818 - it happened to the commit; nobody erred
    """A commit was interrupted: what it contained must be treated as not written."""


@dataclass(slots=True)
class _CommitRequest:
    """Records to commit, the entry among them, and the source record that is finished with it."""

    writes: Sequence[Write]
    entry: tuple[bytes, bytes] | None = None
    finished: int | None = None
    is_committed: bool = False


def build_delivered_entry(notification_id: str, at: datetime) -> Delivery:
    """Build the entry of a delivered notification from what memory keeps of it."""
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
    """Reads from memory, and writes to the topic first.

    After any error that it raises (fenced, broker gone) the process must exit. What workers want to
    write during a transaction goes into the next one together: a transaction takes several round
    trips to the broker, and in a burst each notification would wait for those of the others. The
    ledger's partition has the source partition's number: the owner of one owns the other and may
    write to it.
    """

    def __init__(self, partition: AssignedPartition, cluster: Cluster) -> None:
        self._partition, self._cluster = partition, cluster
        self._state = cast("LedgerState", partition.state)  # deliverer.py has it made so
        self._reported_drops = 0
        self._watermark = Watermark()
        self._committed_offset: int | None = None
        self._lock = asyncio.Lock()
        self._requests: list[_CommitRequest] = []
        self._failure: Exception | None = None
        self.commits_begun, self.commits_ended = 0, 0

    @property
    def unfinished(self) -> int:
        """The number of records that were read and are not finished."""
        return len(self._watermark.unfinished)

    @property
    def suspects(self) -> int:
        """The number of next records that may have ended the partition's last owner."""
        return self._partition.hold.suspects

    async def hold(self, offset: int) -> None:
        """Mark the partition as held before its first record, at ``offset``, is begun.

        See shared/limits/hold_mark.py.
        """
        if not self._partition.hold.is_set:
            async with self._lock:
                await self._commit_records((), offset)
                self._partition.hold.advance(offset, 0)

    def trust(self, records: int) -> None:
        """Note that so many records were read and did not end the process."""
        self._partition.hold.suspects = max(0, self._partition.hold.suspects - records)

    def begin(self, offset: int) -> None:
        """Note that a record was read."""
        self._watermark.begin(offset)

    def finish(self, offset: int) -> None:
        """Note that a record is finished; the next transaction or ``flush`` commits its offset."""
        self._watermark.finish(offset)

    def get(self, notification_id: str) -> Delivery | None:
        """Return a notification's entry; of a delivered one only the day is known.

        InvalidMessage if its entry cannot be decoded.
        """
        key = notification_id.encode()
        value = self._state.get(key)
        if value is not None:
            return codec.decode(value, Delivery)
        delivered_at = self._state.delivered_at(key)
        return (
            None if delivered_at is None else build_delivered_entry(notification_id, delivered_at)
        )

    def forget_expired(self, now: datetime) -> datetime | None:
        """Forget what is past its retention, and return how far.

        Entries last attempted before the returned time may be forgotten; None: none ever was.
        """
        horizon = self._state.forget_expired(now)
        if drops := self._state.dropped_early - self._reported_drops:
            self._reported_drops += drops
            metrics.LEDGER_DROPPED.inc(drops)
            log.warning(
                "the delivery ledger is full: its oldest entries are forgotten early",
                entries=drops,
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
        """Write an entry, and with ``finished`` that source offset, in one transaction.

        ``origin`` are the notification's headers, ``also`` further records to write with it.
        """
        key, value = entry.notification_id.encode(), codec.encode(entry)
        outgoing = headers.build_outgoing(
            headers.encode_headers(origin),
            value=value,
            ce_type="Delivery.v1",
            ce_source=GROUP,
            checkpoint=None,
            now_ms=now_ms,
        )
        outgoing.append(partition_count.partitions_header(self._partition.state.partitions))
        record = Write(
            self._cluster.name(DELIVERIES.name),
            key,
            value,
            outgoing,
            partition=self._partition.tp.partition,
        )
        request = _CommitRequest([record, *also], entry=(key, value), finished=finished)
        await self._commit(request)

    async def commit_dead_letter(self, record: Any, reason: DeadLettered) -> None:
        """Write the dead letter of a record that cannot be decoded, and finish the record."""
        letter = self.dead_letter(record, reason)
        await self._commit(_CommitRequest([letter], finished=record.offset))

    async def flush(self) -> None:
        """Commit how far the partition is finished, unless a transaction has done so already."""
        if self._watermark.offset() not in (None, self._committed_offset):
            await self._commit(_CommitRequest([]))

    def dead_letter(self, record: Any, reason: DeadLettered) -> Write:
        """Return the dead letter of a notification's record."""
        name = self._cluster.name(NOTIFICATIONS.dead_letters)
        return dead_letter(
            record, topic=NOTIFICATIONS.name, stage=GROUP, reason=reason, dead_letter_topic=name
        )

    async def _commit(self, request: _CommitRequest) -> None:
        """Return once the request is committed; who gets the lock first commits all that wait."""
        self._requests.append(request)
        async with self._lock:
            if self._failure is not None:
                raise self._failure
            if request.is_committed:
                return
            requests, self._requests = self._requests, []
            try:
                await self._commit_all(requests)
            except BaseException as error:
                # Nothing may be committed after what was not. A worker that is cancelled in the
                # middle takes the entries of its neighbours with it.
                self._failure = CommitInterrupted("a commit of the delivery ledger was interrupted")
                if isinstance(error, Exception):
                    self._failure = error
                raise

    async def _commit_all(self, requests: Sequence[_CommitRequest]) -> None:
        for request in requests:
            if request.finished is not None:
                self._watermark.finish(request.finished)
        offset = self._watermark.offset()
        new_offset = None if offset == self._committed_offset else offset
        self.commits_begun += 1
        writes = [write for request in requests for write in request.writes]
        await self._commit_records(writes, new_offset)
        self.commits_ended += 1
        self._committed_offset = offset
        if new_offset is not None:
            self._partition.hold.advance(new_offset, 0)
        for request in requests:
            if request.entry is not None:
                self._partition.state.set(*request.entry)
            request.is_committed = True
        self._partition.state.commit()

    async def _commit_records(self, writes: Sequence[Write], offset: int | None) -> None:
        """Commit records, and the source offset with the hold mark unless it is None."""
        offsets = {}
        if offset is not None:
            offsets[self._partition.tp] = self._partition.hold.mark_offset(offset, MAX_AHEAD)
        await commit(self._partition.producer, writes, offsets, self._cluster.name(GROUP))
