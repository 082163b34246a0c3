"""Reading a topic from the command: from a time or the end, committed records only, to the end or for ever."""

from collections.abc import AsyncIterator
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.base.settings import ConfigurationError
from shared.kafka.cluster import Cluster
from shared.kafka.preflight import partition_counts

LAST_FEW: Final = 10
"""Some offsets are markers of transactions and no records."""


async def partitions_of(cluster: Cluster, topic: str) -> list[TopicPartition]:
    """The topic's partitions; ConfigurationError where no broker answers, or the cluster has no such topic."""
    name = cluster.name(topic)
    count = (await partition_counts(cluster)).get(name)
    if count is None:
        raise ConfigurationError(f"topic {name} is missing: run `summitwire topics create`")
    return [TopicPartition(name, number) for number in range(count)]


async def follow(cluster: Cluster, topic: str) -> AsyncIterator[Any]:
    """Every record that comes from now on. The first value is None: reading has begun, nothing later is missed."""
    partitions = await partitions_of(cluster, topic)
    reader = cluster.reader()
    await reader.start()
    try:
        reader.assign(partitions)
        await reader.seek_to_end(*partitions)
        for tp in partitions:
            await reader.position(tp)
        yield None
        while True:
            for records in (await reader.getmany(timeout_ms=200)).values():
                for record in records:
                    yield record
    finally:
        await reader.stop()


async def iter_retained(
    cluster: Cluster, topic: str, *, since_ms: int | None = None
) -> AsyncIterator[Any]:
    """Every record that the topic holds now, partition by partition; ``since_ms`` leaves out what is older (Unix milliseconds)."""
    partitions = await partitions_of(cluster, topic)
    reader = cluster.reader()
    await reader.start()
    try:
        ends = await reader.end_offsets(partitions)
        for tp in partitions:
            reader.assign([tp])
            await _seek(reader, tp, since_ms, ends[tp])
            while await reader.position(tp) < ends[tp]:
                for record in (await reader.getmany(tp, timeout_ms=200)).get(tp, []):
                    yield record
    finally:
        await reader.stop()


async def newest_record(cluster: Cluster, topic: str) -> Any | None:
    """The committed record with the latest time, of the last few of each partition; None where there is none."""
    partitions = await partitions_of(cluster, topic)
    reader = cluster.reader()
    await reader.start()
    try:
        reader.assign(partitions)
        starts, ends = (
            await reader.beginning_offsets(partitions),
            await reader.end_offsets(partitions),
        )
        for tp in partitions:
            reader.seek(tp, max(starts[tp], ends[tp] - LAST_FEW))
        found: list[Any] = []
        while any([await reader.position(tp) < ends[tp] for tp in partitions]):
            found += [
                record
                for records in (await reader.getmany(timeout_ms=200)).values()
                for record in records
            ]
    finally:
        await reader.stop()
    return max(found, key=lambda record: record.timestamp, default=None)


async def _seek(
    reader: AIOKafkaConsumer, tp: TopicPartition, since_ms: int | None, end: int
) -> None:
    if since_ms is None:
        await reader.seek_to_beginning(tp)
        return
    found = (await reader.offsets_for_times({tp: since_ms}))[tp]
    reader.seek(tp, found.offset if found else end)
