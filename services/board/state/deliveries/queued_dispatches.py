"""Dispatches that wait in dispatches.v1: neither decided nor kept in deliver's state. Pure.

The topics have no common order, so an entry may come before the dispatches that it decides.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.board.state.deliveries.dispatch_head import DispatchHead
from services.board.state.deliveries.reconciliation import RecordPlace
from services.board.state.deliveries.undelivered_message import UndeliveredMessage, build_waiting

MAX_DECIDED: Final = 50_000
"""Decided dispatches that are remembered, the latest."""


@dataclass(slots=True, kw_only=True)
class QueuedDispatches:
    """The fold; ``left_out`` are the dispatches for which there was no room."""

    limit: int
    max_decided: int = MAX_DECIDED
    left_out: int = 0
    _queued: dict[str, tuple[RecordPlace, UndeliveredMessage]] = field(default_factory=dict)
    _decided: dict[str, None] = field(default_factory=dict)
    _committed: Mapping[int, int] = field(default_factory=dict)

    def take_dispatch(self, head: DispatchHead, place: RecordPlace) -> None:
        """Keep a dispatch until it is decided, or deliver has finished its record."""
        if head.dispatch_id in self._decided or self._is_finished(place):
            return
        if head.dispatch_id in self._queued or len(self._queued) < self.limit:
            row = build_waiting(head, place.recorded_ms)
            self._queued.setdefault(head.dispatch_id, (place, row))
        else:
            self.left_out += 1

    def end(self, dispatch_ids: Iterable[str]) -> None:
        """Forget dispatches that were decided."""
        for dispatch_id in dispatch_ids:
            self._queued.pop(dispatch_id, None)
            self._decided[dispatch_id] = None
            if len(self._decided) > self.max_decided:
                del self._decided[next(iter(self._decided))]

    def take_committed(self, offsets: Mapping[int, int]) -> None:
        """Forget what deliver has finished: the offsets that it has committed, by partition."""
        self._committed = offsets
        finished = [key for key, (place, _) in self._queued.items() if self._is_finished(place)]
        for dispatch_id in finished:
            del self._queued[dispatch_id]

    def messages(self) -> Iterator[UndeliveredMessage]:
        """Yield the dispatches that wait."""
        for _, message in self._queued.values():
            yield message

    def _is_finished(self, place: RecordPlace) -> bool:
        return place.offset < self._committed.get(place.partition, 0)
