"""The ledger's transactions: requests that wait share one, and nothing follows a failed one."""

import asyncio
from typing import Any, cast

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import ProducerFenced

from services.alerting.deliver.ledger.ledger import CommitInterrupted, Ledger
from services.alerting.deliver.ledger.ledger_state import LedgerState
from shared.base.settings import KafkaSettings
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DELIVERIES, NOTIFICATIONS
from shared.messages import codec
from shared.messages.schemas import Delivery, DeliveryState
from shared.stream.assignment import AssignedPartition
from tests.delivery_tools import notification
from tests.fake_producer import FakeProducer
from tests.unit.alerting.deliver.test_policy import NOW

TP = TopicPartition(NOTIFICATIONS.name, 0)


def ledger_with(producer: FakeProducer, records: int = 3) -> Ledger:
    """Return a ledger that has begun so many records, from offset 0."""
    ledger = Ledger(
        AssignedPartition(TP, cast("AIOKafkaProducer", producer), LedgerState()),
        Cluster(KafkaSettings()),
    )
    for offset in range(records):
        ledger.begin(offset)
    return ledger


def entry(number: int, state: DeliveryState = DeliveryState.DELIVERED) -> Delivery:
    note = notification(number)
    return Delivery(
        notification_id=note.notification_id,
        destination=note.destination,
        state=state,
        attempts=1,
        in_doubt=0,
        first_attempt_at=NOW,
        last_attempt_at=NOW,
    )


async def write(ledger: Ledger, number: int, finished: int | None) -> None:
    await ledger.write(entry(number), origin={}, now_ms=0, finished=finished)


def transactions(producer: FakeProducer) -> list[list[Any]]:
    """Return the ids of each committed transaction's entries, and the offset that it moved to."""
    found: list[list[Any]] = []
    for line in producer.log:
        if line == "begin":
            found.append([])
        elif isinstance(line, tuple) and line[0] == DELIVERIES.name:
            found[-1] += [codec.decode(value, Delivery).notification_id for value in line[2]]
        elif isinstance(line, tuple):
            found[-1].append(line[0][TP].offset)
    return found


async def test_what_waits_for_a_transaction_goes_into_the_next_one_together() -> None:
    """Three workers need two transactions, not three.

    Each continues only when its own entry is committed.
    """
    producer = FakeProducer(room=10)
    ledger = ledger_with(producer)
    producer.may_end.clear()
    writing = [asyncio.create_task(write(ledger, number, number)) for number in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not any(task.done() for task in writing)
    assert ledger.get(notification(0).notification_id) is None
    producer.may_end.set()
    await asyncio.gather(*writing)
    first, *others = (notification(number).notification_id for number in range(3))
    assert transactions(producer) == [[first, 1], [*others, 3]]
    stored = ledger.get(others[1])
    assert stored is not None
    assert stored.state is DeliveryState.DELIVERED
    assert ledger.unfinished == 0


async def test_nothing_is_committed_behind_a_transaction_that_failed() -> None:
    """A fenced worker must not move the offset past what it did not write, whoever commits next."""
    producer = FakeProducer(room=10)
    ledger = ledger_with(producer)
    producer.broken = ProducerFenced()
    ended = await asyncio.gather(
        *(write(ledger, number, number) for number in range(2)), return_exceptions=True
    )
    assert [type(end) for end in ended] == [ProducerFenced] * 2
    producer.broken = None
    ledger.finish(2)
    for again in (write(ledger, 2, None), ledger.flush()):
        with pytest.raises(ProducerFenced):
            await again
    assert "commit" not in producer.log
    assert ledger.get(notification(0).notification_id) is None


async def test_a_commit_that_was_cut_off_counts_as_not_written() -> None:
    """The last flush must not commit the offset of what a cancelled worker was writing."""
    producer = FakeProducer(room=10)
    ledger = ledger_with(producer)
    producer.may_end.clear()
    writing = asyncio.create_task(write(ledger, 0, 0))
    await asyncio.sleep(0)
    writing.cancel()
    producer.may_end.set()  # the cut-off transaction is aborted
    await asyncio.gather(writing, return_exceptions=True)
    with pytest.raises(CommitInterrupted):
        await ledger.flush()
    assert "commit" not in producer.log


async def test_the_offset_waits_for_the_oldest_unfinished_record() -> None:
    """A later record that finishes first moves nothing."""
    producer = FakeProducer(room=10)
    ledger = ledger_with(producer)
    await write(ledger, 1, 1)
    await write(ledger, 0, 0)
    assert [contents[-1] for contents in transactions(producer)] == [0, 2]
