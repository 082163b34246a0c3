"""Writing records and source offsets in one Kafka transaction, one batch per output partition."""

import asyncio
import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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

from shared.kafka.partitioner import partitions_of

Headers = Sequence[tuple[str, bytes | None]]


REFUSED: Final = (MessageSizeTooLargeError, RecordListTooLargeError, InvalidTimestampError)
"""How a broker answers a record that it will never take."""
UNENCODABLE: Final = (TypeError, ValueError, OverflowError, struct.error)


class Unwritable(KafkaError):  # type: ignore[misc]  # noqa: N818 - a state of the records, nobody's mistake
    """What was to be written can never be, and nothing of it is: the transaction was aborted. ``__cause__`` says why."""


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


async def commit(
    producer: AIOKafkaProducer, writes: Iterable[Write], offsets: Offsets, group: str
) -> None:
    """Write all records and commit the source offsets, all or nothing. ``group`` is the cluster's name for it.

    Raises Unwritable where a record is to blame; every other error means: leave the process (fenced, broker gone).
    """
    try:
        async with producer.transaction():
            await send_all(producer, writes)
            if offsets:
                await producer.send_offsets_to_transaction(dict(offsets), group)
    except (*REFUSED, *UNENCODABLE) as error:
        raise Unwritable(str(error) or type(error).__name__) from error


async def send_all(producer: AIOKafkaProducer, writes: Iterable[Write]) -> None:
    """Send records, packed into one batch per partition as far as they fit, and wait until the broker has them all."""
    packed: defaultdict[tuple[str, int], list[Write]] = defaultdict(list)
    for topic, wanted in _by_topic(writes).items():
        partitions = len(await producer.partitions_for(topic))
        placed = partitions_of([write.key or b"" for write in wanted], partitions)
        for write, partition in zip(wanted, placed, strict=True):
            packed[topic, partition if write.partition is None else write.partition].append(write)
    sends = (
        _send_partition(producer, TopicPartition(*target), records)
        for target, records in packed.items()
    )
    _raise_first(
        await asyncio.gather(*sends, return_exceptions=True)
    )  # an abort must not meet what is still being sent


def _raise_first(outcomes: Iterable[object]) -> None:
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


def _by_topic(writes: Iterable[Write]) -> dict[str, list[Write]]:
    found: defaultdict[str, list[Write]] = defaultdict(list)
    for write in writes:
        found[write.topic].append(write)
    return found


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
    sent = [
        await producer.send_batch(builder, tp.topic, partition=tp.partition) for builder in builders
    ]
    outcomes = await asyncio.gather(*sent, return_exceptions=True)
    if any(isinstance(outcome, REFUSED) for outcome in outcomes):
        failed = [
            builder
            for builder, outcome in zip(builders, outcomes, strict=True)
            if isinstance(outcome, BaseException)
        ]
        _give_back_sequence(producer, tp, sum(builder.record_count() for builder in failed))
    _raise_first(outcomes)


def _give_back_sequence(producer: AIOKafkaProducer, tp: TopicPartition, count: int) -> None:
    """Let the next batch have the numbers of those that were refused: the broker misses them otherwise, and refuses all that follows.

    Java's producer raises its epoch instead; aiokafka does nothing (tests/integration/test_stage_unwritable.py).
    """
    producer._txn_manager.increment_sequence_number(tp, -count)  # noqa: SLF001 - aiokafka has no other way
