"""When a stage stops moving a topic into its dead letters, and when it continues."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.stream.dead_letter_breaker import (
    ENOUGH_DEAD_LETTERS,
    LONGEST_PAUSE_S,
    MIN_DEAD_LETTERS,
    DeadLetterBreaker,
)


def every_second(breaker: DeadLetterBreaker, seconds: range, dead: int, records: int) -> None:
    for now in seconds:
        breaker.count(["InvalidMessage"] * dead, records, float(now))


def test_it_opens_after_a_minute_of_mostly_dead_letters() -> None:
    """Not before; and it says how many, and which error most of them had."""
    breaker = DeadLetterBreaker()
    every_second(breaker, range(50), 2, 3)
    assert not breaker.is_open(50.0)
    every_second(breaker, range(50, 62), 2, 3)
    assert breaker.is_open(62.0)
    assert breaker.reason().endswith("records became dead letters, most with InvalidMessage")


@pytest.mark.parametrize(("dead", "records"), [(1, 2), (1, 3), (0, 1)])
def test_half_or_less_is_tolerated(dead: int, records: int) -> None:
    """A source that sends as much nonsense as news keeps its stage running."""
    breaker = DeadLetterBreaker()
    every_second(breaker, range(600), dead, records)
    assert not breaker.is_open(600.0)


def test_a_few_bad_records_are_no_reason() -> None:
    """Even if there are no other records."""
    breaker = DeadLetterBreaker()
    for now in range(0, 3_600, 10):
        breaker.count(["KeyError"], 1, float(now))
    assert MIN_DEAD_LETTERS > 60 / 10
    assert not breaker.is_open(3_600.0)


def test_a_burst_of_bad_records_among_good_ones_is_tolerated() -> None:
    """It has to last for a minute."""
    breaker = DeadLetterBreaker()
    every_second(breaker, range(30), 20, 20)
    every_second(breaker, range(30, 120), 0, 40)
    assert not breaker.is_open(120.0)


def test_a_thousand_dead_letters_are_enough_at_once() -> None:
    """A backlog would be in the dead-letter topic within the minute."""
    breaker = DeadLetterBreaker()
    breaker.count(["TypeError"] * ENOUGH_DEAD_LETTERS, ENOUGH_DEAD_LETTERS + 1, 5.0)
    assert breaker.is_open(5.0)


def open_breaker() -> DeadLetterBreaker:
    breaker = DeadLetterBreaker()
    breaker.count(["TypeError"] * ENOUGH_DEAD_LETTERS, ENOUGH_DEAD_LETTERS, 0.0)
    return breaker


def test_a_trial_after_the_pause_closes_it_or_opens_it_for_longer() -> None:
    """A few records decide; each failure doubles the pause, up to a limit."""
    breaker = open_breaker()
    assert (breaker.is_open(59.9), breaker.is_open(60.1), breaker.is_on_trial) == (
        True,
        False,
        True,
    )
    breaker.count(["TypeError"] * 6, 10, 61.0)
    assert (breaker.is_open(61.0 + 119), breaker.is_open(61.0 + 121)) == (True, False)
    breaker.count([], 10, 200.0)
    assert (breaker.is_open(200.0), breaker.is_on_trial, breaker.reason()) == (False, False, "")


def test_batches_that_end_while_it_is_open_count_for_nothing() -> None:
    """Several partitions are on trial at once: the first of them decides."""
    breaker = open_breaker()
    for now in (61.0, 61.1, 61.2):
        breaker.count(["TypeError"], 1, now)
    assert not breaker.is_open(61.0 + 121)


def test_a_pause_has_a_limit() -> None:
    """Somebody mends the deploy in the end, and then a stage must not wait for hours."""
    breaker, now = open_breaker(), 0.0
    for _ in range(12):
        now += LONGEST_PAUSE_S + 1
        assert not breaker.is_open(now)
        breaker.count(["TypeError"], 1, now)
    assert breaker.is_open(now + LONGEST_PAUSE_S - 1)
    assert not breaker.is_open(now + LONGEST_PAUSE_S + 1)


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 5), st.integers(0, 5)), max_size=200))
def test_it_never_opens_where_most_records_are_good(batches: list[tuple[float, int, int]]) -> None:
    """Whatever the rhythm: each batch has at least as many good records as dead ones."""
    breaker, now = DeadLetterBreaker(), 0.0
    for wait_s, dead, good in batches:
        now += wait_s
        breaker.count(["KeyError"] * dead, dead + max(dead, good), now)
        assert not breaker.is_open(now)
