"""The ledger's transactions: requests that wait share one, and nothing follows a failed one."""

import asyncio
from typing import Any, cast

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import ProducerFenced

from services.alerting.deliver.ledger.ledger import CommitInterrupted, Ledger, StateChange
from services.alerting.deliver.ledger.ledger_state import LedgerState
from shared.base.settings import KafkaSettings
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DELIVERIES, DISPATCHES
from shared.messages import codec
from shared.messages.delivery_keys import WAITING, waiting_group, waiting_key
from shared.messages.schemas import Delivery, DeliveryState
from shared.stream.assignment import AssignedPartition
from tests.delivery_tools import dispatch, notification_id_of
from tests.fake_producer import FakeProducer
from tests.unit.alerting.deliver.test_policy import NOW

TP = TopicPartition(DISPATCHES.name, 0)


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
    return Delivery(
        notification_id=notification_id_of(number),
        destination="slack:newsroom",
        state=state,
        attempts=1,
        in_doubt=0,
        first_attempt_at=NOW,
        last_attempt_at=NOW,
        dispatch_ids=(dispatch(number).dispatch_id,),
    )


async def write(ledger: Ledger, number: int, finished: int | None) -> None:
    await ledger.write(entry(number), now_ms=0, finished=() if finished is None else (finished,))


def transactions(producer: FakeProducer) -> list[list[Any]]:
    """Return the ids of each committed transaction's entries, and the offset that it moved to."""
    ids: list[list[str]] = []
    offsets: list[list[int]] = []
    for line in producer.log:
        if line == "begin":
            ids.append([])
            offsets.append([])
        elif isinstance(line, tuple) and line[0] == DELIVERIES.name:
            ids[-1] += [codec.decode(value, Delivery).notification_id for value in line[2]]
        elif isinstance(line, tuple):
            offsets[-1].append(line[0][TP].offset)
    return [[*entries, *moved] for entries, moved in zip(ids, offsets, strict=True)]


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
    assert ledger.get(notification_id_of(0)) is None
    producer.may_end.set()
    await asyncio.gather(*writing)
    first, *others = (notification_id_of(number) for number in range(3))
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
    assert ledger.get(notification_id_of(0)) is None


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


async def test_a_decided_dispatch_is_known_until_its_end_and_after_it() -> None:
    """While its notification may change, and once it has ended; what waits is only kept."""
    ledger = ledger_with(FakeProducer(room=10))
    dispatch_id = dispatch(1).dispatch_id
    waits = StateChange(waiting_key("slack:newsroom", dispatch_id), dispatch(1))
    await ledger.change([waits], now_ms=0, finished=(1,))
    assert not ledger.has_dispatch(dispatch_id)
    assert [key for key, _ in ledger.stored(waiting_group("slack:newsroom"))] == [waits.key]
    assert ledger.destinations(WAITING) == {"slack:newsroom"}
    await ledger.write(
        entry(1, DeliveryState.INTENT), now_ms=0, changes=[StateChange(waits.key, None)]
    )
    assert ledger.has_dispatch(dispatch_id)
    assert not ledger.has_ended(dispatch_id)
    assert not ledger.destinations(WAITING)
    await ledger.write(entry(1), now_ms=0)
    assert ledger.has_ended(dispatch_id)


async def test_the_offset_waits_for_the_oldest_unfinished_record() -> None:
    """A later record that finishes first moves nothing."""
    producer = FakeProducer(room=10)
    ledger = ledger_with(producer)
    await write(ledger, 1, 1)
    await write(ledger, 0, 0)
    assert [contents[-1] for contents in transactions(producer)] == [0, 2]
