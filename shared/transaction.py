"""Writing records and source offsets in one Kafka transaction, one batch per output partition."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.partitioner import murmur2

Headers = Sequence[tuple[str, bytes | None]]


@dataclass(frozen=True, slots=True)
class Write:
    """One record to write. ``topic`` is the cluster's name; ``partition`` None leaves it to the key."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = field(default=())
    partition: int | None = None


async def commit(producer: AIOKafkaProducer, writes: Iterable[Write], offsets: Mapping[TopicPartition, int], group: str) -> None:
    """Write all records and commit the source offsets (the next to read), all or nothing. ``group`` is the cluster's name for it."""
    async with producer.transaction():
        await send_all(producer, writes)
        if offsets:
            await producer.send_offsets_to_transaction(dict(offsets), group)


async def send_all(producer: AIOKafkaProducer, writes: Iterable[Write]) -> None:
    """Send records, packed into one batch per partition as far as they fit, and wait until the broker has them all."""
    packed: dict[TopicPartition, list[Write]] = {}
    for write in writes:
        packed.setdefault(await _target(producer, write), []).append(write)
    await asyncio.gather(*(_send_partition(producer, tp, records) for tp, records in packed.items()))


async def _target(producer: AIOKafkaProducer, write: Write) -> TopicPartition:
    if write.partition is not None:
        return TopicPartition(write.topic, write.partition)
    count = len(await producer.partitions_for(write.topic))
    return TopicPartition(write.topic, partition_of(write.key or b"", count))


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key, as Java's default partitioner chooses it."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)


async def _send_partition(producer: AIOKafkaProducer, tp: TopicPartition, writes: Sequence[Write]) -> None:
    builder, sent = producer.create_batch(), []
    for write in writes:
        if builder.append(timestamp=None, key=write.key, value=write.value, headers=list(write.headers)) is None:
            sent.append(await producer.send_batch(builder, tp.topic, partition=tp.partition))
            builder = producer.create_batch()
            builder.append(timestamp=None, key=write.key, value=write.value, headers=list(write.headers))
    sent.append(await producer.send_batch(builder, tp.topic, partition=tp.partition))
    await asyncio.gather(*sent)
