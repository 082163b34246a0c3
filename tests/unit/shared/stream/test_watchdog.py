"""What counts as progress, and what happens without any."""

import threading

from aiokafka import TopicPartition

from shared.base import exits
from shared.stream.watchdog import Progress, Standstill, Watchdog

TP = TopicPartition("articles.raw.v1", 3)


def progress() -> Progress:
    return Progress(10.0, 0.0)


def test_a_partition_with_records_that_does_not_move_is_stalled() -> None:
    """The loop runs, the position does not change."""
    watched = progress()
    for now in (0.0, 5.0, 10.0):
        watched.observe(TP, 7, 100, now)
    assert watched.find_standstill(10.0) is None
    watched.observe(TP, 7, 100, 11.0)
    assert watched.find_standstill(11.0) == Standstill(
        "partition 3 of articles.raw.v1 made no progress for 10 s although there is work", exits.BUG
    )


def test_a_partition_that_moves_is_not_stalled() -> None:
    """However slowly, within the limit."""
    watched = progress()
    for now, position in ((0.0, 7), (9.0, 8), (18.0, 9), (27.0, 10)):
        watched.observe(TP, position, 100, now)
        assert watched.find_standstill(now) is None


def test_a_partition_that_moves_back_is_alive() -> None:
    """A position that was set back and read again is no standstill of the loop."""
    watched = progress()
    watched.observe(TP, 9, 100, 0.0)
    watched.observe(TP, 7, 100, 9.0)
    assert watched.find_standstill(15.0) is None


def test_nothing_to_read_or_a_wait_on_purpose_is_no_standstill() -> None:
    """An idle partition, and one that waits for a retry, may stay where they are for ever."""
    watched = progress()
    for now in (0.0, 100.0):
        watched.observe(TP, 7, 7, now)
        watched.observe(TopicPartition("other", 0), 1, 100, now, waits=True)
    assert watched.find_standstill(100.0) is None


def test_a_revoked_partition_is_forgotten() -> None:
    """Only an assigned partition can stall the process."""
    watched = progress()
    watched.observe(TP, 7, 100, 0.0)
    watched.forget(TP)
    watched.mark_alive("loop", 20.0)
    assert watched.find_standstill(20.0) is None


def test_a_loop_that_has_stopped_is_stalled() -> None:
    """One stage of a process hangs: the progress of another must not hide it."""
    watched = progress()
    watched.mark_alive("alerting/match", 0.0)
    watched.mark_alive("alerting/notify", 11.0)
    description = (
        "a poll or rebalance of alerting/match has not completed within 10 s "
        "although the broker answers"
    )
    assert watched.find_standstill(11.0) == Standstill(description, exits.TEMPORARY_FAILURE)


def test_nothing_is_blamed_while_the_broker_does_not_answer() -> None:
    """A rebalance cannot end without a broker; the limit starts again when it answers."""
    watched = progress()
    watched.mark_alive("alerting/match", 0.0)
    watched.observe(TP, 7, 100, 0.0)
    watched.mark_broker(answers=False, now=2.0)
    watched.pulse(500.0)
    assert watched.find_standstill(500.0) is None
    watched.mark_broker(answers=True, now=500.0)
    watched.pulse(509.0)
    assert watched.find_standstill(509.0) is None
    watched.mark_broker(answers=True, now=510.0)
    watched.pulse(511.0)
    standstill = watched.find_standstill(511.0)
    assert standstill is not None
    assert "although the broker answers" in standstill.description


def test_a_blocked_event_loop_is_stalled_without_a_broker_too() -> None:
    """The broker has nothing to do with it."""
    watched = progress()
    watched.mark_broker(answers=False, now=1.0)
    assert watched.find_standstill(10.5) is not None


def test_a_blocked_event_loop_is_stalled() -> None:
    """Nothing is observed any more."""
    standstill = progress().find_standstill(10.5)
    assert standstill is not None
    assert (
        standstill.description.startswith("the event loop or a batch in it"),
        standstill.exit_code,
    ) == (True, exits.BUG)


def test_the_watchdog_exits_once_and_says_what_is_stuck() -> None:
    """It checks from its own thread; how it exits is passed in."""
    has_left, descriptions = threading.Event(), list[str]()

    def leave(standstill: Standstill) -> None:
        descriptions.append(standstill.description)
        has_left.set()

    watchdog = Watchdog(Progress(0.01, 0.0), lambda: 1.0, leave)
    watchdog.start()
    assert has_left.wait(5)
    watchdog.join(5)
    assert descriptions == [
        "the event loop or a batch in it made no progress for 0.01 s although there is work"
    ]


def test_a_stopped_watchdog_ends_without_leaving() -> None:
    """It must not outlive what it watches."""
    watchdog = Watchdog(Progress(1000.0, 0.0), lambda: 1.0, lambda _standstill: None)
    watchdog.start()
    watchdog.stop()
    watchdog.join(5)
    assert not watchdog.is_alive()
