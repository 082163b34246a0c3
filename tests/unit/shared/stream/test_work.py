"""How records end, without Kafka: one ending each, in order, and nobody notices a neighbour."""

import asyncio
import time
from enum import StrEnum

import pytest

from shared.base.outcomes import Drop, InvalidMessage, Retryable
from shared.kafka.topics import ARTICLES_TAGGED
from shared.stream import work
from shared.stream.state_store import MAX_ENTRY_BYTES, State
from shared.stream.work import Again, Dead, Done, InProcess, NotBegun, Outcome, Output, WithState


class Why(StrEnum):
    DULL = "dull"


def act(value: bytes | None) -> Outcome:
    """Ends as the value says."""
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


async def test_each_record_has_its_own_ending() -> None:
    """An output, a drop, an invalid message, a bug of ours, a bottomless recursion and too large an output: neighbours go on."""
    values = [b"a", b"drop", b"bad", b"bug", b"deep", b"large", None, b"b"]
    endings = await InProcess(act).run(values, State())
    told = [end.error if isinstance(end, Dead) else type(end).__name__ for end in endings]
    assert told == ["Done", "Drop", "InvalidMessage", "ZeroDivisionError", "RecursionError", "InvalidMessage", "Done", "Done"]


async def test_too_large_an_output_says_how_large_it_may_be() -> None:
    """Key and value together, before the broker refuses the whole batch."""
    (end,) = await InProcess(act).run([b"large"], State())
    assert isinstance(end, Dead)
    assert end.message == "what follows from it is 1050000 bytes, and articles.tagged.v1 takes 1044480 at most"


async def test_what_must_wait_stops_all_after_it() -> None:
    """Order within a partition is kept."""
    endings = await InProcess(act).run([b"a", b"wait", b"b"], State())
    assert [type(end) for end in endings] == [Done, Again, NotBegun]


async def test_a_batch_whose_time_is_over_begins_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """But it always does one record, or it would never get anywhere."""
    monkeypatch.setattr(work, "BUDGET_S", 0.0)
    endings = await InProcess(act).run([b"a", b"b", b"c"], State())
    assert [type(end) for end in endings] == [Done, NotBegun, NotBegun]


def busy(value: bytes | None) -> Outcome:
    """Takes 2 ms of processor time."""
    end = time.perf_counter() + 0.002
    while time.perf_counter() < end:
        pass
    return act(value)


async def test_a_long_batch_leaves_the_event_loop_its_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heartbeats and probes come in between records: 100 records of 2 ms are no 200 ms of silence."""
    monkeypatch.setattr(work, "TURN_S", 0.01)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await InProcess(busy).run([b"a"] * 100, State())
    counting.cancel()
    assert turns >= 5


def tally(value: bytes | None, state: State) -> Outcome:
    state.set(b"sum", (state.get(b"sum") or b"") + (value or b""))
    return act(value)


async def test_a_record_that_fails_changes_no_state() -> None:
    """Invalid, a bug, too large an output or a wait: what it had changed before is taken back."""
    state = State({b"sum": b"0"})
    await WithState(tally).run([b"a", b"bad", b"bug", b"large", b"b", b"wait"], state)
    assert state.get(b"sum") == b"0ab"


async def test_too_large_a_state_is_a_dead_letter() -> None:
    """The broker would refuse it, and with it every batch for ever."""

    def grow(_value: bytes | None, state: State) -> Outcome:
        state.set(b"k", b"x" * MAX_ENTRY_BYTES)
        return []

    state = State()
    (end,) = await WithState(grow).run([b"a"], state)
    assert isinstance(end, Dead)
    assert "state" in end.message
    assert not state.changes
