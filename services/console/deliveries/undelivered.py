"""What is not delivered yet, read from deliveries.v1 with the fold that the board has."""

import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from services.board.state.deliveries.dispatch_head import DispatchHead
from services.board.state.deliveries.undelivered import (
    Undelivered,
    UndeliveredCondition,
    UndeliveredMessage,
)
from services.console.topics.topic_reader import iter_retained
from shared.base.outcomes import InvalidMessage
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DELIVERIES
from shared.messages import codec
from shared.messages.delivery_keys import CONTENT, WAITING, is_entry
from shared.messages.schemas import Delivery, Notification


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredRow:
    """A notification that is not delivered, or a dispatch that waits to become part of one.

    ``id`` is the notification's id, or the dispatch's while it waits. ``because`` is the
    destination's last answer, or why it was parked. ``since`` is when it was first posted or, if it
    never was, when it was stored.
    """

    id: str
    destination: str
    condition: UndeliveredCondition
    headline: str
    severity: str
    since: datetime
    attempts: int = 0
    because: str = ""


async def load_undelivered(cluster: Cluster) -> list[UndeliveredRow]:
    """Return everything that is not delivered, by destination and condition."""
    fold = Undelivered(limit=sys.maxsize)
    async for record in iter_retained(cluster, DELIVERIES.name):
        take_record(fold, record.key, record.value, record.timestamp)
    return to_rows(fold.messages())


def take_record(fold: Undelivered, key: bytes, value: bytes | None, recorded_ms: int) -> None:
    """Apply a record of deliveries.v1; one that cannot be read is left out."""
    if value is None:
        fold.forget(key)
        return
    with suppress(InvalidMessage):
        if is_entry(key):
            fold.take_entry(codec.decode(value, Delivery))
        elif key.startswith(CONTENT + b"/"):
            fold.take_content(codec.decode(value, Notification), recorded_ms)
        elif key.startswith(WAITING + b"/"):
            fold.take_waiting(codec.decode(value, DispatchHead), recorded_ms)


def to_rows(messages: Iterable[UndeliveredMessage]) -> list[UndeliveredRow]:
    """Return a row for each message, by destination and condition."""
    rows = (
        UndeliveredRow(
            id=message.id,
            destination=message.destination,
            condition=message.condition,
            headline=message.headline,
            severity=message.severity,
            since=message.since,
            attempts=message.attempts,
            because=message.answer,
        )
        for message in messages
    )
    return sorted(rows, key=lambda row: (row.destination, row.condition, row.id))
