"""The delivery ledger in memory: whole entries while they may change, eight bytes once delivered; and how far back it reaches. Pure."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

import msgspec

from services.alerting.deliver.delivered_ids import MAX_IDS, DeliveredIds
from services.alerting.deliver.policy import FINAL
from shared.messages.schemas import DeliveryState, UtcTime
from shared.stream.state_store import StateStore

RETENTION: Final = timedelta(days=150)
"""For so long a notification's end is remembered. The topic keeps entries for 180 days, so its retention takes away none of these."""
MAX_ENTRIES: Final = 20_000
"""Of a partition: whole entries, 12 MB. Those that are not finished stay, however many."""
_LOOKS: Final = 8
"""Whole entries examined at once: expiry keeps up, and costs little."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class _Ended(msgspec.Struct):
    """What memory needs of an entry, read in a tenth of the time that a Delivery takes."""

    state: DeliveryState
    last_attempt_at: UtcTime


class LedgerState(StateStore):
    """A partition of deliveries.v1. ``dropped_early`` counts what was forgotten before its time, because there was too much."""

    def __init__(self, *, most_ids: int = MAX_IDS, most_entries: int = MAX_ENTRIES) -> None:
        self._delivered = DeliveredIds(most_ids)
        self._most_entries = most_entries
        self._horizon: datetime | None = None
        self.dropped_early = 0
        super().__init__()

    def load(self, key: bytes, value: bytes | None) -> None:
        """Take in one committed record; of a delivered notification only its id and day are kept."""
        ended = _ended(value)
        if ended is None or ended.state is not DeliveryState.DELIVERED:
            super().load(key, value)
            return
        super().load(key, None)
        self._delivered.add(key, _day(ended.last_attempt_at))

    def delivered_at(self, key: bytes) -> datetime | None:
        """The day on which the notification was delivered, as its first moment; None where that is not known."""
        day = self._delivered.day_of(key)
        return None if day is None else _EPOCH + timedelta(days=day)

    def forgotten_before(self, now: datetime) -> datetime | None:
        """Forget what is older than promised. What was last attempted before this moment may be forgotten; None: nothing ever was."""
        limit = _day(now - RETENTION)
        days = [self._delivered.drop_before(limit), self._drop_entries(now - RETENTION)]
        before = len(self._delivered)
        early = self._delivered.drop_excess()
        self.dropped_early += before - len(self._delivered)
        if self.truncated:
            days.append(limit - 1)
        for day in (*days, early):
            if day is not None:
                self._horizon = max(self._horizon or _EPOCH, _EPOCH + timedelta(days=day + 1))
        return self._horizon

    def _drop_entries(self, limit: datetime) -> int | None:
        """Drop whole entries that have ended, are too old or too many. The last day of those, if any."""
        last = None
        for key in list(islice(self.oldest(), _LOOKS)):
            ended = _ended(self.get(key))
            if ended is None or ended.state not in FINAL or key in self.changes:
                continue
            excess = len(self._committed) > self._most_entries
            if ended.last_attempt_at < limit or excess:
                self.dropped_early += ended.last_attempt_at >= limit
                super().load(key, None)
                last = max(last or 0, _day(ended.last_attempt_at))
        return last


def _ended(value: bytes | None) -> _Ended | None:
    """State and time of an entry; None for none, and for one that nobody can read, which is left to its reader."""
    try:
        return None if value is None else msgspec.json.decode(value, type=_Ended)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _day(moment: datetime) -> int:
    return (moment - _EPOCH).days
