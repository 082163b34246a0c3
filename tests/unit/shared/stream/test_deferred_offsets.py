"""Offsets that wait for their partition's next transaction."""

from aiokafka import TopicPartition

from shared.stream.deferred_offsets import COMMIT_INTERVAL_S, DeferredOffsets

A, B = TopicPartition("t", 0), TopicPartition("t", 1)


def test_the_last_offset_counts_and_the_records_add_up() -> None:
    """One offset stands for all before it; how many are not committed limits the next batch."""
    deferred = DeferredOffsets()
    assert (deferred.offset(A), deferred.count(A)) == (None, 0)
    deferred.defer(A, 5, 3, 0.0)
    deferred.defer(A, 9, 2, 0.1)
    assert (deferred.offset(A), deferred.count(A)) == (9, 5)
    assert deferred.offset(B) is None


def test_an_offset_is_due_a_second_after_the_first_record_that_waits() -> None:
    """Later records do not put it off; a partition with a running batch commits with it."""
    deferred = DeferredOffsets()
    deferred.defer(A, 5, 1, 10.0)
    deferred.defer(B, 7, 1, 10.5)
    deferred.defer(A, 6, 1, 10.9)
    assert deferred.due(10.0 + COMMIT_INTERVAL_S - 0.01, ()) == []
    assert deferred.due(10.0 + COMMIT_INTERVAL_S, ()) == [A]
    assert deferred.due(10.5 + COMMIT_INTERVAL_S, ()) == [A, B]
    assert deferred.due(10.5 + COMMIT_INTERVAL_S, {A: "running"}) == [B]


def test_a_committed_offset_waits_no_more() -> None:
    """The next record without effect starts a wait of its own."""
    deferred = DeferredOffsets()
    deferred.defer(A, 5, 1, 10.0)
    deferred.clear(A)
    deferred.clear(B)
    assert deferred.due(99.0, ()) == []
    deferred.defer(A, 6, 1, 99.0)
    assert (deferred.due(99.5, ()), deferred.count(A)) == ([], 1)
