"""Keyed state over a compacted topic: one primitive for feeds, sources and the delivery ledger.

The topic has the source's partitioning. Changes are written in the transaction of the outputs they belong to, and read back on
assignment before the first record; memory holds only what was committed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.base.outcomes import InvalidMessage
from shared.base.settings import ConfigurationError
from shared.kafka import partition_count
from shared.kafka.cluster import Cluster
from shared.kafka.topics import HEADROOM_BYTES, MIB
from shared.kafka.transaction import Write

MAX_ENTRY_BYTES: Final = MIB - HEADROOM_BYTES
"""What a state topic takes (shared/kafka/topics.py gives none more than the table's default)."""

T = TypeVar("T")


class StateStore:
    """One partition's state: committed values under the changes of the batch at hand. Keys and values are bytes; None deletes.

    ``end`` is the offset up to which the partition was read, ``partitions`` how many its topic had then (0: nothing was read);
    ``truncated``: the topic's retention has deleted entries, so what is not here may have been here.
    """

    def __init__(self, committed: Mapping[bytes, bytes] | None = None) -> None:
        self.end, self.partitions, self.truncated = 0, 0, False
        self._committed: dict[bytes, bytes] = {}
        self._groups: dict[bytes, dict[bytes, None]] = {}
        self._changes: dict[bytes, bytes | None] = {}
        for key, value in (committed or {}).items():
            self.load(key, value)

    def load(self, key: bytes, value: bytes | None) -> None:
        """Take in one committed record, in the topic's order."""
        group = _group(key)
        self._committed.pop(key, None)
        members = self._groups.setdefault(group, {})
        members.pop(key, None)
        if value is not None:
            self._committed[key] = value
            members[key] = None
        elif not members:
            del self._groups[group]

    def oldest(self, group: bytes = b"") -> Iterator[bytes]:
        """Keys of a group, the one that was changed longest ago first, as this batch sees them.

        A key belongs to the group that stands before its last slash. The order is that of the changes, not of
        batches or restarts: the topic keeps it. Do not change the state while you iterate.
        """
        committed = self._groups.get(group, {})
        yield from (key for key in committed if key not in self._changes)
        yield from (
            key
            for key, value in self._changes.items()
            if value is not None and _group(key) == group
        )

    def get(self, key: bytes) -> bytes | None:
        """The value as this batch sees it."""
        return self._changes[key] if key in self._changes else self._committed.get(key)

    def set(self, key: bytes, value: bytes | None) -> None:
        """Change a value in this batch; it counts once the batch is committed. InvalidMessage where the state's topic would refuse its size."""
        if (size := len(key) + len(value or b"")) > MAX_ENTRY_BYTES:
            raise InvalidMessage(
                f"its state would be {size} bytes, and {MAX_ENTRY_BYTES} are the most"
            )
        self._changes.pop(key, None)  # the last change counts for the order
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
            # A copy: orjson makes its bytes in 4 KB of memory and gives back what lies behind them, in pieces that nothing fits into.
            self.load(key, None if value is None else bytes(memoryview(value)))
        self._changes = {}

    def writes(self, topic: str, partition: int) -> list[Write]:
        """Return the records that write this batch's changes to the state's partition. ``topic`` is the cluster's name."""
        told = [partition_count.partitions_header(self.partitions)]
        return [
            Write(topic, key, value, told, partition=partition)
            for key, value in self._changes.items()
        ]

    def rollback(self) -> None:
        """The batch was not committed: forget its changes."""
        self._changes = {}


def _group(key: bytes) -> bytes:
    return key.rpartition(b"/")[0]


async def restore(
    cluster: Cluster,
    topic: str,
    partitions: Sequence[int],
    make_state: Callable[[], StateStore] = StateStore,
    *,
    on_read: Callable[[], None] = lambda: None,
    source: str = "",
) -> dict[int, StateStore]:
    """Read partitions of a state topic to their ends, committed records only; ``on_read`` hears of every read that brought some.

    Call it after the partitions' producers were started: only then is nothing of a predecessor still open, so the end is final.
    ConfigurationError where records were written under another partition count than the topic has; ``source`` is named in it.
    """
    if not partitions:
        return {}
    wanted = [TopicPartition(cluster.name(topic), partition) for partition in partitions]
    states = {partition: make_state() for partition in partitions}
    marks = dict[bytes, int]()
    reader = cluster.reader()
    await reader.start()
    try:
        reader.assign(wanted)
        await reader.seek_to_beginning(*wanted)
        begins, ends = await reader.beginning_offsets(wanted), await reader.end_offsets(wanted)
        count = len(reader.partitions_for_topic(cluster.name(topic)))
        for tp, end in ends.items():
            state = states[tp.partition]
            # Compaction leaves a partition's first offset where it is, retention moves it.
            state.end, state.partitions, state.truncated = end, count, begins[tp] > 0
            marks |= await _read_to(reader, tp, end, state, on_read)
    finally:
        await reader.stop()
    if changed := set(marks.values()) - {count}:
        raise ConfigurationError(
            partition_count.mismatch_message(topic, source or topic, changed, count)
        )
    return states


async def _read_to(
    reader: AIOKafkaConsumer,
    tp: TopicPartition,
    end: int,
    state: StateStore,
    on_read: Callable[[], None],
) -> dict[bytes, int]:
    """Read a partition into ``state``; return the partition counts that its records were written under, as far as they say."""
    marks = dict[bytes, int]()
    while await reader.position(tp) < end:
        for records in (await reader.getmany(tp, timeout_ms=200)).values():
            on_read()
            for record in records:
                state.load(record.key, record.value)
                marks.pop(record.key, None)
                if record.value is not None and (
                    count := partition_count.count_from_headers(record.headers)
                ):
                    marks[record.key] = count
    return marks
