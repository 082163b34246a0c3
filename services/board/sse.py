"""Server-sent events (WHATWG HTML, section 9.2) for any number of viewers.

Every viewer has a bounded queue. One whose queue is full is dropped; its browser reconnects and
says which event it saw last.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

MAX_QUEUED_EVENTS: Final = 64
MAX_PAST_EVENTS: Final = 256
RETRY_MS: Final = 2_000


@dataclass(slots=True, eq=False)
class Viewer:
    """One open page. None in its queue means that no more events will come."""

    queue: asyncio.Queue[bytes | None] = field(
        default_factory=lambda: asyncio.Queue(MAX_QUEUED_EVENTS)
    )
    is_lost: bool = False

    def put(self, event: bytes | None) -> None:
        """Queue an event; a full queue loses the viewer."""
        if self.queue.full():
            self.is_lost = True
        else:
            self.queue.put_nowait(event)


class Hub:
    """Sends events to all viewers.

    ``epoch`` identifies this run of the process, so that event ids of an earlier run are not
    mistaken for ours. ``greeting`` returns the events for a new viewer: a snapshot first, which
    gets an id, then transient ones.
    """

    def __init__(
        self, epoch: str, greeting: Callable[[], list[tuple[str, bytes]]], max_viewers: int
    ) -> None:
        self._epoch, self._greeting, self._max_viewers = epoch, greeting, max_viewers
        self._number = 0
        self._past: deque[tuple[int, bytes]] = deque(maxlen=MAX_PAST_EVENTS)
        self._closed = False
        self.viewers: set[Viewer] = set()

    def publish(self, kind: str, data: bytes) -> None:
        """Send an event to all viewers, and remember it for those who reconnect."""
        self._number += 1
        event = encode_event(kind, data, self._id())
        self._past.append((self._number, event))
        self._give(event)

    def publish_transient(self, kind: str, data: bytes) -> None:
        """Send an event to those connected now; the next one of its kind replaces it."""
        self._give(encode_event(kind, data))

    def join(self, last_event_id: str | None) -> Viewer | None:
        """Add a viewer, with the events it missed or with a snapshot; None if there are too many.

        It gets a snapshot where the events it missed are unknown or too many.
        """
        if self._closed or len(self.viewers) >= self._max_viewers:
            return None
        viewer = Viewer()
        missed = self._since(last_event_id)
        (kind, snapshot), *passing = self._greeting()
        for event in [encode_event(kind, snapshot, self._id())] if missed is None else missed:
            viewer.put(event)
        for name, data in passing:
            viewer.put(encode_event(name, data))
        self.viewers.add(viewer)
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """Remove a viewer."""
        self.viewers.discard(viewer)

    def close(self) -> None:
        """End every viewer's stream, and accept no new ones."""
        self._closed = True
        self._give(None)

    def _give(self, event: bytes | None) -> None:
        for viewer in self.viewers:
            viewer.put(event)

    def _id(self) -> str:
        return f"{self._epoch}-{self._number}"

    def _since(self, last_event_id: str | None) -> list[bytes] | None:
        """Return the events after that one; None if not all are remembered or they are too many.

        Too many are those that would fill half a queue.
        """
        epoch, _, number = (last_event_id or "").rpartition("-")
        if epoch != self._epoch or not (number.isascii() and number.isdigit()) or len(number) > 18:
            return None
        missed = self._number - int(number)
        if not 0 <= missed <= min(len(self._past), MAX_QUEUED_EVENTS // 2):
            return None
        return [event for _, event in list(self._past)[len(self._past) - missed :]]


def encode_event(kind: str, data: bytes, event_id: str | None = None) -> bytes:
    """Encode one event. ``data`` must be a single line, as JSON is."""
    head = f"id: {event_id}\n" if event_id else ""
    return f"{head}event: {kind}\ndata: ".encode() + data + b"\n\n"
