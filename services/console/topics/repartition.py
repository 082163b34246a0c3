"""After partitions were added: move each key's state, and the records of it that are unread, to the partition that the key now belongs to.

Each move is one transaction, so a run that is broken off can be repeated.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from services.fetcher.revival import parse_request_key
from shared.base.settings import ConfigurationError
from shared.kafka import partition_count
from shared.kafka.cluster import Cluster
from shared.kafka.partitioner import partition_of
from shared.kafka.preflight import partition_counts
from shared.kafka.topics import (
    ALERTS,
    ARTICLES_RAW,
    DELIVERIES,
    FEEDS,
    HITS,
    NOTIFICATIONS,
    SOURCES,
    Topic,
)
from shared.kafka.transaction import Write, commit
from shared.messages import codec
from shared.messages.schemas import Delivery

SOURCE_OF: Final = {
    SOURCES.name: ARTICLES_RAW,
    HITS.name: ALERTS,
    DELIVERIES.name: NOTIFICATIONS,
    FEEDS.name: FEEDS,
}
"""The topic whose partitions each state topic shares; the state's producer is also the name of the consumer group."""
STATES: Final = {topic.name: topic for topic in (SOURCES, HITS, DELIVERIES, FEEDS)}
BATCH_BYTES: Final = 4 * 1024 * 1024
BATCH_RECORDS: Final = 200
_NO_MEMBERS: Final = ("Empty", "Dead")


def partition_key(state: Topic, key: bytes, value: bytes) -> bytes:
    """Return the key of the source's records that a state record belongs to; InvalidMessage where a delivery cannot be read."""
    if state == DELIVERIES:
        return codec.decode(value, Delivery).destination.encode()
    if state == FEEDS:
        return (parse_request_key(key) or key.decode("utf-8", "surrogateescape")).encode(
            "utf-8", "surrogateescape"
        )
    return key.partition(b"/")[0]


def plan_moves(
    state: Topic, records: Iterable[Any], name: str, partitions: int
) -> Iterator[list[Write]]:
    """Return, for each key of a state topic, the writes that put it where it belongs and delete it elsewhere.

    ``records`` are all of the topic's, ``name`` is the cluster's name of it. Of a key that lies in two partitions the newest value counts.
    """
    lies = dict[bytes, dict[int, Any]]()
    for record in records:
        lies.setdefault(record.key, {})[record.partition] = record
    for key, by_partition in lies.items():
        live = [record for record in by_partition.values() if record.value is not None]
        if live:
            newest = max(live, key=lambda record: (record.timestamp, record.offset))
            home = partition_of(partition_key(state, key, newest.value), partitions)
            told = [header for header in newest.headers if header[0] != partition_count.HEADER] + [
                partition_count.partitions_header(partitions)
            ]
            elsewhere = sorted(record.partition for record in live if record.partition != home)
            tombstones = [
                Write(name, key, None, [partition_count.partitions_header(partitions)], partition)
                for partition in elsewhere
            ]
            yield [Write(name, key, newest.value, told, home), *tombstones]


async def repartition(cluster: Cluster, state: Topic) -> tuple[int, int]:
    """Move unread records of the source, then the state; how many records and keys were written. ConfigurationError where a service still runs."""
    source, group = SOURCE_OF[state.name], cluster.name(state.producer)
    counts = await partition_counts(cluster)
    partitions = _partitions(counts, cluster, source, state)
    await _refuse_members(cluster, group)
    producer = cluster.transactional_producer(f"console/repartition-{state.name}")
    await producer.start()
    reader = cluster.reader()
    await reader.start()
    try:
        records = (
            0
            if source == state
            else await _move_unread(cluster, reader, producer, source, group, partitions)
        )
        everything = [
            record
            async for record in _all(
                reader, cluster.name(state.name), dict.fromkeys(range(partitions), 0)
            )
        ]
        keys = 0
        for batch in _batches(plan_moves(state, everything, cluster.name(state.name), partitions)):
            await commit(producer, [write for move in batch for write in move], {}, group)
            keys += len(batch)
    finally:
        await reader.stop()
        await producer.stop()
    return records, keys


def _partitions(counts: Mapping[str, int], cluster: Cluster, source: Topic, state: Topic) -> int:
    has, needs = (counts.get(cluster.name(topic.name)) for topic in (state, source))
    if has is None or has != needs:
        raise ConfigurationError(
            f"{state.name} has {has or 'no'} partitions and {source.name} {needs or 'no'}: give both the same, with Kafka's kafka-topics --alter"
        )
    return has


async def _refuse_members(cluster: Cluster, group: str) -> None:
    admin = cluster.admin()
    await admin.start()
    try:
        (answer,) = await admin.describe_consumer_groups([group])
    finally:
        await admin.close()
    if answer.groups[0][2] not in _NO_MEMBERS:
        raise ConfigurationError(f"the group {group} has members: stop every service first")


async def _move_unread(
    cluster: Cluster,
    reader: AIOKafkaConsumer,
    producer: AIOKafkaProducer,
    source: Topic,
    group: str,
    partitions: int,
) -> int:
    """Write what the group has not read to where it belongs, and commit the group's offsets behind it; how many records."""
    name, starts = cluster.name(source.name), await _committed(cluster, group)
    ends = await reader.end_offsets([TopicPartition(name, number) for number in range(partitions)])
    count = 0
    for tp, end in ends.items():
        unread = [
            record
            async for record in _all(reader, name, {tp.partition: starts.get(tp, 0)}, end=end)
        ]
        if all(
            record.key is None or partition_of(record.key, partitions) == tp.partition
            for record in unread
        ):
            continue
        writes = [
            [(record, Write(name, record.key, record.value, list(record.headers)))]
            for record in unread
        ]
        for batch in _batches(writes):
            moved = [pair for each in batch for pair in each]
            await commit(
                producer, [write for _, write in moved], {tp: moved[-1][0].offset + 1}, group
            )
            count += len(moved)
    return count


async def _committed(cluster: Cluster, group: str) -> dict[TopicPartition, int]:
    admin = cluster.admin()
    await admin.start()
    try:
        return {
            tp: committed.offset
            for tp, committed in (await admin.list_consumer_group_offsets(group)).items()
            if committed.offset >= 0
        }
    finally:
        await admin.close()


async def _all(
    reader: AIOKafkaConsumer, name: str, starts: Mapping[int, int], *, end: int | None = None
) -> AsyncIterator[Any]:
    """Every committed record from these offsets on, partition by partition, to the end at this moment."""
    tps = [TopicPartition(name, number) for number in starts]
    begins, ends = await reader.beginning_offsets(tps), await reader.end_offsets(tps)
    for tp in tps:
        reader.assign([tp])
        reader.seek(tp, max(begins[tp], starts[tp.partition]))
        last = ends[tp] if end is None else min(end, ends[tp])
        while await reader.position(tp) < last:
            for record in (await reader.getmany(tp, timeout_ms=200)).get(tp, []):
                if record.offset < last:
                    yield record


def _batches(moved: Iterable[list[Any]]) -> Iterator[list[list[Any]]]:
    """Put moves together as far as they fit into one transaction; a move is never split."""
    batch, size = list[list[Any]](), 0
    for move in moved:
        batch.append(move)
        size += sum(_size(each) for each in move)
        if size >= BATCH_BYTES or len(batch) >= BATCH_RECORDS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _size(each: Any) -> int:
    write = each[1] if isinstance(each, tuple) else each
    return len(write.value or b"")
