"""The partition count under which a state record was written, as a header: a changed count is noticed before keys lose their state.

Kafka can add partitions to a topic. Then it hashes most keys to other partitions than those in which their state lies.
"""

from collections.abc import Iterable
from typing import Any, Final

from aiokafka import TopicPartition

from shared.kafka.cluster import Cluster

HEADER: Final = "partitions"
PEEK: Final = 50
"""The last offsets of a partition that are looked at; some are markers of transactions and hold no record."""


def partitions_header(partitions: int) -> tuple[str, bytes]:
    """Return the header of a state record that is written while its topic has so many partitions."""
    return HEADER, b"%d" % partitions


def count_from_headers(headers: Iterable[tuple[str, bytes | None]]) -> int | None:
    """Return the count in a record's headers; None for a record that has none, from before there were marks."""
    return next(
        (int(value) for name, value in headers if name == HEADER and value and value.isdigit()),
        None,
    )


def mismatch_message(state: str, source: str, written: Iterable[int], partitions: int) -> str:
    """Say that a state topic was written under another partition count than it has, and what to do about it."""
    before = " and ".join(str(count) for count in sorted(written))
    if state == source:
        both, topics = f"{state} now has {partitions}", f"topic {state}"
    else:
        both, topics = (
            f"it and its source {source} now have {partitions}",
            f"topics {source} and {state}",
        )
    return (
        f"topic {state} was written with {before} partitions, and {both}: keys would be separated from their state. "
        f"Stop every service, run `summitwire topics repartition {state}`, and start again; or, where that may be lost, delete {topics} "
        f"and run `summitwire topics create` (docs/operations.md, Partitions)"
    )


async def peek(cluster: Cluster, topic: str, partitions: int) -> set[int]:
    """Return the counts that the newest record of each of a topic's partitions was written under; older ones may have been moved."""
    tps = [TopicPartition(cluster.name(topic), number) for number in range(partitions)]
    reader = cluster.reader(max_partition_fetch_bytes=256 * 1024)
    await reader.start()
    try:
        reader.assign(tps)
        starts, ends = await reader.beginning_offsets(tps), await reader.end_offsets(tps)
        for tp in tps:
            reader.seek(tp, max(starts[tp], ends[tp] - PEEK))
        newest = dict[TopicPartition, Any]()
        while unread := [tp for tp in tps if await reader.position(tp) < ends[tp]]:
            newest |= {
                tp: records[-1]
                for tp, records in (await reader.getmany(*unread, timeout_ms=200)).items()
                if records
            }
    finally:
        await reader.stop()
    return {count for record in newest.values() if (count := count_from_headers(record.headers))}
