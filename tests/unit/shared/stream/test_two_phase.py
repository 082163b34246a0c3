"""Two-phase work, without Kafka and without child processes."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar, cast

import pytest

from shared.base.outcomes import Drop, InvalidMessage, Retryable
from shared.kafka.topics import ARTICLES_TAGGED
from shared.limits.process_pool import PoolBroken, ProcessPool
from shared.stream import work
from shared.stream.output import Output
from shared.stream.state_store import StateStore
from shared.stream.two_phase import Call, TwoPhaseWork
from shared.stream.work import DeadLettered, HandlerResult, NotStarted, Outcome, Processed, Retry

T = TypeVar("T")


class Why(StrEnum):
    DULL = "dull"


def prepare(value: bytes | None) -> bytes | Drop:
    """End as the value says; what begins with ``finalise`` is left to the second phase."""
    match value:
        case b"drop":
            return Drop(Why.DULL)
        case b"bad":
            raise InvalidMessage("bad")
        case b"bug":
            raise ZeroDivisionError("bug")
        case b"wait":
            raise Retryable("not ready")
        case _:
            return value or b"nothing"


async def finalise(
    _value: bytes | None, prepared: bytes, state: StateStore, call: Call
) -> HandlerResult:
    """Join the last bytes of all values so far, and end as the value says."""
    state.set(b"seen", (state.get(b"seen") or b"") + prepared[-1:])
    if prepared.startswith(b"settle "):
        await call(prepare, prepared.removeprefix(b"settle "))
    return [Output(ARTICLES_TAGGED.name, b"k", state.get(b"seen") or b"")]


class FakePool:
    """Runs calls in this process, and counts how many run at once.

    ``slow`` takes longer than what comes after it; ``broken`` breaks the pool.
    """

    def __init__(self, workers: int = 2) -> None:
        self.workers, self.running, self.max_running = workers, 0, 0

    async def call(self, function: Callable[..., T], value: bytes | None) -> T:
        self.running += 1
        self.max_running = max(self.max_running, self.running)
        try:
            await asyncio.sleep(0.05 if (value or b"").startswith(b"slow") else 0)
            if value == b"broken":
                raise PoolBroken("gone")
            return function(value)
        finally:
            self.running -= 1


def work_in(pool: FakePool) -> TwoPhaseWork[bytes]:
    return TwoPhaseWork(prepare, finalise, cast("ProcessPool", pool))


async def run(values: list[bytes | None], state: StateStore | None = None) -> list[Outcome]:
    return await work_in(FakePool()).run(values, state or StateStore())


def outcome_names(outcomes: list[Outcome]) -> list[str]:
    return [
        outcome.error if isinstance(outcome, DeadLettered) else type(outcome).__name__
        for outcome in outcomes
    ]


async def test_records_are_finalised_in_order_whenever_they_are_prepared() -> None:
    """The first takes longest; the second sees its changes all the same."""
    outcomes = await run([b"slow a", b"b", b"slow c", b"d"])
    assert [outcome.outputs[0].value for outcome in outcomes if isinstance(outcome, Processed)] == [
        b"a",
        b"ab",
        b"abc",
        b"abcd",
    ]


async def test_children_work_side_by_side() -> None:
    """As many as there are, and no more; finalising does not make them idle."""
    pool = FakePool(workers=3)
    await work_in(pool).run([b"slow %d" % number for number in range(9)], StateStore())
    assert pool.max_running == 3


async def test_each_record_has_its_own_outcome_in_either_phase() -> None:
    """Other records are not affected."""
    values: list[bytes | None] = [
        b"a",
        b"drop",
        b"bad",
        b"bug",
        None,
        b"settle bad",
        b"settle bug",
        b"settle b",
    ]
    assert outcome_names(await run(values)) == [
        "Processed",
        "Drop",
        "InvalidMessage",
        "ZeroDivisionError",
        "Processed",
        "InvalidMessage",
        "ZeroDivisionError",
        "Processed",
    ]


async def test_what_fails_changes_no_state() -> None:
    """In either phase."""
    state = StateStore({b"seen": b"0"})
    await run([b"a", b"bad", b"settle bad", b"settle bug", b"b"], state)
    assert state.get(b"seen") == b"0ab"


@pytest.mark.parametrize("wait", [b"wait", b"settle wait"])
async def test_what_must_wait_stops_all_after_it(wait: bytes) -> None:
    """Order within a partition is kept, and the state is that of the records before."""
    state = StateStore()
    outcomes = await run([b"a", wait, b"b"], state)
    assert [type(outcome) for outcome in outcomes] == [Processed, Retry, NotStarted]
    assert state.get(b"seen") == b"a"


async def test_no_record_is_started_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that waits too long for a child is fetched again; a started one is finalised."""
    monkeypatch.setattr(work, "BUDGET_S", 0.03)
    outcomes = await work_in(FakePool(workers=1)).run([b"slow a", b"b", b"c"], StateStore())
    assert [type(outcome) for outcome in outcomes] == [Processed, NotStarted, NotStarted]


@pytest.mark.parametrize("value", [b"broken", b"settle broken"])
async def test_a_broken_pool_is_no_fault_of_the_records(value: bytes) -> None:
    """Otherwise every record of the topic would become a dead letter within a second."""

    async def breaks(
        _value: bytes | None, prepared: bytes, _state: StateStore, call: Call
    ) -> HandlerResult:
        await call(prepare, prepared.removeprefix(b"settle "))
        return []

    with pytest.raises(PoolBroken):
        await TwoPhaseWork(prepare, breaks, cast("ProcessPool", FakePool())).run(
            [value, b"a"], StateStore()
        )
