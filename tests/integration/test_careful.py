"""A batch in a child process: a record that kills its process kills only the child."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import psutil
import pytest

from shared.base.outcomes import Drop, LimitExceeded
from shared.kafka.topics import ARTICLES_TAGGED
from shared.limits.process_pool import PoolBroken, ProcessPool
from shared.limits.record_limits import RecordLimits
from shared.stream import work
from shared.stream.output import Output
from shared.stream.state_store import StateStore
from shared.stream.two_phase import Call, TwoPhaseWork
from shared.stream.work import (
    CarefulWork,
    DeadLettered,
    HandlerResult,
    InProcessWork,
    NotStarted,
    Outcome,
    Processed,
    Retry,
    StatefulWork,
)
from tests.hostile_work import Why, act, use_cpu
from tests.unit.shared.stream.test_two_phase import FakePool

LIMITS = RecordLimits(cpu_s=0.3, memory_mb=40)
CPU = "took more than 0.3 s of CPU time and was stopped"
HOSTILE = {
    b"spin": CPU,
    b"spin in C": CPU,
    b"sleep": "did nothing for 1.8 s and was stopped",
    b"eat": "needed more than 40 MB and was stopped",
    b"die": "ended its process (SIGKILL)",
    b"crash": "ended its process (SIGSEGV)",
    b"exit": "ended its process (exit code 3)",
    b"exit well": "ended its process (exit code 0)",
}


@pytest.fixture(autouse=True)
def _a_batch_has_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise the budget: on a busy machine a batch that spins would end before its last record."""
    monkeypatch.setattr(work, "BUDGET_S", 120.0)


def with_state(value: bytes | None, state: StateStore) -> HandlerResult:
    """Join the values, then end as the value says."""
    state.set(b"seen", (state.get(b"seen") or b"") + (value or b"")[:1])
    outcome = act(value)
    return (
        outcome
        if isinstance(outcome, Drop)
        else [Output(ARTICLES_TAGGED.name, b"k", state.get(b"seen") or b"")]
    )


def prepare(value: bytes | None) -> bytes:
    """Leave everything to the second phase."""
    return value or b""


async def finalise(
    _value: bytes | None, prepared: bytes, state: StateStore, call: Call
) -> HandlerResult:
    """Do as ``with_state``, after a call to a child of the parent."""
    await call(prepare, b"asked")
    return with_state(prepared, state)


WORK: dict[str, Callable[[], CarefulWork]] = {
    "in process": lambda: InProcessWork(act, LIMITS),
    "with state": lambda: StatefulWork(with_state, LIMITS),
    "prepared": lambda: TwoPhaseWork(prepare, finalise, cast("ProcessPool", FakePool()), LIMITS),
}


def describe(end: Outcome) -> str:
    return end.message if isinstance(end, DeadLettered) else type(end).__name__


@pytest.mark.parametrize("kind", WORK)
async def test_whatever_records_do_to_their_process_their_neighbours_are_processed(
    kind: str,
) -> None:
    """Each hostile record is a dead letter with its cause; the others end as usual, in order."""
    values = [b"a", *(value for how in HOSTILE for value in (how, b"b"))]
    outcomes = await WORK[kind]().run_carefully(values, state := StateStore())
    assert [describe(end) for end in outcomes] == [
        "Processed",
        *(text for cause in HOSTILE.values() for text in (cause, "Processed")),
    ]
    assert {end.error for end in outcomes if isinstance(end, DeadLettered)} == {
        LimitExceeded.__name__
    }
    if kind != "in process":
        assert state.get(b"seen") == b"a" + b"b" * len(HOSTILE)


async def test_a_child_that_is_killed_from_outside_condemns_nobody(tmp_path: Path) -> None:
    """The current record is tried once more, and no other is processed twice."""
    log = tmp_path / "begun"

    def unlucky(value: bytes | None) -> HandlerResult:
        before = log.read_bytes() if log.exists() else b""
        log.write_bytes(before + (value or b""))
        if value == b"b" and b"b" not in before:
            os.kill(os.getpid(), signal.SIGKILL)
        return act(value)

    outcomes = await InProcessWork(unlucky, LIMITS).run_carefully(
        [b"a", b"b", b"c", b"d"], StateStore()
    )
    assert [type(end) for end in outcomes] == [Processed] * 4
    assert log.read_bytes() == b"abbcd"


async def test_a_busy_machine_condemns_nobody() -> None:
    """A child that waits for the processor longer than any limit is left alone: it is runnable."""

    def compute(value: bytes | None) -> HandlerResult:
        use_cpu(0.1)
        return act(value)

    work = InProcessWork(compute, LIMITS)
    outcomes = await work.run_carefully([b"a"] * 4, StateStore())
    assert [type(end) for end in outcomes] == [Processed] * 4


async def test_ordinary_outcomes_come_back_unchanged() -> None:
    """A drop, a bug with its stack trace, and a retry, after which nothing is started."""
    outcomes = await InProcessWork(act, LIMITS).run_carefully(
        [b"drop", b"recurse", b"leave", b"retry", b"a"], StateStore()
    )
    assert outcomes[0] == Drop(Why.DULL)
    assert [describe(end) for end in outcomes[1:]] == [
        "maximum recursion depth exceeded in comparison",
        "3",
        "Retry",
        "NotStarted",
    ]
    assert isinstance(outcomes[1], DeadLettered)
    assert "hostile_work.py" in outcomes[1].stacktrace


async def test_the_event_loop_runs_while_the_child_works() -> None:
    """Heartbeats go on."""
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.005)

    counting = asyncio.create_task(count())
    await InProcessWork(act, LIMITS).run_carefully([b"spin in C"], StateStore())
    counting.cancel()
    assert turns >= 20


async def test_the_time_budget_holds_in_a_child_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first record is processed however late it is; what is not started then comes again."""
    monkeypatch.setattr(work, "BUDGET_S", 0.0)
    outcomes = await InProcessWork(act, LIMITS).run_carefully([b"a", b"b"], StateStore())
    assert [type(end) for end in outcomes] == [Processed, NotStarted]
    outcomes = await InProcessWork(act, LIMITS).run_carefully([b"die", b"b"], StateStore())
    assert [type(end) for end in outcomes] == [DeadLettered, NotStarted]


async def test_no_child_is_left_behind() -> None:
    """Neither by a batch nor by a cancelled one."""
    before = set(psutil.Process().children())
    await InProcessWork(act, LIMITS).run_carefully([b"a", b"die", b"sleep"], StateStore())
    task = asyncio.create_task(
        InProcessWork(act, RecordLimits(cpu_s=60.0)).run_carefully([b"sleep"], StateStore())
    )
    deadline = time.monotonic() + 10
    while set(psutil.Process().children()) == before:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert set(psutil.Process().children()) == before


async def test_a_broken_pool_is_no_records_fault() -> None:
    """It ends the process, as everywhere."""

    async def ask_for_it(
        _value: bytes | None, _prepared: bytes, _state: StateStore, call: Call
    ) -> HandlerResult:
        await call(prepare, b"broken")
        return []

    with pytest.raises(PoolBroken):
        await TwoPhaseWork(
            prepare, ask_for_it, cast("ProcessPool", FakePool()), LIMITS
        ).run_carefully([b"a"], StateStore())


async def test_a_retry_while_finalising_is_a_retry() -> None:
    """The outcome is Retry, and nothing after it is started."""
    outcomes = await WORK["prepared"]().run_carefully([b"a", b"retry", b"b"], StateStore())
    assert [type(end) for end in outcomes] == [Processed, Retry, NotStarted]
