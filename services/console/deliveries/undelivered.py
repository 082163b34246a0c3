"""What is not delivered yet, read from dispatches.v1 and deliveries.v1 with the board's fold."""

import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.alerting.deliver.ledger.ledger import GROUP
from services.board.state.deliveries.dispatch_head import DispatchHead
from services.board.state.deliveries.reconciliation import RecordPlace
from services.board.state.deliveries.undelivered import CONDITIONS, Undelivered
from services.board.state.deliveries.undelivered_message import (
    UndeliveredCondition,
    UndeliveredMessage,
)
from services.console.topics.topic_reader import iter_from, iter_retained
from shared.base.outcomes import InvalidMessage
from shared.files.yaml_document import did_you_mean
from shared.kafka.cluster import Cluster
from shared.kafka.consumer_groups import fetch_committed_offsets
from shared.kafka.topics import DELIVERIES, DISPATCHES
from shared.messages import codec
from shared.messages.delivery_keys import CONTENT, WAITING, is_entry
from shared.messages.schemas import Delivery, Notification

MAX_REASONS: Final = 2
MAX_NAMED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredRow:
    """A notification that is not delivered, or a dispatch that waits to become part of one.

    ``id`` is the notification's id, or the dispatch's while it waits. ``because`` is the
    destination's last answer, or why it was parked or waits. ``since`` is when it was first posted
    or, if it never was, when it was written.
    """

    id: str
    destination: str
    condition: UndeliveredCondition
    headline: str
    severity: str
    since: datetime
    attempts: int = 0
    because: str = ""


@dataclass(slots=True, kw_only=True)
class DeliveriesView:
    """What is not delivered, and every destination of which the topics tell."""

    undelivered: Undelivered = field(default_factory=lambda: Undelivered(limit=sys.maxsize))
    destinations: set[str] = field(default_factory=set)

    def take_dispatch(self, value: bytes | None, place: RecordPlace) -> None:
        """Apply a dispatch that deliver has not finished; one that cannot be read is left out."""
        with suppress(InvalidMessage):
            head = codec.decode(value or b"", DispatchHead)
            self.destinations.add(head.destination)
            self.undelivered.take_dispatch(head, place)

    def take_record(self, key: bytes, value: bytes | None, recorded_ms: int) -> None:
        """Apply a record of deliveries.v1; one that cannot be read is left out."""
        if value is None:
            self.undelivered.forget(key)
            return
        with suppress(InvalidMessage):
            if is_entry(key):
                entry = codec.decode(value, Delivery)
                self.destinations.add(entry.destination)
                self.undelivered.take_entry(entry)
            elif key.startswith(CONTENT + b"/"):
                self.undelivered.take_content(codec.decode(value, Notification), recorded_ms)
            elif key.startswith(WAITING + b"/"):
                head = codec.decode(value, DispatchHead)
                self.destinations.add(head.destination)
                self.undelivered.take_waiting(head, recorded_ms)

    def rows(self) -> list[UndeliveredRow]:
        """Return everything that is not delivered, by destination and condition."""
        return to_rows(self.undelivered.messages())


async def load_deliveries(cluster: Cluster) -> DeliveriesView:
    """Return what is not delivered: what deliver has not finished, and what is in its state.

    The state is read last: what is decided meanwhile is not listed.
    """
    view = DeliveriesView()
    committed = await fetch_committed_offsets(cluster, GROUP, DISPATCHES.name)
    async for record in iter_from(cluster, DISPATCHES.name, committed):
        place = RecordPlace(record.partition, record.offset, record.timestamp)
        view.take_dispatch(record.value, place)
    async for record in iter_retained(cluster, DELIVERIES.name):
        view.take_record(record.key, record.value, record.timestamp)
    return view


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


def summarise(rows: Iterable[UndeliveredRow]) -> Iterator[str]:
    """Yield a line for each destination: how many of each condition, and why they wait or fail."""
    gathered: dict[str, list[UndeliveredRow]] = {}
    for row in rows:
        gathered.setdefault(row.destination, []).append(row)
    for destination, of_destination in sorted(gathered.items()):
        counts = Counter(row.condition for row in of_destination)
        parts = [f"{counts[name]} {name}" for name in CONDITIONS if counts[name]]
        because = dict.fromkeys(row.because for row in of_destination if row.because)
        reasons = [*because][:MAX_REASONS]
        yield " · ".join((f"{destination}: {', '.join(parts)}", *reasons))


def describe_unknown(destination: str, destinations: Collection[str]) -> str:
    """Return that there is nothing for a destination, and of which ones the topics tell."""
    if not destinations:
        return f"no notification for {destination}; there is none for any destination yet"
    hint = did_you_mean(destination, sorted(destinations))
    first = sorted(destinations)[:MAX_NAMED]
    more = len(destinations) - len(first)
    listed = ", ".join(first) + (f" and {more} more" if more else "")
    return f"no notification for {destination}; there are {listed}" + (f"; {hint}" if hint else "")
