"""Keyed state over a compacted topic: one primitive for feeds, sources and the delivery ledger.

The topic has the source's partitioning. Changes are written in the transaction of the outputs they belong to, and read back on
assignment before the first record; memory holds only what was committed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared import partition_marks
from shared.kafka import Cluster
from shared.outcomes import InvalidMessage
from shared.settings import ConfigurationError
from shared.topics import HEADROOM_BYTES, MIB
from shared.transaction import Write

MAX_ENTRY_BYTES: Final = MIB - HEADROOM_BYTES
"""What a state topic takes (shared/topics.py gives none more than the table's default)."""

T = TypeVar("T")


class State:
    """One partition's state: committed values under the changes of the batch at hand. Keys and values are bytes; None deletes.

    ``end`` is the offset up to which the partition was read, ``partitions`` how many its topic had then (0: nothing was read).
    """

    def __init__(self, committed: Mapping[bytes, bytes] | None = None, *, end: int = 0, partitions: int = 0) -> None:
        self.end, self.partitions = end, partitions
        self._committed: dict[bytes, bytes] = dict(committed or {})
        self._changes: dict[bytes, bytes | None] = {}

    def get(self, key: bytes) -> bytes | None:
        """The value as this batch sees it."""
        return self._changes[key] if key in self._changes else self._committed.get(key)

    def set(self, key: bytes, value: bytes | None) -> None:
        """Change a value in this batch; it counts once the batch is committed. InvalidMessage where the state's topic would refuse its size."""
        if (size := len(key) + len(value or b"")) > MAX_ENTRY_BYTES:
            raise InvalidMessage(f"its state would be {size} bytes, and {MAX_ENTRY_BYTES} are the most")
        self._changes[key] = value

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Every committed key and value."""
        return iter(self._committed.items())

    @property
    def changes(self) -> Mapping[bytes, bytes | None]:
        """What this batch has changed."""
        return self._changes

    def attempt(self, action: Callable[[], T]) -> T:
        """Run ``action``; where it raises, take back what it changed."""
        with self.all_or_nothing():
            return action()

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Where the block raises, take back what was changed in it."""
        before = dict(self._changes)
        try:
            yield
        except BaseException:
            self._changes = before
            raise

    def commit(self) -> None:
        """The batch was committed: its changes are the state now."""
        for key, value in self._changes.items():
            self.learn(key, value)
        self._changes = {}

    def learn(self, key: bytes, value: bytes | None) -> None:
        """Take in a committed record that somebody else wrote."""
        if value is None:
            self._committed.pop(key, None)
        else:
            self._committed[key] = value

    def writes(self, topic: str, partition: int) -> list[Write]:
        """Return the records that write this batch's changes to the state's partition. ``topic`` is the cluster's name."""
        told = [partition_marks.mark(self.partitions)]
        return [Write(topic, key, value, told, partition=partition) for key, value in self._changes.items()]

    def rollback(self) -> None:
        """The batch was not committed: forget its changes."""
        self._changes = {}


async def restore(
    cluster: Cluster, topic: str, partitions: Sequence[int], on_read: Callable[[], None] = lambda: None, *, source: str = ""
) -> dict[int, State]:
    """Read partitions of a state topic to their ends, committed records only; ``on_read`` hears of every read that brought some.

    Call it after the partitions' producers were started: only then is nothing of a predecessor still open, so the end is final.
    ConfigurationError where records were written under another partition count than the topic has; ``source`` is named in it.
    """
    if not partitions:
        return {}
    wanted = [TopicPartition(cluster.name(topic), partition) for partition in partitions]
    found: dict[int, dict[bytes, bytes]] = {partition: {} for partition in partitions}
    marks = dict[bytes, int]()
    reader = cluster.reader()
    await reader.start()
    try:
        reader.assign(wanted)
        await reader.seek_to_beginning(*wanted)
        ends = await reader.end_offsets(wanted)
        for tp, end in ends.items():
            marks |= await _read_to(reader, tp, end, found[tp.partition], on_read)
        count = len(reader.partitions_for_topic(cluster.name(topic)))
    finally:
        await reader.stop()
    if changed := set(marks.values()) - {count}:
        raise ConfigurationError(partition_marks.refusal(topic, source or topic, changed, count))
    return {tp.partition: State(found[tp.partition], end=end, partitions=count) for tp, end in ends.items()}


async def _read_to(
    reader: AIOKafkaConsumer, tp: TopicPartition, end: int, values: dict[bytes, bytes], on_read: Callable[[], None]
) -> dict[bytes, int]:
    """Read a partition into ``values``; return the partition counts that they were written under, as far as they say."""
    marks = dict[bytes, int]()
    while await reader.position(tp) < end:
        for records in (await reader.getmany(tp, timeout_ms=200)).values():
            on_read()
            for record in records:
                marks.pop(record.key, None)
                if record.value is None:
                    values.pop(record.key, None)
                else:
                    values[record.key] = record.value
                    if count := partition_marks.marked(record.headers):
                        marks[record.key] = count
    return marks
