"""Until when a story waits for a digest, at the times that its routes say. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.alerting.deliver.grouping.waiting import WaitingDispatch
from services.alerting.routes.routes import Routes, find_route
from shared.messages.schemas import Alert


@dataclass(frozen=True, slots=True, order=True)
class DueDigest:
    """When a digest is due, and its name in the file of routes."""

    at: datetime
    name: str


def find_due_digest(
    members: Sequence[WaitingDispatch], alerts: Sequence[Alert], routes: Routes
) -> DueDigest | None:
    """Return the first digest after the story began to wait; None if it does not wait.

    It does not if one of its alerts has no digest, or a person asks for it.
    """
    if any(member.is_redriven for member in members):
        return None
    destination = members[0].dispatch.destination
    begun = min(member.written_at for member in members)
    due = []
    for alert in alerts:
        route = find_route(alert, destination)
        digest = routes.digests.get(route.digest) if route and route.digest else None
        if digest is None or not digest.holds(alert.severity):
            return None
        due.append(DueDigest(digest.next_after(begun), digest.name))
    return min(due, default=None)
