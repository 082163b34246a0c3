"""What waits for each destination, is retried or is parked: a fold over deliveries.v1. Pure.

It holds the contents of notifications that are not delivered, their entries of the ledger, and the
dispatches that wait. All of a destination's records are in one partition, so their order is fixed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from services.board.state.cards import HEADLINE_CHARACTERS, NAME_CHARACTERS
from services.board.state.deliveries.dispatch_head import DispatchHead
from services.board.state.excerpt import shorten
from shared.messages.delivery_keys import CONTENT, WAITING
from shared.messages.schemas import Delivery, DeliveryState, Notification

MAX_ROWS: Final = 20_000
"""Messages and dispatches that are kept; of more only the number of those left out is known."""
ROWS_SHOWN: Final = 50
"""Rows of a destination and condition on the page."""
MAX_DESTINATIONS: Final = 200

UndeliveredCondition = Literal["waiting", "retrying", "parked"]
CONDITIONS: Final[tuple[UndeliveredCondition, ...]] = ("parked", "retrying", "waiting")
_ENDED: Final = (DeliveryState.DELIVERED, DeliveryState.CLOSED, DeliveryState.DEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredMessage:
    """A notification that is not delivered, or a dispatch that waits to become part of one.

    ``answer`` is the destination's last answer, of the time ``attempted``, or why it was parked.
    ``since`` is when it was first posted or, if it never was, when it was stored.
    """

    id: str
    destination: str
    condition: UndeliveredCondition
    headline: str
    severity: str
    since: datetime
    attempts: int = 0
    attempted: datetime | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredAt:
    """What one destination has not received, with the latest ``answer`` to a post.

    ``messages`` are the oldest of each condition, parked ones first; ``counts`` has all of them.
    """

    destination: str
    counts: dict[UndeliveredCondition, int]
    answer: str
    messages: tuple[UndeliveredMessage, ...]


@dataclass(slots=True, kw_only=True)
class Undelivered:
    """The fold; ``left_out`` are the records for which there was no room."""

    limit: int = MAX_ROWS
    left_out: int = 0
    _contents: dict[str, UndeliveredMessage] = field(default_factory=dict)
    _entries: dict[str, Delivery] = field(default_factory=dict)
    _waiting: dict[str, UndeliveredMessage] = field(default_factory=dict)

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
                since=_time(recorded_ms),
            ),
        )

    def take_waiting(self, head: DispatchHead, recorded_ms: int) -> None:
        """Keep a dispatch that waits in the state."""
        self._add(
            self._waiting,
            UndeliveredMessage(
                id=head.dispatch_id,
                destination=head.destination,
                condition="waiting",
                headline=head.headline,
                severity=shorten(head.severity, NAME_CHARACTERS),
                since=_time(recorded_ms),
            ),
        )

    def take_entry(self, entry: Delivery) -> None:
        """Keep the last entry of a notification that is not delivered."""
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
            "waiting": len(self._waiting),
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
        for content in self._contents.values():
            entry = self._entries.get(content.id)
            yield content if entry is None else _with_entry(content, entry)

    def _add(self, rows: dict[str, UndeliveredMessage], row: UndeliveredMessage) -> None:
        if row.id in rows or len(rows) < self.limit:
            rows[row.id] = row
        else:
            self.left_out += 1


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
    return UndeliveredAt(
        destination=destination,
        counts={condition: len(rows) for condition, rows in by_condition.items()},
        answer=last.answer if last else "",
        messages=tuple(row for rows in by_condition.values() for row in rows[:ROWS_SHOWN]),
    )


def _last_part(key: bytes) -> str:
    return key.rpartition(b"/")[2].decode("utf-8", "replace")


def _time(recorded_ms: int) -> datetime:
    return datetime.fromtimestamp(recorded_ms / 1000, UTC)
