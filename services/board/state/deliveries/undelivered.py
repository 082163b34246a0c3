"""What waits for each destination, is retried or is parked. Pure.

A fold over deliveries.v1 and dispatches.v1: contents of notifications that are not delivered, their
entries of the ledger, and the dispatches that wait. All of a destination's records of a topic are
in one partition, so their order is fixed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.board.state.cards import HEADLINE_CHARACTERS
from services.board.state.deliveries.dispatch_head import DispatchHead
from services.board.state.deliveries.queued_dispatches import QueuedDispatches
from services.board.state.deliveries.reconciliation import RecordPlace
from services.board.state.deliveries.undelivered_message import (
    UndeliveredCondition,
    UndeliveredMessage,
    build_waiting,
    time_of,
)
from services.board.state.excerpt import shorten
from shared.messages.delivery_keys import CONTENT, WAITING
from shared.messages.schemas import Delivery, DeliveryState, Notification

MAX_ROWS: Final = 20_000
"""Messages and dispatches that are kept; of more only the number of those left out is known."""
ROWS_SHOWN: Final = 50
"""Rows of a destination and condition on the page."""
MAX_DESTINATIONS: Final = 200

CONDITIONS: Final[tuple[UndeliveredCondition, ...]] = ("parked", "retrying", "waiting")
_ENDED: Final = (DeliveryState.DELIVERED, DeliveryState.CLOSED, DeliveryState.DEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredAt:
    """What one destination has not received, with the latest ``answer`` to a post.

    ``waits_because`` is set if it waits for something that does not come by itself, an address.
    ``messages`` are the oldest of each condition, parked ones first; ``counts`` has all of them.
    """

    destination: str
    counts: dict[UndeliveredCondition, int]
    answer: str
    waits_because: str
    messages: tuple[UndeliveredMessage, ...]


@dataclass(slots=True, kw_only=True)
class Undelivered:
    """The fold, of at most ``limit`` rows of each kind."""

    limit: int = MAX_ROWS
    _left_out: int = 0
    _contents: dict[str, UndeliveredMessage] = field(default_factory=dict)
    _entries: dict[str, Delivery] = field(default_factory=dict)
    _waiting: dict[str, UndeliveredMessage] = field(default_factory=dict)
    _queued: QueuedDispatches = field(init=False)

    def __post_init__(self) -> None:
        self._queued = QueuedDispatches(limit=self.limit)

    @property
    def left_out(self) -> int:
        """The number of records for which there was no room."""
        return self._left_out + self._queued.left_out

    def take_content(self, notification: Notification, recorded_ms: int) -> None:
        """Keep a notification that was decided, until it is delivered."""
        headlines = [article.headline for article in notification.articles]
        headlines += [alert.headline for alert in notification.alerts]
        self._add(
            self._contents,
            UndeliveredMessage(
                id=notification.notification_id,
                destination=notification.destination,
                condition="retrying",
                headline=shorten((headlines or [notification.reason])[0], HEADLINE_CHARACTERS),
                severity=str(notification.severity or ""),
                since=time_of(recorded_ms),
            ),
        )

    def take_waiting(self, head: DispatchHead, recorded_ms: int) -> None:
        """Keep a dispatch that waits in the state."""
        self._add(self._waiting, build_waiting(head, recorded_ms))

    def take_dispatch(self, head: DispatchHead, place: RecordPlace) -> None:
        """Keep a dispatch of dispatches.v1, until deliver decides it or keeps it in its state."""
        self._queued.take_dispatch(head, place)

    def take_committed(self, offsets: Mapping[int, int]) -> None:
        """Forget the dispatches of dispatches.v1 that deliver has finished."""
        self._queued.take_committed(offsets)

    def take_entry(self, entry: Delivery) -> None:
        """Keep the last entry of a notification that is not delivered."""
        self._queued.end(entry.dispatch_ids)
        self._entries.pop(entry.notification_id, None)
        if entry.state not in _ENDED and len(self._entries) < self.limit:
            self._entries[entry.notification_id] = entry

    def forget(self, key: bytes) -> None:
        """Forget what a tombstone ends."""
        if key.startswith(CONTENT + b"/"):
            self._contents.pop(_last_part(key), None)
        elif key.startswith(WAITING + b"/"):
            self._waiting.pop(_last_part(key), None)

    def is_waiting(self, dispatch_id: str) -> bool:
        """Return whether a dispatch waits in the state."""
        return dispatch_id in self._waiting

    def count_parked(self, destination: str) -> int:
        """Return how many messages are parked for a destination."""
        return sum(
            message.condition == "parked" and message.destination == destination
            for message in self.messages()
        )

    def totals(self) -> dict[str, int]:
        """Return how many there are of each condition."""
        entries = (self._entries.get(content_id) for content_id in self._contents)
        parked = sum(entry is not None and entry.state is DeliveryState.PARKED for entry in entries)
        return {
            "parked": parked,
            "retrying": len(self._contents) - parked,
            "waiting": len(self._waiting) + sum(1 for _ in self._queued_only()),
        }

    def by_destination(self) -> tuple[UndeliveredAt, ...]:
        """Return what each destination has not received, those with most first."""
        gathered: dict[str, list[UndeliveredMessage]] = {}
        for message in self.messages():
            gathered.setdefault(message.destination, []).append(message)
        sizes = sorted(gathered, key=lambda destination: (-len(gathered[destination]), destination))
        return tuple(_at(name, gathered[name]) for name in sizes[:MAX_DESTINATIONS])

    def messages(self) -> Iterator[UndeliveredMessage]:
        """Yield everything that is not delivered."""
        yield from self._waiting.values()
        yield from self._queued_only()
        for content in self._contents.values():
            entry = self._entries.get(content.id)
            yield content if entry is None else _with_entry(content, entry)

    def _queued_only(self) -> Iterator[UndeliveredMessage]:
        """Yield what waits in the topic alone."""
        return (each for each in self._queued.messages() if each.id not in self._waiting)

    def _add(self, rows: dict[str, UndeliveredMessage], row: UndeliveredMessage) -> None:
        if row.id in rows or len(rows) < self.limit:
            rows[row.id] = row
        else:
            self._left_out += 1


def _with_entry(content: UndeliveredMessage, entry: Delivery) -> UndeliveredMessage:
    is_parked = entry.state is DeliveryState.PARKED
    return UndeliveredMessage(
        id=content.id,
        destination=content.destination,
        condition="parked" if is_parked else "retrying",
        headline=content.headline,
        severity=content.severity,
        since=entry.first_attempt_at,
        attempts=entry.attempts,
        attempted=entry.last_attempt_at,
        answer=shorten(entry.answer, HEADLINE_CHARACTERS),
    )


def _at(destination: str, messages: list[UndeliveredMessage]) -> UndeliveredAt:
    messages.sort(key=lambda message: (message.since, message.id))
    by_condition = {
        condition: [message for message in messages if message.condition == condition]
        for condition in CONDITIONS
    }
    answered = [message for message in messages if message.answer and message.attempted]
    last = max(answered, key=lambda message: (message.attempted, message.id), default=None)
    reasons = [message.answer for message in by_condition["waiting"] if message.answer]
    return UndeliveredAt(
        destination=destination,
        counts={condition: len(rows) for condition, rows in by_condition.items()},
        answer=last.answer if last else "",
        waits_because=reasons[-1] if reasons else "",
        messages=tuple(row for rows in by_condition.values() for row in rows[:ROWS_SHOWN]),
    )


def _last_part(key: bytes) -> str:
    return key.rpartition(b"/")[2].decode("utf-8", "replace")
