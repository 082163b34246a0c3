"""Exponential backoff for partitions that wait before a retry.

Pure: the clock is passed in, in seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from aiokafka import TopicPartition

FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 60.0


@dataclass(slots=True)
class _Wait:
    until: float
    count: int


@dataclass(slots=True)
class Backoff:
    """The partitions that wait, and until when. A partition's waits are counted until ``end``."""

    _waits: dict[TopicPartition, _Wait] = field(default_factory=dict)

    def begin(self, tp: TopicPartition, now: float, *, progressed: bool) -> float:
        """Let the partition wait, and return for how many seconds.

        Each wait is twice as long as the one before, unless something was processed in between
        (``progressed``).
        """
        count = 0 if progressed or tp not in self._waits else self._waits[tp].count
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(count, 32))
        self._waits[tp] = _Wait(now + wait_s, count + 1)
        return wait_s

    def end(self, tp: TopicPartition) -> None:
        """Forget the partition: its record was processed, or it was revoked."""
        self._waits.pop(tp, None)

    def waiting(self, now: float) -> Sequence[TopicPartition]:
        """Return the partitions whose wait is not over."""
        return [tp for tp, wait in self._waits.items() if now < wait.until]
