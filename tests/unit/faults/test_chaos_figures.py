"""Figures of a chaos run, from samples made by hand."""

import pytest

from tests.faults.chaos import figures


def test_the_slope_of_one_process() -> None:
    """A straight line's."""
    assert figures.pooled_slope([[(0, 10), (1, 12), (2, 14)]]) == pytest.approx(2.0)


def test_a_restart_is_no_slope() -> None:
    """Each process has a level of its own; the lower one after a restart is no shrinking."""
    steady = [[(0, 100), (10, 100)], [(20, 50), (30, 50)]]
    growing = [[(0, 100), (10, 110)], [(20, 50), (30, 60)]]
    assert figures.pooled_slope(steady) == pytest.approx(0.0)
    assert figures.pooled_slope(growing) == pytest.approx(1.0)


def test_no_slope_without_samples() -> None:
    """One sample says nothing."""
    assert figures.pooled_slope([]) is None
    assert figures.pooled_slope([[(0, 1)], [(1, 1)]]) is None


def test_warm_up_is_left_out() -> None:
    """Counted from the process's own first sample."""
    assert figures.after_warm_up([(5, 1), (9, 2), (10, 3)], 5) == [(10, 3)]


def test_the_first_output_after_a_fault() -> None:
    """Not one of the same moment; None where nothing came any more."""
    assert figures.first_after([1.0, 2.0, 5.0], 2.0) == 3.0
    assert figures.first_after([1.0, 2.0], 2.0) is None


def test_the_backlog_of_a_fault() -> None:
    """The last of what had been sent before its end; later articles do not count."""
    done = {1: (0.0, 1.0), 2: (1.0, 7.0), 3: (3.0, 9.0)}
    assert figures.caught_up_after(done, 2.0) == 5.0
    assert figures.caught_up_after(done, 0.5) == 0.5
    assert figures.caught_up_after({1: (0.0, 1.0)}, 2.0) is None


def test_recovery() -> None:
    """Median and maximum of what came, and how often nothing did."""
    found = figures.recovery([1.0, None, 3.0, 8.0])
    assert (found.times, found.median_s, found.max_s, found.never) == (4, 3.0, 8.0, 1)
    assert figures.recovery([None]).median_s is None


def test_a_false_green() -> None:
    """200 from the grace on until the broker is back, or until the answer changes."""
    away = [(100.0, 160.0)]
    assert figures.false_green_s([(0, True), (200, True)], away, 15) == pytest.approx(45)
    assert figures.false_green_s([(0, True), (120, False), (170, True)], away, 15) == pytest.approx(
        5
    )
    assert figures.false_green_s([(0, True), (110, False), (170, True)], away, 15) == 0
