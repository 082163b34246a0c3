"""What destination workers need: the clock, the ledger, shared settings, and queue items."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from services.alerting.deliver.channels.channel import Channel
from services.alerting.deliver.grouping.group_timing import GroupDefaults
from services.alerting.deliver.grouping.withholding import DeliveryPolicy
from services.alerting.deliver.ledger.ledger import StateChange
from services.alerting.deliver.rate_limit import RateLimit
from shared.feedback.message_links import MessageLinks
from shared.kafka.transaction import Write
from shared.limits.record_limits import DEFAULT_LIMITS, RecordLimits
from shared.messages.schemas import Delivery
from shared.stream.work import DeadLettered

MAX_UNFINISHED: Final = 1_000
"""Records of a partition that may wait in memory alone; beyond, the longest queue is stored."""


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

    async def write(
        self,
        entry: Delivery,
        *,
        now_ms: int,
        changes: Sequence[StateChange] = (),
        finished: Sequence[int] = (),
        also: Sequence[Write] = (),
    ) -> None:
        """Write an entry and what belongs to it, all or nothing."""

    async def change(
        self,
        changes: Sequence[StateChange],
        *,
        now_ms: int,
        finished: Sequence[int] = (),
        also: Sequence[Write] = (),
    ) -> None:
        """Write changes of the state and what belongs to them, all or nothing."""

    def dead_letter(self, record: Any, reason: DeadLettered) -> Write:
        """Return the dead letter of a dispatch's record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryContext:
    """What all destination workers of a process share.

    ``dice`` returns 0 ≤ x < 1. ``fallback`` is the destination, if any, that is alerted to
    addresses that refuse everything. ``rate_limits`` are by channel and the channel's rate limit
    key. ``max_unfinished`` records of a partition may wait in memory alone. ``links`` signs the
    links in messages; without it they have none. ``without_address`` are the destinations for which
    something waits and no address is configured.
    """

    channels: Mapping[str, Channel]
    clock: Clock
    dice: Callable[[], float]
    fallback: str = ""
    defaults: GroupDefaults = field(default_factory=GroupDefaults)
    dispatches_topic: str = ""
    notifications_topic: str = ""
    policy: DeliveryPolicy = field(default_factory=DeliveryPolicy)
    limits: RecordLimits = DEFAULT_LIMITS
    max_unfinished: int = MAX_UNFINISHED
    links: MessageLinks | None = None
    rate_limits: dict[tuple[str, str], RateLimit] = field(default_factory=dict)
    without_address: set[str] = field(default_factory=set)

    def now_ms(self) -> int:
        """Return the time in Unix milliseconds."""
        return int(self.clock.now().timestamp() * 1000)
