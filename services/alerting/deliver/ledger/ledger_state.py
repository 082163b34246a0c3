"""The delivery ledger in memory, and how far back it reaches. Pure; the time is passed in.

Entries are kept whole while they may change. Of a notification that was delivered or closed, and of
each of its dispatches, eight bytes remain. Beside entries there are the contents of notifications
that are not delivered yet, waiting dispatches, and stories (delivery_keys.py); they are kept whole.
"""

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

import msgspec

from services.alerting.deliver.ledger.delivered_ids import MAX_IDS, DeliveredIds
from services.alerting.deliver.ledger.policy import FINAL
from shared.messages.delivery_keys import is_entry
from shared.messages.schemas import DeliveryState, UtcTime
from shared.stream.state_store import StateStore

RETENTION: Final = timedelta(days=150)
"""How long a notification's end is remembered.

The topic keeps entries for 180 days, so its retention deletes none of them.
"""
MAX_ENTRIES: Final = 20_000
"""Whole entries per partition: 12 MB. Unfinished ones are kept, however many."""
_ENTRIES_PER_CHECK: Final = 8
"""Whole entries examined at a time: expiry keeps up, and costs little."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class _EntryStatus(msgspec.Struct):
    """The fields of an entry that memory needs, decoded in a tenth of a Delivery's time."""

    state: DeliveryState
    last_attempt_at: UtcTime
    dispatch_ids: tuple[str, ...] = ()
    in_doubt: int = 0


ENDED: Final = (DeliveryState.DELIVERED, DeliveryState.CLOSED)
"""The states after which nothing but the id is needed."""


class LedgerState(StateStore):
    """A partition of deliveries.v1.

    ``dropped_early`` counts the entries that were forgotten before their time for lack of room.
    """

    def __init__(self, *, max_ids: int = MAX_IDS, max_entries: int = MAX_ENTRIES) -> None:
        self._delivered = DeliveredIds(max_ids)
        self._open_dispatches: dict[str, bytes] = {}
        self._max_entries = max_entries
        self._horizon: datetime | None = None
        self.dropped_early = 0
        super().__init__()

    def load(self, key: bytes, value: bytes | None) -> None:
        """Load one committed record; of what has ended only ids and their day are kept."""
        status = _decode_status(value) if is_entry(key) else None
        if status is None or status.state not in ENDED:
            super().load(key, value)
            for dispatch_id in status.dispatch_ids if status else ():
                self._open_dispatches[dispatch_id] = key
            return
        super().load(key, None)
        day = _day(status.last_attempt_at)
        self._delivered.add(key, day)
        for dispatch_id in status.dispatch_ids:
            self._delivered.add(dispatch_id.encode(), day)
            self._open_dispatches.pop(dispatch_id, None)

    def has_dispatch(self, dispatch_id: str) -> bool:
        """Return whether a dispatch was decided: its notification has an entry, or has ended."""
        return dispatch_id in self._open_dispatches or self.has_ended(dispatch_id)

    def has_ended(self, dispatch_id: str) -> bool:
        """Return whether a dispatch's notification was delivered, or closed without a post."""
        return self._delivered.day_of(dispatch_id.encode()) is not None

    def is_in_doubt(self, dispatch_id: str) -> bool:
        """Return whether a notification of a dispatch that has not ended may have been accepted."""
        status = _decode_status(self.get(self._open_dispatches.get(dispatch_id, b"")))
        return status is not None and status.in_doubt > 0

    def delivered_at(self, key: bytes) -> datetime | None:
        """Return the start of the day on which the notification was delivered, None if unknown."""
        day = self._delivered.day_of(key)
        return None if day is None else _EPOCH + timedelta(days=day)

    def forget_expired(self, now: datetime) -> datetime | None:
        """Forget what is past its retention, and return how far.

        Entries last attempted before the returned time may be forgotten; None: none ever was.
        """
        limit = _day(now - RETENTION)
        days = [self._delivered.drop_before(limit), self._drop_entries(now - RETENTION)]
        before = len(self._delivered)
        days.append(self._delivered.drop_excess())
        self.dropped_early += before - len(self._delivered)
        if self.truncated:
            days.append(limit - 1)
        for day in days:
            if day is not None:
                self._horizon = max(self._horizon or _EPOCH, _EPOCH + timedelta(days=day + 1))
        return self._horizon

    def _drop_entries(self, limit: datetime) -> int | None:
        """Drop final entries that are too old or too many; return the last day of those, if any."""
        last = None
        for key in list(islice(self.oldest(), _ENTRIES_PER_CHECK)):
            status = _decode_status(self.get(key))
            if status is None or status.state not in FINAL or key in self.changes:
                continue
            is_excess = len(self._groups.get(b"", ())) > self._max_entries
            if status.last_attempt_at < limit or is_excess:
                self.dropped_early += status.last_attempt_at >= limit
                super().load(key, None)
                for dispatch_id in status.dispatch_ids:
                    self._open_dispatches.pop(dispatch_id, None)
                last = max(last or 0, _day(status.last_attempt_at))
        return last


def _decode_status(value: bytes | None) -> _EntryStatus | None:
    """Decode state and time of an entry; None if there is none, or it cannot be decoded.

    Who then reads the entry reports it.
    """
    try:
        return None if value is None else msgspec.json.decode(value, type=_EntryStatus)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _day(moment: datetime) -> int:
    """Return the number of whole days since 1970, UTC."""
    return (moment - _EPOCH).days
