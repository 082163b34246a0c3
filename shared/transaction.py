"""Writing records and source offsets in one Kafka transaction, one batch per output partition."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from shared.partitioner import partitions_of

Headers = Sequence[tuple[str, bytes | None]]


class Write(msgspec.Struct, frozen=True):
    """One record to write. ``topic`` is the cluster's name; ``partition`` None leaves it to the key.

    A Struct, as everything of which there is one a record: it is made in a fifth of a frozen dataclass's time.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None


Offsets = Mapping[TopicPartition, int | OffsetAndMetadata]
"""The next offsets to read."""


async def commit(producer: AIOKafkaProducer, writes: Iterable[Write], offsets: Offsets, group: str) -> None:
    """Write all records and commit the source offsets, all or nothing. ``group`` is the cluster's name for it."""
    async with producer.transaction():
        await send_all(producer, writes)
        if offsets:
            await producer.send_offsets_to_transaction(dict(offsets), group)


async def send_all(producer: AIOKafkaProducer, writes: Iterable[Write]) -> None:
    """Send records, packed into one batch per partition as far as they fit, and wait until the broker has them all."""
    packed: defaultdict[tuple[str, int], list[Write]] = defaultdict(list)
    for topic, wanted in _by_topic(writes).items():
        partitions = len(await producer.partitions_for(topic))
        placed = partitions_of([write.key or b"" for write in wanted], partitions)
        for write, partition in zip(wanted, placed, strict=True):
            packed[topic, partition if write.partition is None else write.partition].append(write)
    await asyncio.gather(*(_send_partition(producer, *target, records) for target, records in packed.items()))


def _by_topic(writes: Iterable[Write]) -> dict[str, list[Write]]:
    found: defaultdict[str, list[Write]] = defaultdict(list)
    for write in writes:
        found[write.topic].append(write)
    return found


async def _send_partition(producer: AIOKafkaProducer, topic: str, partition: int, writes: Sequence[Write]) -> None:
    builder, sent = producer.create_batch(), []
    for write in writes:
        if builder.append(timestamp=None, key=write.key, value=write.value, headers=list(write.headers)) is None:
            sent.append(await producer.send_batch(builder, topic, partition=partition))
            builder = producer.create_batch()
            builder.append(timestamp=None, key=write.key, value=write.value, headers=list(write.headers))
    sent.append(await producer.send_batch(builder, topic, partition=partition))
    await asyncio.gather(*sent)
