"""What is not delivered yet, read from deliveries.v1. Pure but for reading the topic."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from services.console.topics.topic_reader import iter_retained
from shared.base.outcomes import InvalidMessage
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DELIVERIES
from shared.messages import codec
from shared.messages.delivery_keys import CONTENT, WAITING, is_entry
from shared.messages.schemas import Delivery, DeliveryState, Dispatch, Notification

DeliveryCondition = Literal["waiting", "retrying", "parked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredRow:
    """A notification that is not delivered, or a dispatch that waits to become part of one.

    ``id`` is the notification's id, or the dispatch's while it waits. ``because`` is the
    destination's last answer, or why it was parked.
    """

    id: str
    destination: str
    condition: DeliveryCondition
    headline: str
    severity: str
    attempts: int = 0
    because: str = ""


async def load_undelivered(cluster: Cluster) -> list[UndeliveredRow]:
    """Return everything that is not delivered, by destination and condition."""
    values = {record.key: record.value async for record in _records(cluster)}
    return sorted(
        find_undelivered(values.items()), key=lambda row: (row.destination, row.condition, row.id)
    )


def find_undelivered(values: Iterable[tuple[bytes, bytes | None]]) -> Iterator[UndeliveredRow]:
    """Yield what is not delivered among the last values by key; unreadable ones are left out."""
    entries, contents = dict[str, Delivery](), list[Notification]()
    for key, value in values:
        if value is None:
            continue
        try:
            if is_entry(key):
                entry = codec.decode(value, Delivery)
                entries[entry.notification_id] = entry
            elif key.startswith(CONTENT + b"/"):
                contents.append(codec.decode(value, Notification))
            elif key.startswith(WAITING + b"/"):
                yield _waiting(codec.decode(value, Dispatch))
        except InvalidMessage:
            continue
    for notification in contents:
        yield _decided(notification, entries.get(notification.notification_id))


def _waiting(dispatch: Dispatch) -> UndeliveredRow:
    return UndeliveredRow(
        id=dispatch.dispatch_id,
        destination=dispatch.destination,
        condition="waiting",
        headline=dispatch.article.article.headline if dispatch.article else dispatch.reason,
        severity=str(dispatch.severity),
    )


def _decided(notification: Notification, entry: Delivery | None) -> UndeliveredRow:
    is_parked = entry is not None and entry.state is DeliveryState.PARKED
    headlines = [article.headline for article in notification.articles]
    headlines += [alert.headline for alert in notification.alerts]
    return UndeliveredRow(
        id=notification.notification_id,
        destination=notification.destination,
        condition="parked" if is_parked else "retrying",
        headline=headlines[0] if headlines else notification.reason,
        severity=str(notification.severity or ""),
        attempts=entry.attempts if entry else 0,
        because=entry.answer if entry else "",
    )


async def _records(cluster: Cluster) -> AsyncIterator[Any]:
    async for record in iter_retained(cluster, DELIVERIES.name):
        yield record
