"""Writing in one transaction: which partition, which batches, and all or nothing."""

from types import SimpleNamespace

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import (
    KafkaConnectionError,
    MessageSizeTooLargeError,
    OutOfOrderSequenceNumber,
    ProducerFenced,
)

from shared.kafka.partitioner import partition_of
from shared.kafka.transaction import Unwritable, Write, commit, send_all
from tests.fake_producer import FakeProducer


def writes(number: int, partition: int | None = 0) -> list[Write]:
    return [Write("t", b"k", b"%d" % i, partition=partition) for i in range(number)]


async def test_all_of_a_partition_is_sent_in_order_in_as_few_batches_as_fit() -> None:
    """Nothing is lost when a batch is full."""
    producer = FakeProducer(room=2)
    await send_all(producer, writes(5))
    assert producer.log == [("t", 0, [b"0", b"1"]), ("t", 0, [b"2", b"3"]), ("t", 0, [b"4"])]


async def test_records_and_offsets_are_one_transaction() -> None:
    """Records and source offsets side by side, and the commit once both have ended."""
    producer, tp = FakeProducer(), TopicPartition("s", 3)
    await commit(producer, writes(1), {tp: 8}, "group")
    begin, *sent, end = producer.log
    assert (begin, end) == ("begin", "commit")
    assert ("t", 0, [b"0"]) in sent
    assert ({tp: 8}, "group") in sent


async def test_a_rejected_record_takes_the_offsets_back_with_it() -> None:
    """The offsets were sent beside the records: the transaction that holds both is aborted."""
    producer, tp = FakeProducer(), TopicPartition("s", 3)
    producer.refused = {b"0": MessageSizeTooLargeError()}
    with pytest.raises(Unwritable):
        await commit(producer, writes(1), {tp: 8}, "group")
    assert producer.log == ["begin", ({tp: 8}, "group"), "abort"]


async def test_a_record_without_a_key_has_a_partition_too() -> None:
    """For example the dead letter of a record without a key."""
    producer = FakeProducer()
    await send_all(producer, [Write("t", None, b"v")])
    assert producer.log == [("t", partition_of(b"", 3), [b"v"])]


async def test_a_rejected_batch_is_unwritable_and_its_sequence_numbers_are_returned() -> None:
    """Those of the rejected batch and of what followed it to the same partition.

    The broker would miss them otherwise. All other batches are sent first.
    """
    producer = FakeProducer(room=2)
    producer.refused = {
        b"1": MessageSizeTooLargeError(),
        b"2": OutOfOrderSequenceNumber(),
        b"4": OutOfOrderSequenceNumber(),
    }
    with pytest.raises(Unwritable) as caught:
        await commit(producer, [*writes(5), *writes(1, partition=1)], {}, "group")
    assert isinstance(caught.value.__cause__, MessageSizeTooLargeError)
    assert producer.given_back == [(TopicPartition("t", 0), -5)]
    assert producer.log == ["begin", ("t", 1, [b"0"]), "abort"]


@pytest.mark.parametrize(
    "error", [ProducerFenced(), OutOfOrderSequenceNumber(), KafkaConnectionError()]
)
async def test_every_other_error_stays_what_it_is(error: Exception) -> None:
    """After a fence or the loss of the broker the process exits; no record is to blame."""
    producer = FakeProducer()
    producer.refused = {b"0": error}
    with pytest.raises(type(error)) as caught:
        await commit(producer, writes(1), {}, "group")
    assert caught.value is error
    assert producer.given_back == []


def test_a_write_defaults_to_no_headers() -> None:
    """A state change needs none."""
    assert SimpleNamespace(headers=Write("t", b"k", None).headers).headers == ()
