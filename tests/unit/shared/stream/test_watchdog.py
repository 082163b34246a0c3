"""What counts as getting somewhere, and what happens where nothing does."""

import threading

from aiokafka import TopicPartition

from shared.base import exits
from shared.stream.watchdog import Progress, Standstill, Watchdog

TP = TopicPartition("articles.raw.v1", 3)


def progress() -> Progress:
    return Progress(10.0, 0.0)


def test_a_partition_with_records_that_does_not_move_is_stalled() -> None:
    """The loop comes round, the position does not."""
    ours = progress()
    for now in (0.0, 5.0, 10.0):
        ours.observe(TP, 7, 100, now)
    assert ours.find_standstill(10.0) is None
    ours.observe(TP, 7, 100, 11.0)
    assert ours.find_standstill(11.0) == Standstill(
        "partition 3 of articles.raw.v1 made no progress for 10 s although there is work", exits.BUG
    )


def test_a_partition_that_moves_is_not_stalled() -> None:
    """However slowly, within the limit."""
    ours = progress()
    for now, position in ((0.0, 7), (9.0, 8), (18.0, 9), (27.0, 10)):
        ours.observe(TP, position, 100, now)
        assert ours.find_standstill(now) is None


def test_a_partition_that_moves_back_is_alive() -> None:
    """A position that was put back and read again is no standstill of the loop."""
    ours = progress()
    ours.observe(TP, 9, 100, 0.0)
    ours.observe(TP, 7, 100, 9.0)
    assert ours.find_standstill(15.0) is None


def test_nothing_to_read_or_a_wait_on_purpose_is_no_standstill() -> None:
    """An idle partition and one that waits for a retry may stay where they are for ever."""
    ours = progress()
    for now in (0.0, 100.0):
        ours.observe(TP, 7, 7, now)
        ours.observe(TopicPartition("other", 0), 1, 100, now, waits=True)
    assert ours.find_standstill(100.0) is None


def test_a_partition_that_was_given_away_is_forgotten() -> None:
    """Only what is ours can stall us."""
    ours = progress()
    ours.observe(TP, 7, 100, 0.0)
    ours.forget(TP)
    ours.mark_alive("loop", 20.0)
    assert ours.find_standstill(20.0) is None


def test_a_loop_that_no_longer_comes_round_is_stalled() -> None:
    """One stage of a process hangs: the other's beat must not hide it."""
    ours = progress()
    ours.mark_alive("alerting/match", 0.0)
    ours.mark_alive("alerting/notify", 11.0)
    what = "a poll or rebalance of alerting/match has not completed within 10 s although the broker answers"
    assert ours.find_standstill(11.0) == Standstill(what, exits.TEMPORARY_FAILURE)


def test_nothing_is_blamed_while_the_broker_does_not_answer() -> None:
    """A rebalance cannot end without a broker; the limit starts anew when it answers again."""
    ours = progress()
    ours.mark_alive("alerting/match", 0.0)
    ours.observe(TP, 7, 100, 0.0)
    ours.mark_broker(answers=False, now=2.0)
    ours.pulse(500.0)
    assert ours.find_standstill(500.0) is None
    ours.mark_broker(answers=True, now=500.0)
    ours.pulse(509.0)
    assert ours.find_standstill(509.0) is None
    ours.mark_broker(answers=True, now=510.0)
    ours.pulse(511.0)
    stalled = ours.find_standstill(511.0)
    assert stalled is not None
    assert "although the broker answers" in stalled.description


def test_a_blocked_event_loop_is_stalled_without_a_broker_too() -> None:
    """That has nothing to do with the broker."""
    ours = progress()
    ours.mark_broker(answers=False, now=1.0)
    assert ours.find_standstill(10.5) is not None


def test_a_blocked_event_loop_is_stalled() -> None:
    """Nobody observes anything any more."""
    stalled = progress().find_standstill(10.5)
    assert stalled is not None
    assert (
        stalled.description.startswith("the event loop or a batch in it"),
        stalled.exit_code,
    ) == (True, exits.BUG)


def test_the_watchdog_leaves_once_and_says_what_stands_still() -> None:
    """It looks from its own thread; what it does is passed in."""
    left, told = threading.Event(), list[str]()

    def leave(standstill: Standstill) -> None:
        told.append(standstill.description)
        left.set()

    watchdog = Watchdog(Progress(0.01, 0.0), lambda: 1.0, leave)
    watchdog.start()
    assert left.wait(5)
    watchdog.join(5)
    assert told == [
        "the event loop or a batch in it made no progress for 0.01 s although there is work"
    ]


def test_a_stopped_watchdog_ends_without_leaving() -> None:
    """It must not outlive what it watches."""
    watchdog = Watchdog(Progress(1000.0, 0.0), lambda: 1.0, lambda _what: None)
    watchdog.start()
    watchdog.stop()
    watchdog.join(5)
    assert not watchdog.is_alive()
