"""Keyed state over a compacted topic: one primitive for feeds, sources and the delivery ledger.

The topic has the source's partitioning. Changes are written in the transaction of the outputs they belong to, and read back on
assignment before the first record; memory holds only what was committed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.kafka import Cluster
from shared.outcomes import InvalidMessage
from shared.topics import HEADROOM_BYTES, MIB

MAX_ENTRY_BYTES: Final = MIB - HEADROOM_BYTES
"""What a state topic takes (shared/topics.py gives none more than the table's default)."""

T = TypeVar("T")


class State:
    """One partition's state: committed values under the changes of the batch at hand. Keys and values are bytes; None deletes."""

    def __init__(self, committed: Mapping[bytes, bytes] | None = None) -> None:
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
            if value is None:
                self._committed.pop(key, None)
            else:
                self._committed[key] = value
        self._changes = {}

    def rollback(self) -> None:
        """The batch was not committed: forget its changes."""
        self._changes = {}


async def restore(cluster: Cluster, topic: str, partitions: Sequence[int], on_read: Callable[[], None] = lambda: None) -> dict[int, State]:
    """Read partitions of a state topic to their ends, committed records only; ``on_read`` hears of every read that brought some.

    Call it after the partitions' producers were started: only then is nothing of a predecessor still open, so the end is final.
    """
    if not partitions:
        return {}
    wanted = [TopicPartition(cluster.name(topic), partition) for partition in partitions]
    found: dict[int, dict[bytes, bytes]] = {partition: {} for partition in partitions}
    reader = cluster.reader()
    await reader.start()
    try:
        reader.assign(wanted)
        await reader.seek_to_beginning(*wanted)
        for tp, end in (await reader.end_offsets(wanted)).items():
            await _read_to(reader, tp, end, found[tp.partition], on_read)
    finally:
        await reader.stop()
    return {partition: State(values) for partition, values in found.items()}


async def _read_to(reader: AIOKafkaConsumer, tp: TopicPartition, end: int, values: dict[bytes, bytes], on_read: Callable[[], None]) -> None:
    while await reader.position(tp) < end:
        for records in (await reader.getmany(tp, timeout_ms=200)).values():
            on_read()
            for record in records:
                if record.value is None:
                    values.pop(record.key, None)
                else:
                    values[record.key] = record.value
