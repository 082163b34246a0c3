"""One row of what is not delivered. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from services.board.state.cards import NAME_CHARACTERS
from services.board.state.deliveries.dispatch_head import DispatchHead
from services.board.state.excerpt import shorten

REASON_CHARACTERS: Final = 120

UndeliveredCondition = Literal["waiting", "retrying", "parked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliveredMessage:
    """A notification that is not delivered, or a dispatch that waits to become part of one.

    ``answer`` is the destination's last answer, of the time ``attempted``, or why it was parked or
    waits. ``since`` is when it was first posted or, if it never was, when it was written.
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


def build_waiting(head: DispatchHead, recorded_ms: int) -> UndeliveredMessage:
    """Return the row of a dispatch that waits, written at that time unless it says otherwise."""
    return UndeliveredMessage(
        id=head.dispatch_id,
        destination=head.destination,
        condition="waiting",
        headline=head.headline,
        severity=shorten(head.severity, NAME_CHARACTERS),
        since=head.waits_since or time_of(recorded_ms),
        answer=shorten(head.waits_because, REASON_CHARACTERS),
    )


def time_of(recorded_ms: int) -> datetime:
    """Return the time of Unix milliseconds."""
    return datetime.fromtimestamp(recorded_ms / 1000, UTC)
