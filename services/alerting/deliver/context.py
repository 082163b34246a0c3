"""What a courier is given: the clock, the ledger, the desk that all couriers of a process share, and the notifications themselves."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from services.alerting.deliver.channels.channel import Channel
from services.alerting.deliver.circuit_breaker import CircuitBreaker
from shared.kafka.transaction import Write
from shared.limits.record_limits import DEFAULT_LIMITS, RecordLimits
from shared.messages.schemas import Delivery, Notification
from shared.stream.work import DeadLettered


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime:
        """The wall clock, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Return when the event is set or the seconds are over."""


class LedgerEntries(Protocol):
    """What a courier needs of the ledger (ledger.py)."""

    def get(self, notification_id: str) -> Delivery | None:
        """What is known of a notification."""

    def forgotten_before(self, now: datetime) -> datetime | None:
        """What was last attempted before this moment may be forgotten; None: nothing ever was."""

    def finish(self, offset: int) -> None:
        """The record needs no more work."""

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
        """The dead letter of a notification's record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryContext:
    """What all couriers of a process share. ``dice`` gives 0 ≤ x < 1; ``fallback`` is told of addresses that refuse everything, if not empty."""

    channels: Mapping[str, Channel]
    clock: Clock
    dice: Callable[[], float]
    fallback: str = ""
    notifications_topic: str = ""
    limits: RecordLimits = DEFAULT_LIMITS
    lanes: dict[tuple[str, str], CircuitBreaker] = field(default_factory=dict)


@dataclass(slots=True)
class QueuedNotification:
    """One notification's record; ``tries`` that failed here, ``plain`` once its full form was refused as malformed."""

    record: Any
    notification: Notification
    headers: Mapping[str, str]
    tries: int = 0
    plain: bool = False
