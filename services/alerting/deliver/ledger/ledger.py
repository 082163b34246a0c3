"""One partition's delivery ledger: the state of each notification.

Entries are written in transactions of the partition's own producer.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from services.alerting.deliver.ledger.ledger_state import LedgerState
from services.alerting.deliver.ledger.watermark import Watermark
from shared.base import metrics
from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.kafka import partition_count
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DELIVERIES, DISPATCHES
from shared.kafka.transaction import Write, commit
from shared.messages import codec, headers
from shared.messages.schemas import (
    Delivery,
    DeliveryState,
    Dispatch,
    Notification,
    PendingEscalation,
    Story,
)
from shared.stream.assignment import AssignedPartition
from shared.stream.dead_letters import dead_letter
from shared.stream.state_store import MAX_ENTRY_BYTES
from shared.stream.work import DeadLettered

log = get(__name__)

GROUP: Final = "alerting/deliver"
MAX_AHEAD: Final = 4_000
"""More records than a deliverer ever begins beyond the first unfinished one.

deliverer.py stops reading at half of it.
"""


class CommitInterrupted(Exception):  # noqa: N818 - it happened to the commit; nobody erred
    """A commit was interrupted: what it contained must be treated as not written."""


@dataclass(frozen=True, slots=True)
class StateChange:
    """A change of what deliver remembers: a message under a key, or None to forget it."""

    key: bytes
    message: Notification | Dispatch | Story | PendingEscalation | Delivery | None


@dataclass(slots=True)
class _CommitRequest:
    """Records to commit, changes of the state, and the source records that are finished then."""

    writes: Sequence[Write]
    changes: Sequence[StateChange] = ()
    finished: Sequence[int] = ()
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
        self._dead_letters = cluster.name(DISPATCHES.dead_letters)
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
    def span(self) -> int:
        """How far the last record that was read lies beyond the first unfinished one."""
        return self._watermark.span

    @property
    def suspects(self) -> int:
        """The number of next records that may have ended the partition's last owner."""
        return self._partition.hold.suspects

    @property
    def was_held(self) -> bool:
        """Whether the partition's last owner did not release it in order, or this one holds it."""
        return self._partition.hold.is_set

    async def hold_stored(self) -> None:
        """Mark the partition as held before anything is done with what is stored of it."""
        offset = self._partition.hold.offset
        if offset is not None:
            await self.hold(offset)

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

    def has_dispatch(self, dispatch_id: str) -> bool:
        """Return whether a dispatch was decided already."""
        return self._state.has_dispatch(dispatch_id)

    def has_ended(self, dispatch_id: str) -> bool:
        """Return whether a dispatch's notification was delivered, or closed without a post."""
        return self._state.has_ended(dispatch_id)

    def is_in_doubt(self, dispatch_id: str) -> bool:
        """Return whether a dispatch that was not delivered may have been accepted."""
        return self._state.is_in_doubt(dispatch_id)

    def stored(self, group: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield keys and values of a group of what deliver remembers, oldest first."""
        for key in list(self._state.oldest(group)):
            value = self._state.get(key)
            if value is not None:
                yield key, value

    def destinations(self, kind: bytes) -> set[str]:
        """Return the destinations that have entries of a kind (delivery_keys.py)."""
        prefix = kind + b"/"
        keys = (key for key, _ in self._state.items() if key.startswith(prefix))
        return {key[len(prefix) :].rpartition(b"/")[0].decode() for key in keys}

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
        now_ms: int,
        changes: Sequence[StateChange] = (),
        finished: Sequence[int] = (),
        also: Sequence[Write] = (),
    ) -> None:
        """Write an entry and what belongs to it in one transaction.

        ``changes`` are further changes of the state, ``finished`` source offsets and ``also``
        records for other topics.
        """
        own = StateChange(entry.notification_id.encode(), entry)
        await self.change((own, *changes), now_ms=now_ms, finished=finished, also=also)

    async def change(
        self,
        changes: Sequence[StateChange],
        *,
        now_ms: int,
        finished: Sequence[int] = (),
        also: Sequence[Write] = (),
    ) -> None:
        """Write changes of the state in one transaction, as ``write`` does.

        InvalidMessage, and nothing is written, if one of them is larger than the topic allows.
        """
        writes = [self._to_write(change, now_ms) for change in changes]
        for write in (*writes, *also):
            size = len(write.key or b"") + len(write.value or b"")
            if size > MAX_ENTRY_BYTES and write.topic != self._dead_letters:
                raise InvalidMessage(
                    f"it would write {size} bytes, and at most {MAX_ENTRY_BYTES} are allowed"
                )
        await self._commit(_CommitRequest([*writes, *also], changes, finished))

    def _to_write(self, change: StateChange, now_ms: int) -> Write:
        outgoing: list[tuple[str, bytes]] = []
        value = None if change.message is None else codec.encode(change.message)
        if value is not None:
            outgoing = headers.build_outgoing(
                (),
                value=value,
                ce_type=f"{type(change.message).__name__}.v1",
                ce_source=GROUP,
                checkpoint=None,
                now_ms=now_ms,
            )
        outgoing.append(partition_count.partitions_header(self._partition.state.partitions))
        topic, partition = self._cluster.name(DELIVERIES.name), self._partition.tp.partition
        return Write(topic, change.key, value, outgoing, partition=partition)

    async def commit_dead_letter(self, record: Any, reason: DeadLettered) -> None:
        """Write the dead letter of a record that cannot be decoded, and finish the record."""
        letter = self.dead_letter(record, reason)
        await self._commit(_CommitRequest([letter], finished=[record.offset]))

    async def flush(self) -> None:
        """Commit how far the partition is finished, unless a transaction has done so already."""
        if self._watermark.offset() not in (None, self._committed_offset):
            await self._commit(_CommitRequest([]))

    def dead_letter(self, record: Any, reason: DeadLettered) -> Write:
        """Return the dead letter of a dispatch's record."""
        name = self._cluster.name(DISPATCHES.dead_letters)
        return dead_letter(
            record, topic=DISPATCHES.name, stage=GROUP, reason=reason, dead_letter_topic=name
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
            for finished in request.finished:
                self._watermark.finish(finished)
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
            for write in request.writes[: len(request.changes)]:
                self._partition.state.set(write.key or b"", write.value)
            request.is_committed = True
        self._partition.state.commit()

    async def _commit_records(self, writes: Sequence[Write], offset: int | None) -> None:
        """Commit records, and the source offset with the hold mark unless it is None."""
        offsets = {}
        if offset is not None:
            offsets[self._partition.tp] = self._partition.hold.mark_offset(offset, MAX_AHEAD)
        await commit(self._partition.producer, writes, offsets, self._cluster.name(GROUP))
