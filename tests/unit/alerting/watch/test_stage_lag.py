"""Which partitions may lag: those that are not read up to where they ended some minutes ago."""

from datetime import UTC, datetime, timedelta

from aiokafka import TopicPartition

from services.alerting.watch.stage_lag import SuspectedLag

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
TP, SECOND = TopicPartition("t", 0), TopicPartition("t", 1)


def minutes(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def test_a_group_that_keeps_up_is_never_suspected() -> None:
    """It has read what was there five minutes ago, though not what has just come."""
    lag = SuspectedLag(timedelta(minutes=5))
    for minute in range(30):
        assert lag.update({TP: 100 * minute}, {TP: 100 * minute + 60}, minutes(minute)) == {}


def test_a_group_that_stands_or_is_too_slow_is_suspected() -> None:
    """Though it moves; only once five minutes have passed."""
    for speed in (0, 10):
        lag, standing = SuspectedLag(timedelta(minutes=5)), []
        for minute in range(12):
            committed = {TP: 7 + speed * minute, SECOND: 50}
            found = lag.update(committed, {TP: 100 * minute + 100, SECOND: 50}, minutes(minute))
            standing.append(found.get(TP))
            assert SECOND not in found
        assert standing[:5] == [None] * 5
        assert standing[5:] == [7 + speed * minute for minute in range(5, 12)]


def test_markers_of_transactions_are_no_lag() -> None:
    """Once it was seen that no record follows, the same offsets are not looked at again."""
    lag = SuspectedLag(timedelta(minutes=5))
    for minute in range(6):
        found = lag.update({TP: 9}, {TP: 10}, minutes(minute))
    assert found == {TP: 9}
    lag.clear(TP, 9)
    for minute in range(6, 9):
        assert lag.update({TP: 9}, {TP: 10}, minutes(minute)) == {}
    for minute in range(9, 15):
        found = lag.update({TP: 9}, {TP: 12}, minutes(minute))
    assert found == {TP: 9}, "something has come since"


def test_a_partition_that_was_never_committed_begins_at_its_first_record() -> None:
    """What stands in it is not read."""
    lag = SuspectedLag(timedelta(minutes=1))
    lag.update({TP: 5}, {TP: 5, SECOND: 3}, NOON)
    assert lag.update({TP: 5}, {TP: 5, SECOND: 3}, minutes(1)) == {SECOND: 0}
