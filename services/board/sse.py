"""Server-sent events (WHATWG HTML, section 9.2): who is watching, what they have missed, and who is too slow to keep.

Every viewer has a queue of its own of bounded length; a full one ends the viewer, whose browser comes back and says what it saw last.
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
    """One open page; a None in its queue means that nothing more will come."""

    queue: asyncio.Queue[bytes | None] = field(
        default_factory=lambda: asyncio.Queue(MAX_QUEUED_EVENTS)
    )
    is_lost: bool = False

    def put(self, event: bytes | None) -> None:
        """Put an event into the queue; a full queue loses the viewer."""
        if self.queue.full():
            self.is_lost = True
        else:
            self.queue.put_nowait(event)


class Hub:
    """Hands events to all viewers. ``epoch`` names this process's run, so that ids of an earlier one are not taken for ours.

    ``greeting`` gives the events of somebody who knows nothing: a snapshot first (it gets an id), then passing ones.
    """

    def __init__(
        self, epoch: str, greeting: Callable[[], list[tuple[str, bytes]]], most: int
    ) -> None:
        self._epoch, self._greeting, self._most = epoch, greeting, most
        self._number = 0
        self._past: deque[tuple[int, bytes]] = deque(maxlen=MAX_PAST_EVENTS)
        self._closed = False
        self.viewers: set[Viewer] = set()

    def publish(self, kind: str, data: bytes) -> None:
        """Tell everybody, and remember it for those who come back."""
        self._number += 1
        event = encode_event(kind, data, self._id())
        self._past.append((self._number, event))
        self._give(event)

    def publish_transient(self, kind: str, data: bytes) -> None:
        """Tell those who are here; the next such event replaces it."""
        self._give(encode_event(kind, data))

    def join(self, last_event_id: str | None) -> Viewer | None:
        """A new viewer, with what it missed, or with everything where that is unknown or too much; None where the house is full."""
        if self._closed or len(self.viewers) >= self._most:
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
        """The viewer is gone."""
        self.viewers.discard(viewer)

    def close(self) -> None:
        """End every viewer's stream, and let nobody in."""
        self._closed = True
        self._give(None)

    def _give(self, event: bytes | None) -> None:
        for viewer in self.viewers:
            viewer.put(event)

    def _id(self) -> str:
        return f"{self._epoch}-{self._number}"

    def _since(self, last_event_id: str | None) -> list[bytes] | None:
        """The events after that one; None where they are not all remembered or would fill half a queue."""
        epoch, _, number = (last_event_id or "").rpartition("-")
        if epoch != self._epoch or not (number.isascii() and number.isdigit()) or len(number) > 18:
            return None
        missed = self._number - int(number)
        if not 0 <= missed <= min(len(self._past), MAX_QUEUED_EVENTS // 2):
            return None
        return [event for _, event in list(self._past)[len(self._past) - missed :]]


def encode_event(kind: str, data: bytes, event_id: str | None = None) -> bytes:
    """One event. ``data`` is one line, as JSON is."""
    head = f"id: {event_id}\n" if event_id else ""
    return f"{head}event: {kind}\ndata: ".encode() + data + b"\n\n"
