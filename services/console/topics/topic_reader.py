"""Reading topics outside any consumer group: committed records, from a time or from the end."""

import time
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaTimeoutError

from shared.base.exits import ConfigurationError
from shared.kafka.cluster import Cluster
from shared.kafka.preflight import partition_counts
from shared.kafka.stop_reader import stop_reader

STALLED_S: Final = 75.0
"""The broker aborts the transaction of a process that died after a minute, and what stands behind
it can be read then. Whatever takes longer is a broker that does not answer."""
LAST_OFFSETS: Final = 10
"""How far from the end to look for a record; some offsets are transaction markers."""


async def partitions_of(cluster: Cluster, topic: str) -> list[TopicPartition]:
    """Return the topic's partitions; ConfigurationError if no broker answers or it is missing."""
    name = cluster.name(topic)
    count = (await partition_counts(cluster)).get(name)
    if count is None:
        raise ConfigurationError(f"topic {name} is missing: run `summitwire topics create`")
    return [TopicPartition(name, number) for number in range(count)]


async def follow(cluster: Cluster, topic: str) -> AsyncIterator[Any]:
    """Yield every record from now on.

    The first value is None: reading has begun, and no later record is missed.
    """
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
        await stop_reader(reader)


async def iter_retained(
    cluster: Cluster, topic: str, *, since_ms: int | None = None
) -> AsyncIterator[Any]:
    """Yield every record that the topic holds now, partition by partition.

    ``since_ms`` leaves out older records (Unix milliseconds).
    """
    partitions = await partitions_of(cluster, topic)
    reader = cluster.reader()
    await reader.start()
    try:
        ends = await reader.end_offsets(partitions)
        for tp in partitions:
            reader.assign([tp])
            await _seek(reader, tp, since_ms, ends[tp])
            async for record in _read_to(reader, tp, ends[tp]):
                yield record
    finally:
        await stop_reader(reader)


async def iter_from(cluster: Cluster, topic: str, offsets: Mapping[int, int]) -> AsyncIterator[Any]:
    """Yield every record that the topic holds now from these offsets on, by partition.

    A partition without one is read from its beginning.
    """
    partitions = await partitions_of(cluster, topic)
    reader = cluster.reader()
    await reader.start()
    try:
        starts = await reader.beginning_offsets(partitions)
        ends = await reader.end_offsets(partitions)
        for tp in partitions:
            start = max(starts[tp], offsets.get(tp.partition, 0))
            async for record in _read_span(reader, tp, start, ends[tp]):
                yield record
    finally:
        await stop_reader(reader)


async def newest_record(cluster: Cluster, topic: str) -> Any | None:
    """Return the committed record with the latest time near the partitions' ends, or None."""
    partitions = await partitions_of(cluster, topic)
    reader = cluster.reader()
    await reader.start()
    try:
        starts = await reader.beginning_offsets(partitions)
        ends = await reader.end_offsets(partitions)
        records: list[Any] = []
        for tp in partitions:
            start = max(starts[tp], ends[tp] - LAST_OFFSETS)
            records += [record async for record in _read_span(reader, tp, start, ends[tp])]
    finally:
        await stop_reader(reader)
    return max(records, key=lambda record: record.timestamp, default=None)


async def _read_span(
    reader: AIOKafkaConsumer, tp: TopicPartition, start: int, end: int
) -> AsyncIterator[Any]:
    """Yield a partition's records from one offset to another."""
    if start >= end:
        return
    reader.assign([tp])
    reader.seek(tp, start)
    async for record in _read_to(reader, tp, end):
        yield record


async def _read_to(
    reader: AIOKafkaConsumer, tp: TopicPartition, end: int, stalled_s: float = STALLED_S
) -> AsyncIterator[Any]:
    """Yield a partition's records up to an offset. KafkaTimeoutError if it does not go on."""
    progress_at = time.monotonic()
    while await reader.position(tp) < end:
        records = (await reader.getmany(tp, timeout_ms=200)).get(tp, [])
        for record in records:
            yield record
        if records:
            progress_at = time.monotonic()
        elif time.monotonic() > progress_at + stalled_s:
            raise KafkaTimeoutError(f"{tp.topic}: nothing could be read for {stalled_s:g} s")


async def _seek(
    reader: AIOKafkaConsumer, tp: TopicPartition, since_ms: int | None, end: int
) -> None:
    if since_ms is None:
        await reader.seek_to_beginning(tp)
        return
    first = (await reader.offsets_for_times({tp: since_ms}))[tp]
    reader.seek(tp, first.offset if first else end)
