"""After partitions were added: move each key's state and unread records to its new partition.

Each batch of moves is one transaction, so an interrupted run can be repeated.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from services.fetcher.push.websub.pushed_record import parse_push_key
from shared.base.exits import ConfigurationError
from shared.kafka.cluster import Cluster
from shared.kafka.consumer_groups import has_members
from shared.kafka.partition_count import HEADER, partitions_header
from shared.kafka.partitioner import partition_of
from shared.kafka.preflight import partition_counts
from shared.kafka.stop_reader import stop_reader
from shared.kafka.topics import (
    ALERTS,
    ARTICLES_RAW,
    ARTICLES_TAGGED,
    DELIVERIES,
    DISPATCHES,
    FEEDS,
    HITS,
    PUSHES,
    RECEIPTS,
    RECIPIENTS,
    SOURCES,
    Topic,
)
from shared.kafka.transaction import Write, commit
from shared.messages import codec
from shared.messages.feed_revival import parse_request_key

T = TypeVar("T", bound=Any)

SOURCE_OF: Final = {
    SOURCES.name: ARTICLES_RAW,
    RECIPIENTS.name: ARTICLES_TAGGED,
    HITS.name: ALERTS,
    DELIVERIES.name: DISPATCHES,
    FEEDS.name: FEEDS,
    RECEIPTS.name: PUSHES,
}
"""By state topic: the topic that it shares its partitions with. The producer of the state topic is
also the name of the consumer group."""
STATES: Final = {
    topic.name: topic for topic in (SOURCES, RECIPIENTS, HITS, DELIVERIES, FEEDS, RECEIPTS)
}
BATCH_BYTES: Final = 4 * 1024 * 1024
BATCH_RECORDS: Final = 200


@dataclass(frozen=True, slots=True)
class _Addressed:
    """What every message in deliveries.v1 has."""

    destination: str


def partition_key(state: Topic, key: bytes, value: bytes) -> bytes:
    """Return the key of the source's records that a state record belongs to.

    Raises InvalidMessage if an entry of deliveries.v1 cannot be decoded.
    """
    if state == DELIVERIES:
        return codec.decode(value, _Addressed).destination.encode()
    if state == FEEDS:
        url = (
            parse_request_key(key) or parse_push_key(key) or key.decode("utf-8", "surrogateescape")
        )
        return url.encode("utf-8", "surrogateescape")
    return key.partition(b"/")[0]


def plan_moves(
    state: Topic, records: Iterable[Any], name: str, partitions: int
) -> Iterator[list[Write]]:
    """Yield, for each key of a state topic, the writes that move it to its partition.

    They write the newest value there and a tombstone into every other partition that has a value.
    ``records``: all records of the topic; ``name``: the topic's name in the cluster.
    """
    by_key = dict[bytes, dict[int, Any]]()
    for record in records:
        by_key.setdefault(record.key, {})[record.partition] = record
    for key, by_partition in by_key.items():
        live = [record for record in by_partition.values() if record.value is not None]
        if not live:
            continue
        newest = max(live, key=lambda record: (record.timestamp, record.offset))
        home = partition_of(partition_key(state, key, newest.value), partitions)
        count_header = partitions_header(partitions)
        headers = [header for header in newest.headers if header[0] != HEADER] + [count_header]
        tombstones = [
            Write(name, key, None, [count_header], partition)
            for partition in sorted(record.partition for record in live)
            if partition != home
        ]
        yield [Write(name, key, newest.value, headers, home), *tombstones]


async def repartition(cluster: Cluster, state: Topic) -> tuple[int, int]:
    """Move unread records of the source, then the state.

    Return how many records and how many keys were written. Raises ConfigurationError if a service
    still runs.
    """
    source, group = SOURCE_OF[state.name], cluster.name(state.producer)
    name = cluster.name(state.name)
    partitions = _partitions(await partition_counts(cluster), cluster, source, state)
    await _refuse_members(cluster, group)
    producer = cluster.transactional_producer(f"console/repartition-{state.name}")
    await producer.start()
    reader = cluster.reader()
    await reader.start()
    try:
        moved_records = 0
        if source != state:
            moved_records = await _move_unread(cluster, reader, producer, state, partitions)
        all_offsets = dict.fromkeys(range(partitions), 0)
        records = [record async for record in _iter_records(reader, name, all_offsets)]
        keys = 0
        for batch in _batches(plan_moves(state, records, name, partitions)):
            await commit(producer, [write for move in batch for write in move], {}, group)
            keys += len(batch)
    finally:
        await stop_reader(reader)
        await producer.stop()
    return moved_records, keys


def _partitions(counts: Mapping[str, int], cluster: Cluster, source: Topic, state: Topic) -> int:
    """Return the number of partitions that both topics have; ConfigurationError if they differ."""
    actual, required = (counts.get(cluster.name(topic.name)) for topic in (state, source))
    if actual is None or actual != required:
        raise ConfigurationError(
            f"{state.name} has {actual or 'no'} partitions and {source.name} {required or 'no'}: "
            "give both the same, with Kafka's kafka-topics --alter"
        )
    return actual


async def _refuse_members(cluster: Cluster, group: str) -> None:
    admin = cluster.admin()
    await admin.start()
    try:
        is_used = await has_members(admin, group)
    finally:
        await admin.close()
    if is_used:
        raise ConfigurationError(f"the group {group} has members: stop every service first")


async def _move_unread(
    cluster: Cluster,
    reader: AIOKafkaConsumer,
    producer: AIOKafkaProducer,
    state: Topic,
    partitions: int,
) -> int:
    """Write what the group has not read to its partition, and commit the group's offsets after it.

    Return how many records were written.
    """
    name, group = cluster.name(SOURCE_OF[state.name].name), cluster.name(state.producer)
    starts = await _group_offsets(cluster, group)
    ends = await reader.end_offsets([TopicPartition(name, number) for number in range(partitions)])
    count = 0
    for tp, end in ends.items():
        start = {tp.partition: starts.get(tp, 0)}
        unread = [record async for record in _iter_records(reader, name, start, end=end)]
        if all(_is_at_home(record, partitions) for record in unread):
            continue
        for batch in _batches([record] for record in unread):
            records = [record for move in batch for record in move]
            writes = [
                Write(name, record.key, record.value, list(record.headers)) for record in records
            ]
            await commit(producer, writes, {tp: records[-1].offset + 1}, group)
            count += len(records)
    return count


def _is_at_home(record: Any, partitions: int) -> bool:
    return record.key is None or partition_of(record.key, partitions) == record.partition


async def _group_offsets(cluster: Cluster, group: str) -> dict[TopicPartition, int]:
    admin = cluster.admin()
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(group)
    finally:
        await admin.close()
    return {tp: committed.offset for tp, committed in offsets.items() if committed.offset >= 0}


async def _iter_records(
    reader: AIOKafkaConsumer, name: str, starts: Mapping[int, int], *, end: int | None = None
) -> AsyncIterator[Any]:
    """Yield the committed records from these offsets to the present end, by partition."""
    partitions = [TopicPartition(name, number) for number in starts]
    begins = await reader.beginning_offsets(partitions)
    ends = await reader.end_offsets(partitions)
    for tp in partitions:
        reader.assign([tp])
        reader.seek(tp, max(begins[tp], starts[tp.partition]))
        last = ends[tp] if end is None else min(end, ends[tp])
        while await reader.position(tp) < last:
            for record in (await reader.getmany(tp, timeout_ms=200)).get(tp, []):
                if record.offset < last:
                    yield record


def _batches(moves: Iterable[Sequence[T]]) -> Iterator[list[Sequence[T]]]:
    """Group moves into transactions of a limited size; a move is never split.

    A move is a sequence of writes or records, whose values are counted.
    """
    batch, size = list[Sequence[T]](), 0
    for move in moves:
        batch.append(move)
        size += sum(len(write.value or b"") for write in move)
        if size >= BATCH_BYTES or len(batch) >= BATCH_RECORDS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
