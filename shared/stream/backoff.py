"""Partitions that wait before a new try: each wait twice as long as the one before. Pure: the clock is passed in, in seconds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from aiokafka import TopicPartition

FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 60.0


@dataclass(slots=True)
class _Pause:
    until: float
    waits: int
    over: bool = False


@dataclass(slots=True)
class Backoff:
    """Which partitions wait, and until when. The count of a partition's waits lasts until ``end``."""

    _pauses: dict[TopicPartition, _Pause] = field(default_factory=dict)

    def begin(self, tp: TopicPartition, now: float, *, progressed: bool) -> float:
        """Let the partition wait; how many seconds. ``progressed`` says that something was done since its last wait."""
        waits = 0 if progressed or tp not in self._pauses else self._pauses[tp].waits
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(waits, 32))
        self._pauses[tp] = _Pause(now + wait_s, waits + 1)
        return wait_s

    def end(self, tp: TopicPartition) -> None:
        """What it waited for is done, or the partition is no longer ours."""
        self._pauses.pop(tp, None)

    def due(self, now: float) -> Sequence[TopicPartition]:
        """The partitions whose wait has ended since the last call."""
        due = [tp for tp, pause in self._pauses.items() if not pause.over and pause.until <= now]
        for tp in due:
            self._pauses[tp].over = True
        return due

    def waiting(self) -> Sequence[TopicPartition]:
        """The partitions that are not read now."""
        return [tp for tp, pause in self._pauses.items() if not pause.over]
