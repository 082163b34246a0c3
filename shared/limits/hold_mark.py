"""Mark in a partition's committed offset that a running process holds it.

A process that ends abruptly thus leaves a trace. Every commit of an owner carries the mark; an
owner that releases the partition in order commits the same offset without it. The next owner of a
marked partition knows that its predecessor was killed or crashed, perhaps because of one of the
next records. The mark is stored with the group's offsets on the brokers: it survives process and
machine.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

_MARK: Final = re.compile(r"held ([0-9]{1,9})")


@dataclass(slots=True)
class HoldMark:
    """What one partition's committed offset says: its position, and whether a process holds it.

    ``suspects`` is how many records from ``offset`` on may have ended the previous owner; 0 if it
    released the partition in order.
    """

    offset: int | None = None
    suspects: int = 0
    is_set: bool = False

    @classmethod
    def from_committed(cls, committed: OffsetAndMetadata | None) -> "HoldMark":
        """Return what a committed offset says; metadata that is not ours is no mark."""
        if committed is None or committed.offset < 0:
            return cls()
        mark = _MARK.fullmatch(committed.metadata or "")
        return cls(committed.offset, int(mark[1]) if mark else 0, mark is not None)

    def mark_offset(self, offset: int, ahead: int) -> OffsetAndMetadata:
        """Return an offset to commit with the mark, if up to ``ahead`` records are in progress."""
        return OffsetAndMetadata(offset, f"held {ahead}")

    def unmark_offset(self) -> OffsetAndMetadata | None:
        """Return the offset to commit when the partition is released; None if nothing changes.

        Suspects that were not reached are passed on to the next owner.
        """
        if not self.is_set or self.offset is None:
            return None
        if self.suspects:
            return self.mark_offset(self.offset, self.suspects)
        return OffsetAndMetadata(self.offset, "")

    def limit_suspects(self, end: int) -> None:
        """Suspect no records after ``end``, the partition's end when we became its owner."""
        self.suspects = min(self.suspects, max(0, end - (self.offset or 0)))

    def advance(self, offset: int, records: int) -> None:
        """Note that ``offset`` was committed with the mark, ``records`` records later."""
        self.offset, self.is_set = offset, True
        self.suspects = max(0, self.suspects - records)


async def fetch_committed_offsets(
    consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition]
) -> Mapping[TopicPartition, OffsetAndMetadata]:
    """Return what the group has committed, with metadata, in one request.

    AIOKafkaConsumer.committed() makes the same request for one partition and discards the metadata.
    """
    if not partitions:
        return {}
    coordinator = consumer._coordinator  # noqa: SLF001 - there is no public way
    offsets: Mapping[TopicPartition, OffsetAndMetadata]
    offsets = await coordinator.fetch_committed_offsets(list(partitions))
    return offsets
