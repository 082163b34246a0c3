"""Records that are prepared in children and settled in order, without Kafka and without children."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar, cast

import pytest

from shared.base.outcomes import Drop, InvalidMessage, Retryable
from shared.kafka.topics import ARTICLES_TAGGED
from shared.limits.process_pool import PoolBroken, ProcessPool
from shared.stream import work
from shared.stream.state_store import StateStore
from shared.stream.two_phase import Call, TwoPhaseWork
from shared.stream.work import (
    DeadLettered,
    HandlerResult,
    NotStarted,
    Outcome,
    Output,
    Processed,
    Retry,
)

T = TypeVar("T")


class Why(StrEnum):
    DULL = "dull"


def prepare(value: bytes | None) -> bytes | Drop:
    """Ends as the value says; what begins with ``settle`` is not its affair."""
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


async def settle(
    _value: bytes | None, prepared: bytes, state: StateStore, call: Call
) -> HandlerResult:
    """Strings all that it has seen together, with a word from a child, and ends as the value says."""
    state.set(b"seen", (state.get(b"seen") or b"") + prepared[-1:])
    if prepared.startswith(b"settle "):
        await call(prepare, prepared.removeprefix(b"settle "))
    return [Output(ARTICLES_TAGGED.name, b"k", state.get(b"seen") or b"")]


class FakeChildren:
    """Runs in this process; ``slow`` takes longer than what comes after it, and the pool can break. Knows how many calls ran at once."""

    def __init__(self, workers: int = 2) -> None:
        self.workers, self.running, self.most = workers, 0, 0

    async def call(self, function: Callable[..., T], value: bytes | None) -> T:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(0.05 if (value or b"").startswith(b"slow") else 0)
            if value == b"broken":
                raise PoolBroken("gone")
            return function(value)
        finally:
            self.running -= 1


def prepared_in(children: FakeChildren) -> TwoPhaseWork[bytes]:
    return TwoPhaseWork(prepare, settle, cast("ProcessPool", children))


async def run(values: list[bytes | None], state: StateStore | None = None) -> list[Outcome]:
    return await prepared_in(FakeChildren()).run(values, state or StateStore())


def told(endings: list[Outcome]) -> list[str]:
    return [end.error if isinstance(end, DeadLettered) else type(end).__name__ for end in endings]


async def test_they_are_settled_in_order_whatever_order_they_are_ready_in() -> None:
    """The first takes longest; what the second sees is what the first left."""
    endings = await run([b"slow a", b"b", b"slow c", b"d"])
    assert [end.outputs[0].value for end in endings if isinstance(end, Processed)] == [
        b"a",
        b"ab",
        b"abc",
        b"abcd",
    ]


async def test_children_work_side_by_side() -> None:
    """As many as there are, and no more; settling does not make them idle."""
    children = FakeChildren(workers=3)
    await prepared_in(children).run([b"slow %d" % number for number in range(9)], StateStore())
    assert children.most == 3


async def test_each_has_an_ending_of_its_own_in_either_step() -> None:
    """Neighbours go on."""
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
    assert told(await run(values)) == [
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
    """Neither in preparing nor in settling."""
    state = StateStore({b"seen": b"0"})
    await run([b"a", b"bad", b"settle bad", b"settle bug", b"b"], state)
    assert state.get(b"seen") == b"0ab"


@pytest.mark.parametrize("wait", [b"wait", b"settle wait"])
async def test_what_must_wait_stops_all_after_it(wait: bytes) -> None:
    """Order within a partition is kept, and the state is that of the ones before."""
    state = StateStore()
    endings = await run([b"a", wait, b"b"], state)
    assert [type(end) for end in endings] == [Processed, Retry, NotStarted]
    assert state.get(b"seen") == b"a"


async def test_nothing_more_is_begun_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for a free child longer than the batch may take is fetched again; what was begun is settled."""
    monkeypatch.setattr(work, "BUDGET_S", 0.03)
    endings = await prepared_in(FakeChildren(workers=1)).run([b"slow a", b"b", b"c"], StateStore())
    assert [type(end) for end in endings] == [Processed, NotStarted, NotStarted]


@pytest.mark.parametrize("value", [b"broken", b"settle broken"])
async def test_a_broken_pool_is_no_fault_of_the_records(value: bytes) -> None:
    """Otherwise every record of the topic would become a dead letter within a second."""

    async def breaks(
        _value: bytes | None, prepared: bytes, _state: StateStore, call: Call
    ) -> HandlerResult:
        await call(prepare, prepared.removeprefix(b"settle "))
        return []

    with pytest.raises(PoolBroken):
        await TwoPhaseWork(prepare, breaks, cast("ProcessPool", FakeChildren())).run(
            [value, b"a"], StateStore()
        )
