"""Write records and source offsets in one Kafka transaction.

Each output partition gets one batch.
"""

import asyncio
import struct
from collections import defaultdict
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final

import msgspec
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    InvalidTimestampError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
)
from aiokafka.structs import OffsetAndMetadata

from shared.base import metrics
from shared.kafka.partitioner import partitions_of

Headers = Sequence[tuple[str, bytes | None]]


REJECTED: Final = (MessageSizeTooLargeError, RecordListTooLargeError, InvalidTimestampError)
"""How a broker answers a record that it will never take."""
UNENCODABLE: Final = (TypeError, ValueError, OverflowError, struct.error)


class Unwritable(KafkaError):  # type: ignore[misc]  # noqa: N818 - a state of the records
    """The records can never be written. The transaction was aborted; ``__cause__`` says why."""


class _Rehearsed(Exception):  # noqa: N818 - not an error
    """All records could be written: the transaction is aborted."""


class Write(msgspec.Struct, frozen=True):
    """One record to write. ``topic`` is the cluster's name; ``partition`` None lets the key decide.

    A Struct, like everything that exists once for each record: creating it takes a fifth of a
    frozen dataclass's time.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None


Offsets = Mapping[TopicPartition, int | OffsetAndMetadata]
"""The next offsets to read."""


async def commit(
    producer: AIOKafkaProducer, writes: Iterable[Write], offsets: Offsets, group: str
) -> None:
    """Write all records and commit the source offsets, all or nothing.

    ``group`` is the cluster's name for the consumer group. Raise Unwritable if a record is to
    blame; after any other error the process must exit (fenced, broker gone).
    """
    try:
        async with producer.transaction():
            # Side by side: the broker takes the records while it takes the offsets.
            await _finish_all(
                send_all(producer, writes), _send_offsets(producer, dict(offsets), group)
            )
    except (*REJECTED, *UNENCODABLE) as error:
        raise Unwritable(str(error) or type(error).__name__) from error
    metrics.TRANSACTIONS.labels(group).inc()


async def rehearse(producer: AIOKafkaProducer, writes: Iterable[Write]) -> None:
    """Send records in a transaction that is then aborted: nobody sees them.

    Raise Unwritable if the broker refuses one, and another error if the producer is fenced.
    """
    with suppress(_Rehearsed):
        try:
            async with producer.transaction():  # it aborts, unless the producer is fenced
                await send_all(producer, writes)
                raise _Rehearsed
        except (*REJECTED, *UNENCODABLE) as error:
            raise Unwritable(str(error) or type(error).__name__) from error


async def _send_offsets(producer: AIOKafkaProducer, offsets: Offsets, group: str) -> None:
    if offsets:
        await producer.send_offsets_to_transaction(offsets, group)


async def send_all(producer: AIOKafkaProducer, writes: Iterable[Write]) -> None:
    """Send records, in few batches for each partition, and wait for the broker's answers."""
    by_topic: defaultdict[str, list[Write]] = defaultdict(list)
    for write in writes:
        by_topic[write.topic].append(write)
    by_partition: defaultdict[tuple[str, int], list[Write]] = defaultdict(list)
    for topic, topic_writes in by_topic.items():
        count = len(await producer.partitions_for(topic))
        partitions = partitions_of([write.key or b"" for write in topic_writes], count)
        for write, partition in zip(topic_writes, partitions, strict=True):
            number = partition if write.partition is None else write.partition
            by_partition[topic, number].append(write)
    sends = (
        _send_partition(producer, TopicPartition(*target), records)
        for target, records in by_partition.items()
    )
    await _finish_all(*sends)


async def send_record(producer: AIOKafkaProducer, write: Write) -> None:
    """Send one record, in a batch with others of its time, and wait for the broker's answer.

    Many tasks may call this at once, without a transaction. ``send_all`` puts each call's records
    in batches of their own, and aiokafka's ``send_batch`` counts a wait for the batches before it
    again with each of them: behind some sixty, its 40 s were over within one.
    """
    partition = write.partition
    if partition is None:
        count = len(await producer.partitions_for(write.topic))
        (partition,) = partitions_of([write.key or b""], count)
    await producer.send_and_wait(
        write.topic, write.value, write.key, partition=partition, headers=list(write.headers)
    )


async def _finish_all(*steps: Awaitable[None]) -> None:
    """Wait for all, so that an abort does not overtake what is still being sent; then raise."""
    _raise_first(await asyncio.gather(*steps, return_exceptions=True))


def _raise_first(results: Iterable[object]) -> None:
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def _send_partition(
    producer: AIOKafkaProducer, tp: TopicPartition, writes: Sequence[Write]
) -> None:
    builders = [producer.create_batch()]
    for write in writes:
        record = {
            "timestamp": None,
            "key": write.key,
            "value": write.value,
            "headers": list(write.headers),
        }
        if builders[-1].append(**record) is None:
            builders.append(producer.create_batch())
            builders[-1].append(**record)
    futures = [
        await producer.send_batch(builder, tp.topic, partition=tp.partition) for builder in builders
    ]
    results = await asyncio.gather(*futures, return_exceptions=True)
    if any(isinstance(result, REJECTED) for result in results):
        failed = [
            builder.record_count()
            for builder, result in zip(builders, results, strict=True)
            if isinstance(result, BaseException)
        ]
        _return_sequence_numbers(producer, tp, sum(failed))
    _raise_first(results)


def _return_sequence_numbers(producer: AIOKafkaProducer, tp: TopicPartition, count: int) -> None:
    """Let the next batch reuse the sequence numbers of rejected records.

    Otherwise the broker misses them and rejects everything that follows. Java's producer raises its
    epoch instead; aiokafka does nothing (tests/integration/test_stage_unwritable.py).
    """
    manager = producer._txn_manager  # noqa: SLF001 - aiokafka has no other way
    manager.increment_sequence_number(tp, -count)
