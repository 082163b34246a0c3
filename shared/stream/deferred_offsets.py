"""Source offsets that nothing else has to be committed with: they wait for the next transaction.

A record without outputs, changed state or a dead letter has no effect. If its process ends before
the offset is committed, it is read again and has none again. A transaction for its offset alone
takes the broker as long as one with records, so such offsets are committed with the next records of
their partition, or once a second.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from aiokafka import TopicPartition

COMMIT_INTERVAL_S: Final = 1.0
"""The longest that an offset waits."""


@dataclass(slots=True)
class _Deferred:
    """Up to where a partition is processed, how many records are not committed, and since when."""

    offset: int
    records: int
    since: float


class DeferredOffsets:
    """The deferred offset of each partition. Times are seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._deferred: dict[TopicPartition, _Deferred] = {}

    def defer(self, tp: TopicPartition, offset: int, records: int, now: float) -> None:
        """Note that ``records`` more records, up to ``offset``, were processed without effect."""
        deferred = self._deferred.setdefault(tp, _Deferred(offset, 0, now))
        deferred.offset = offset
        deferred.records += records

    def offset(self, tp: TopicPartition) -> int | None:
        """Return the partition's deferred offset, if any."""
        deferred = self._deferred.get(tp)
        return None if deferred is None else deferred.offset

    def count(self, tp: TopicPartition) -> int:
        """Return how many records of the partition are processed and not committed."""
        deferred = self._deferred.get(tp)
        return 0 if deferred is None else deferred.records

    def clear(self, tp: TopicPartition) -> None:
        """Note that the partition's offset was committed, or that the partition is released."""
        self._deferred.pop(tp, None)

    def due(self, now: float, busy: Collection[TopicPartition]) -> list[TopicPartition]:
        """Return the partitions that are not busy and whose offset has waited long enough."""
        return [
            tp
            for tp, deferred in self._deferred.items()
            if tp not in busy and now - deferred.since >= COMMIT_INTERVAL_S
        ]
