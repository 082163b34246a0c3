"""The partition count under which a state record was written, as a header.

Kafka can add partitions to a topic. Most keys then hash to other partitions than those that hold
their state. With the header, a changed count is noticed before keys lose their state.
"""

from collections.abc import Iterable
from typing import Any, Final

from aiokafka import TopicPartition

from shared.kafka.cluster import Cluster
from shared.kafka.stop_reader import stop_reader

HEADER: Final = "partitions"
PEEK_OFFSETS: Final = 50
"""How many of a partition's last offsets are read; some are transaction markers and hold no
record."""


def partitions_header(partitions: int) -> tuple[str, bytes]:
    """Return the header of a state record that is written while its topic has ``partitions``."""
    return HEADER, b"%d" % partitions


def count_from_headers(headers: Iterable[tuple[str, bytes | None]]) -> int | None:
    """Return the partition count in a record's headers; None in a record from before the header."""
    counts = (value for name, value in headers if name == HEADER and value and value.isdigit())
    return next((int(count) for count in counts), None)


def mismatch_message(state: str, source: str, written: Iterable[int], partitions: int) -> str:
    """Say that a state topic was written under another partition count, and what to do about it."""
    before = " and ".join(str(count) for count in sorted(written))
    if state == source:
        now, topics = f"{state} now has {partitions}", f"topic {state}"
    else:
        now = f"it and its source {source} now have {partitions}"
        topics = f"topics {source} and {state}"
    return (
        f"topic {state} was written with {before} partitions, and {now}: "
        "keys would be separated from their state. "
        f"Stop every service, run `summitwire topics repartition {state}`, and start again; "
        f"or, if its data may be lost, delete {topics} and run `summitwire topics create` "
        "(docs/operations.md, Partitions)"
    )


async def peek(cluster: Cluster, topic: str, partitions: int) -> set[int]:
    """Return the partition counts under which the newest record of each partition was written.

    Older records do not count: they may have been moved since.
    """
    tps = [TopicPartition(cluster.name(topic), number) for number in range(partitions)]
    reader = cluster.reader(max_partition_fetch_bytes=256 * 1024)
    await reader.start()
    try:
        reader.assign(tps)
        starts, ends = await reader.beginning_offsets(tps), await reader.end_offsets(tps)
        for tp in tps:
            reader.seek(tp, max(starts[tp], ends[tp] - PEEK_OFFSETS))
        newest = dict[TopicPartition, Any]()
        while unread := [tp for tp in tps if await reader.position(tp) < ends[tp]]:
            batches = await reader.getmany(*unread, timeout_ms=200)
            newest |= {tp: records[-1] for tp, records in batches.items() if records}
    finally:
        await stop_reader(reader)
    counts = (count_from_headers(record.headers) for record in newest.values())
    return {count for count in counts if count}
