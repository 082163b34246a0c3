"""What destination workers need: the clock, the ledger, shared settings, and queue items."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from services.alerting.deliver.channels.channel import Channel
from services.alerting.deliver.rate_limit import RateLimit
from shared.kafka.transaction import Write
from shared.limits.record_limits import DEFAULT_LIMITS, RecordLimits
from shared.messages.schemas import Delivery, Notification
from shared.stream.work import DeadLettered


class Clock(Protocol):
    """The time, and waiting."""

    def now(self) -> datetime:
        """Return the wall-clock time, in UTC."""

    def monotonic(self) -> float:
        """Return seconds of a clock that never goes back."""

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Return when the event is set or the seconds are over."""


class LedgerEntries(Protocol):
    """What a destination worker needs of the ledger (ledger.py)."""

    def get(self, notification_id: str) -> Delivery | None:
        """Return the entry of a notification, if any."""

    def forget_expired(self, now: datetime) -> datetime | None:
        """Forget what is past its retention; return before which time entries may be gone."""

    def finish(self, offset: int) -> None:
        """Mark a record as finished."""

    async def write(
        self,
        entry: Delivery,
        *,
        origin: Mapping[str, str],
        now_ms: int,
        finished: int | None = None,
        also: Sequence[Write] = (),
    ) -> None:
        """Write an entry and what belongs to it, all or nothing."""

    def dead_letter(self, record: Any, reason: DeadLettered) -> Write:
        """Return the dead letter of a notification's record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryContext:
    """What all destination workers of a process share.

    ``dice`` returns 0 ≤ x < 1. ``fallback`` is the destination, if any, that is alerted to
    addresses that refuse everything. ``rate_limits`` are by channel and the channel's rate limit
    key.
    """

    channels: Mapping[str, Channel]
    clock: Clock
    dice: Callable[[], float]
    fallback: str = ""
    notifications_topic: str = ""
    limits: RecordLimits = DEFAULT_LIMITS
    rate_limits: dict[tuple[str, str], RateLimit] = field(default_factory=dict)


@dataclass(slots=True)
class QueuedNotification:
    """A notification and its record.

    ``tries`` counts the failed ones in this process; ``is_plain`` is set once the full form was
    refused as malformed.
    """

    record: Any
    notification: Notification
    headers: Mapping[str, str]
    tries: int = 0
    is_plain: bool = False
