"""Keyed state over a compacted changelog topic: of feeds, sources and the delivery ledger.

The topic is co-partitioned with the source. Changes are written in the transaction of the outputs
that they belong to, and read back on assignment before the first record. Memory holds only what was
committed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.base.exits import ConfigurationError
from shared.base.outcomes import InvalidMessage
from shared.kafka import partition_count
from shared.kafka.cluster import Cluster
from shared.kafka.topics import HEADROOM_BYTES, MIB
from shared.kafka.transaction import Write

MAX_ENTRY_BYTES: Final = MIB - HEADROOM_BYTES
"""What a state topic takes (shared/kafka/topics.py gives all of them the default size limit)."""

T = TypeVar("T")


class StateStore:
    """One partition's state: committed values, and the changes of the current batch on top.

    Keys and values are bytes; None deletes. ``end`` is the offset up to which the changelog was
    read, ``partitions`` how many partitions its topic had then (0: nothing was read).
    ``truncated``: the topic's retention has deleted entries, so an entry that is missing may have
    existed.
    """

    def __init__(self, committed: Mapping[bytes, bytes] | None = None) -> None:
        self.end, self.partitions, self.truncated = 0, 0, False
        self._committed: dict[bytes, bytes] = {}
        self._groups: dict[bytes, dict[bytes, None]] = {}
        self._changes: dict[bytes, bytes | None] = {}
        for key, value in (committed or {}).items():
            self.load(key, value)

    def load(self, key: bytes, value: bytes | None) -> None:
        """Add one committed record; call it in the order of the topic."""
        group = _group(key)
        self._committed.pop(key, None)
        members = self._groups.setdefault(group, {})
        members.pop(key, None)
        if value is not None:
            self._committed[key] = value
            members[key] = None
        elif not members:
            del self._groups[group]

    @property
    def size(self) -> int:
        """The number of committed entries."""
        return len(self._committed)

    def group_size(self, group: bytes) -> int:
        """Return the number of committed entries of a group (see ``oldest``)."""
        return len(self._groups.get(group, {}))

    def oldest(self, group: bytes = b"") -> Iterator[bytes]:
        """Yield the keys of a group, least recently changed first, as the current batch sees them.

        A key's group is what stands before its last slash. The order is that of the changes and
        does not depend on batches or restarts: the topic keeps it. Do not change the state while
        iterating.
        """
        committed = self._groups.get(group, {})
        yield from (key for key in committed if key not in self._changes)
        changes = self._changes.items()
        yield from (key for key, value in changes if value is not None and _group(key) == group)

    def get(self, key: bytes) -> bytes | None:
        """Return the value as the current batch sees it."""
        return self._changes[key] if key in self._changes else self._committed.get(key)

    def set(self, key: bytes, value: bytes | None) -> None:
        """Change a value; it is permanent once the batch is committed.

        InvalidMessage if the entry is larger than the changelog topic allows.
        """
        if (size := len(key) + len(value or b"")) > MAX_ENTRY_BYTES:
            raise InvalidMessage(
                f"its state would be {size} bytes, and at most {MAX_ENTRY_BYTES} are allowed"
            )
        self._changes.pop(key, None)  # the last change counts for the order
        self._changes[key] = value

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Return an iterator over all committed keys and values."""
        return iter(self._committed.items())

    @property
    def changes(self) -> Mapping[bytes, bytes | None]:
        """The changes of the current batch."""
        return self._changes

    def attempt(self, action: Callable[[], T]) -> T:
        """Return the result of ``action``; undo its changes if it raises."""
        with self.all_or_nothing():
            return action()

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Undo the changes of the block if it raises."""
        before = dict(self._changes)
        try:
            yield
        except BaseException:
            self._changes = before
            raise

    def commit(self) -> None:
        """Make the changes of the current batch permanent: its transaction was committed."""
        for key, value in self._changes.items():
            # A copy: orjson allocates 4 KB for its bytes and returns the tail in pieces too small
            # to reuse.
            self.load(key, None if value is None else bytes(memoryview(value)))
        self._changes = {}

    def writes(self, topic: str, partition: int) -> list[Write]:
        """Return the changelog records of the current batch; ``topic`` is a name on the cluster."""
        headers = [partition_count.partitions_header(self.partitions)]
        changes = self._changes.items()
        return [Write(topic, key, value, headers, partition=partition) for key, value in changes]

    def rollback(self) -> None:
        """Discard the changes of the current batch: it was not committed."""
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
    """Read partitions of a changelog topic to their ends, committed records only.

    Call it after the partitions' producers were started: only then has the previous owner no open
    transaction, so the end is final. ``on_read`` is called after every fetch that brought records.
    ConfigurationError if records were written under another partition count than the topic has; its
    text names ``source``.
    """
    if not partitions:
        return {}
    tps = [TopicPartition(cluster.name(topic), partition) for partition in partitions]
    states = {partition: make_state() for partition in partitions}
    counts = dict[bytes, int]()
    reader = cluster.reader()
    await reader.start()
    try:
        reader.assign(tps)
        await reader.seek_to_beginning(*tps)
        begins, ends = await reader.beginning_offsets(tps), await reader.end_offsets(tps)
        count = len(reader.partitions_for_topic(cluster.name(topic)))
        for tp, end in ends.items():
            state = states[tp.partition]
            # Compaction leaves a partition's first offset where it is, retention moves it.
            state.end, state.partitions, state.truncated = end, count, begins[tp] > 0
            counts |= await _load_partition(reader, tp, end, state, on_read)
    finally:
        await reader.stop()
    if changed := set(counts.values()) - {count}:
        message = partition_count.mismatch_message(topic, source or topic, changed, count)
        raise ConfigurationError(message)
    return states


async def _load_partition(
    reader: AIOKafkaConsumer,
    tp: TopicPartition,
    end: int,
    state: StateStore,
    on_read: Callable[[], None],
) -> dict[bytes, int]:
    """Load a partition into ``state``.

    Return, by key, the partition count that a record was written under, if the record says so.
    """
    counts = dict[bytes, int]()
    while await reader.position(tp) < end:
        for records in (await reader.getmany(tp, timeout_ms=200)).values():
            on_read()
            for record in records:
                state.load(record.key, record.value)
                counts.pop(record.key, None)
                if record.value is None:
                    continue
                if count := partition_count.count_from_headers(record.headers):
                    counts[record.key] = count
    return counts
