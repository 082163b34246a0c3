"""How much of a destination's waits or is parked, counted from deliveries.v1."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from aiokafka import TopicPartition

from shared.kafka.cluster import Cluster
from shared.kafka.partitioner import partition_of
from shared.kafka.preflight import partition_counts
from shared.kafka.stop_reader import stop_reader
from shared.kafka.topics import DELIVERIES
from shared.messages.delivery_keys import CONTENT, WAITING, is_entry
from shared.messages.schemas import DeliveryState

POLL_MS: Final = 200
FETCH_BYTES: Final = 256 * 1024


class _EntryHead(msgspec.Struct):
    """What is needed of a ledger's entry, a notification or a dispatch."""

    destination: str
    state: str = ""


_DECODER: Final = msgspec.json.Decoder(_EntryHead)


@dataclass(slots=True)
class UndeliveredCounts:
    """A fold over deliveries.v1: what waits, or was decided and has not ended, and what is parked.

    Of parked notifications only those count whose content is there, as `summitwire deliveries list`
    shows them.
    """

    _open: dict[bytes, str] = field(default_factory=dict)
    _parked: set[bytes] = field(default_factory=set)

    def apply(self, key: bytes, value: bytes | None) -> None:
        """Take one record."""
        head = _decode(value)
        if is_entry(key):
            is_parked = head is not None and head.state == DeliveryState.PARKED
            (self._parked.add if is_parked else self._parked.discard)(key)
        elif key.startswith((CONTENT + b"/", WAITING + b"/")):
            if head is None:
                self._open.pop(key, None)
            else:
                self._open[key] = head.destination

    def waiting(self) -> Mapping[str, int]:
        """Return the number of what waits or is tried again, by destination."""
        return Counter(name for key, name in self._open.items() if not self._is_parked(key))

    def parked(self) -> Mapping[str, int]:
        """Return the number of parked notifications, by destination."""
        return Counter(name for key, name in self._open.items() if self._is_parked(key))

    def _is_parked(self, key: bytes) -> bool:
        return key.rpartition(b"/")[2] in self._parked


async def count_undelivered(cluster: Cluster, destinations: Collection[str]) -> UndeliveredCounts:
    """Read the partitions of these destinations whole."""
    counts, name = UndeliveredCounts(), cluster.name(DELIVERIES.name)
    total = (await partition_counts(cluster))[name]
    reader = cluster.reader(max_partition_fetch_bytes=FETCH_BYTES)
    await reader.start()
    try:
        numbers = {partition_of(each.encode(), total) for each in destinations}
        partitions = [TopicPartition(name, number) for number in sorted(numbers)]
        reader.assign(partitions)
        await reader.seek_to_beginning(*partitions)
        ends = await reader.end_offsets(partitions)
        while any([await reader.position(tp) < ends[tp] for tp in partitions]):
            for records in (await reader.getmany(timeout_ms=POLL_MS)).values():
                for record in records:
                    counts.apply(record.key or b"", record.value)
    finally:
        await stop_reader(reader)
    return counts


def _decode(value: bytes | None) -> _EntryHead | None:
    try:
        return None if value is None else _DECODER.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
