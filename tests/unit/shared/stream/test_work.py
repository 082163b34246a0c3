"""Outcomes of records, without Kafka: one each, in order, and none affects another."""

import asyncio
import time
from enum import StrEnum

import pytest

from shared.base.outcomes import Drop, InvalidMessage, Retryable
from shared.kafka.topics import ARTICLES_TAGGED
from shared.stream import work
from shared.stream.output import Output
from shared.stream.state_store import MAX_ENTRY_BYTES, StateStore
from shared.stream.work import (
    DeadLettered,
    HandlerResult,
    InProcessWork,
    NotStarted,
    Processed,
    Retry,
    StatefulWork,
)


class Why(StrEnum):
    DULL = "dull"


def act(value: bytes | None) -> HandlerResult:
    """End as the value says."""
    match value:
        case b"drop":
            return Drop(Why.DULL)
        case b"bad":
            raise InvalidMessage("bad")
        case b"bug":
            raise ZeroDivisionError("bug")
        case b"deep":
            return act(b"deep")
        case b"wait":
            raise Retryable("not ready")
        case b"large":
            return [Output(ARTICLES_TAGGED.name, b"k" * 1_040_000, b"v" * 10_000)]
        case _:
            return [Output(ARTICLES_TAGGED.name, b"k", value or b"")]


async def test_each_record_has_its_own_outcome() -> None:
    """Whatever happens to one record (a bug, a bottomless recursion), the others are processed."""
    values = [b"a", b"drop", b"bad", b"bug", b"deep", b"large", None, b"b"]
    outcomes = await InProcessWork(act).run(values, StateStore())
    names = [end.error if isinstance(end, DeadLettered) else type(end).__name__ for end in outcomes]
    assert names == [
        "Processed",
        "Drop",
        "InvalidMessage",
        "ZeroDivisionError",
        "RecursionError",
        "InvalidMessage",
        "Processed",
        "Processed",
    ]


async def test_too_large_an_output_says_how_large_it_may_be() -> None:
    """Key and value together, before the broker refuses the whole batch."""
    (end,) = await InProcessWork(act).run([b"large"], StateStore())
    assert isinstance(end, DeadLettered)
    assert (
        end.message == "its output is 1050000 bytes, and articles.tagged.v1 takes 1044480 at most"
    )


async def test_what_must_wait_stops_all_after_it() -> None:
    """Order within a partition is kept."""
    outcomes = await InProcessWork(act).run([b"a", b"wait", b"b"], StateStore())
    assert [type(end) for end in outcomes] == [Processed, Retry, NotStarted]


async def test_a_batch_whose_time_is_over_starts_no_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It always processes one record, or it would make no progress."""
    monkeypatch.setattr(work, "BUDGET_S", 0.0)
    outcomes = await InProcessWork(act).run([b"a", b"b", b"c"], StateStore())
    assert [type(end) for end in outcomes] == [Processed, NotStarted, NotStarted]


def busy(value: bytes | None) -> HandlerResult:
    """Use 2 ms of CPU time."""
    end = time.perf_counter() + 0.002
    while time.perf_counter() < end:
        pass
    return act(value)


async def test_a_long_batch_leaves_the_event_loop_its_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Heartbeats and probes run between records: 100 records of 2 ms do not block for 200 ms."""
    monkeypatch.setattr(work, "TURN_S", 0.01)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await InProcessWork(busy).run([b"a"] * 100, StateStore())
    counting.cancel()
    assert turns >= 5


def add_up(value: bytes | None, state: StateStore) -> HandlerResult:
    state.set(b"sum", (state.get(b"sum") or b"") + (value or b""))
    return act(value)


async def test_a_record_that_fails_changes_no_state() -> None:
    """Invalid, a bug, too large an output or a retry: its earlier changes are undone."""
    state = StateStore({b"sum": b"0"})
    await StatefulWork(add_up).run([b"a", b"bad", b"bug", b"large", b"b", b"wait"], state)
    assert state.get(b"sum") == b"0ab"


async def test_too_large_a_state_is_a_dead_letter() -> None:
    """The broker would refuse it, and with it every batch for ever."""

    def grow(_value: bytes | None, state: StateStore) -> HandlerResult:
        state.set(b"k", b"x" * MAX_ENTRY_BYTES)
        return []

    state = StateStore()
    (end,) = await StatefulWork(grow).run([b"a"], state)
    assert isinstance(end, DeadLettered)
    assert "state" in end.message
    assert not state.changes
