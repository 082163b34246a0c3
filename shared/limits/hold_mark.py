"""Mark in a partition's committed offset that a running process holds it, so that a process which
ends at once leaves a trace.

Every commit of an owner carries the mark; an owner that lets go in order commits the same offset
without it. Whoever is assigned a partition with the mark knows that its predecessor ended in the
middle, perhaps because of one of the next records. The mark lives with the group's offsets on the
brokers: it survives the process and the machine.
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
    """What one partition's committed offset says: how far its owners are, and whether one holds it.

    ``suspects`` are so many records from ``offset`` on that the predecessor may have been at when
    it ended; 0 where it let go in order.
    """

    offset: int | None = None
    suspects: int = 0
    is_set: bool = False

    @classmethod
    def from_committed(cls, committed: OffsetAndMetadata | None) -> "HoldMark":
        """Read what is committed; a metadata text that is not ours is no mark."""
        if committed is None or committed.offset < 0:
            return cls()
        mark = _MARK.fullmatch(committed.metadata or "")
        return cls(committed.offset, int(mark[1]) if mark else 0, mark is not None)

    def mark_offset(self, offset: int, ahead: int) -> OffsetAndMetadata:
        """What to commit at this offset by an owner that works on up to ``ahead`` records at once."""
        return OffsetAndMetadata(offset, f"held {ahead}")

    def unmark_offset(self) -> OffsetAndMetadata | None:
        """What to commit when the partition is let go in order; None where nothing changes.

        Suspects that were not reached are left to the next owner.
        """
        if not self.is_set or self.offset is None:
            return None
        return (
            self.mark_offset(self.offset, self.suspects)
            if self.suspects
            else OffsetAndMetadata(self.offset, "")
        )

    def limit_suspects(self, end: int) -> None:
        """Suspect none of the records that come after ``end``, the partition's when we took it over."""
        self.suspects = min(self.suspects, max(0, end - (self.offset or 0)))

    def advance(self, offset: int, records: int) -> None:
        """Note that ``at(offset)`` was committed, after so many records."""
        self.offset, self.is_set = offset, True
        self.suspects = max(0, self.suspects - records)


async def fetch_committed_offsets(
    consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition]
) -> Mapping[TopicPartition, OffsetAndMetadata]:
    """Ask what the group has committed, metadata included, in one request.

    AIOKafkaConsumer.committed() makes the same request for one partition and throws the metadata
    away.
    """
    if not partitions:
        return {}
    coordinator = consumer._coordinator  # noqa: SLF001 - there is no public way
    found: Mapping[TopicPartition, OffsetAndMetadata] = await coordinator.fetch_committed_offsets(
        list(partitions)
    )
    return found
