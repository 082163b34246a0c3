"""The faults of a chaos run follow from its seed."""

import itertools

import pytest

from tests.faults.chaos.misbehaviour import misbehaviour
from tests.faults.chaos.schedule import LULL_S, OUTAGE_S, OUTAGE_SHARE, Kind, schedule

SEEDS = range(30)


def test_the_same_seed_gives_the_same_faults() -> None:
    """A run can be repeated; another seed is another run."""
    assert schedule(7, 600) == schedule(7, 600)
    assert schedule(7, 600) != schedule(8, 600)


@pytest.mark.parametrize("seed", SEEDS)
def test_ten_minutes_have_every_kind_but_few_long_outages(seed: int) -> None:
    """One long outage, of a third of the run, and most other kinds beside it."""
    kinds = [fault.kind for fault in schedule(seed, 600)]
    assert kinds.count(Kind.OUTAGE) == 1
    assert len(set(kinds)) >= 5


@pytest.mark.parametrize("seconds", [30.0, 60.0, 600.0, 3_600.0])
def test_faults_are_over_before_the_run_is(seconds: float) -> None:
    """What comes after the last fault shows whether the system recovers."""
    for seed in SEEDS:
        assert all(fault.ends_s <= seconds - LULL_S for fault in schedule(seed, seconds))


def test_the_outage_is_as_long_as_the_run_allows() -> None:
    """Six minutes, but at most a third."""
    for seconds in (120.0, 600.0, 3_600.0):
        (outage,) = [each for each in schedule(3, seconds) if each.kind is Kind.OUTAGE]
        assert outage.lasts_s == min(OUTAGE_S, seconds * OUTAGE_SHARE)


def test_only_freezes_go_on_beside_other_faults() -> None:
    """A fault meets a system whose last fault is over, save for frozen processes."""
    for seed in SEEDS:
        blocking = [each for each in schedule(seed, 1_200) if each.kind is not Kind.FREEZE]
        assert all(first.ends_s < then.at_s for first, then in itertools.pairwise(blocking))


def test_slack_misbehaves_now_and_then_at_every_webhook() -> None:
    """By seed; no two faults on one post, and few enough that no address seems dead."""
    faults = misbehaviour(5, ["a", "b"], 400)
    assert faults == misbehaviour(5, ["a", "b"], 400)
    for hook in ("a", "b"):
        numbers = [fault.at or 0 for fault in faults if fault.path == hook]
        assert 10 <= len(numbers) <= 40
        assert all(then - first >= 12 for first, then in itertools.pairwise(numbers))
    assert {fault.do for fault in faults} == {"status", "hang", "reset", "slow"}
