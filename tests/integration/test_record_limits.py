"""A record's limits of CPU time and memory in this process.

A record that breaks one becomes a dead letter with the cause; others are processed.
"""

import asyncio
import gc
import resource
import threading
import time
from collections.abc import Sequence

import psutil
import pytest

from shared.base.outcomes import LimitExceeded
from shared.limits.record_limits import LimitedSteps, RecordLimits
from shared.stream import work
from shared.stream.state_store import StateStore
from shared.stream.work import (
    DeadLettered,
    HandlerResult,
    InProcessWork,
    Outcome,
    Processed,
    StatefulWork,
)
from tests.hostile_work import act, use_cpu

LIMITS = RecordLimits(cpu_s=0.3, memory_mb=40)
CPU = "took more than 0.3 s of CPU time and was stopped"
MEMORY = "needed more than 40 MB and was stopped"
KINDS = [(b"spin", CPU), (b"regex", CPU), (b"stubborn", CPU), (b"eat", MEMORY)]


@pytest.fixture(autouse=True)
def _a_batch_has_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise the budget: on a busy machine a batch that spins would end before its last record."""
    monkeypatch.setattr(work, "BUDGET_S", 120.0)


def message(end: Outcome) -> str:
    assert isinstance(end, DeadLettered)
    assert end.error == "LimitExceeded"
    return end.message


@pytest.mark.parametrize(("how", "cause"), KINDS, ids=[how.decode() for how, _ in KINDS])
async def test_a_record_that_breaks_a_limit_is_a_dead_letter_between_its_neighbours(
    how: bytes, cause: str
) -> None:
    """A loop, a catastrophic regex, a handler that swallows every Exception, and a memory eater."""
    first, broken, last = await InProcessWork(act, LIMITS).run([b"a", how, b"b"], StateStore())
    assert (type(first), type(last)) == (Processed, Processed)
    assert message(broken) == cause


async def test_the_trace_says_where_a_handle_was_stopped() -> None:
    """An operator sees which code took the time."""
    (end,) = await InProcessWork(act, LIMITS).run([b"spin"], StateStore())
    assert isinstance(end, DeadLettered)
    assert "hostile_work.py" in end.stacktrace


async def test_a_record_that_breaks_a_limit_changes_no_state() -> None:
    """Its changes are undone; later records see those of earlier ones."""

    def tally(value: bytes | None, state: StateStore) -> HandlerResult:
        state.set(b"sum", (state.get(b"sum") or b"") + (value or b""))
        return act(value)

    state = StateStore()
    await StatefulWork(tally, LIMITS).run([b"a", b"spin", b"b", b"eat", b"c"], state)
    assert state.get(b"sum") == b"abc"


async def test_many_records_share_no_limit() -> None:
    """Each has the whole time for itself, even within one turn."""

    def work_a_while(_value: bytes | None) -> HandlerResult:
        use_cpu(0.1)
        return []

    outcomes = await InProcessWork(work_a_while, LIMITS).run([b"a"] * 8, StateStore())
    assert {type(end) for end in outcomes} == {Processed}


async def test_waiting_and_other_threads_do_not_count_against_a_record() -> None:
    """Only the working thread's CPU time counts: neither the clock nor a helper thread."""
    computing = threading.Thread(target=use_cpu, args=(1.0,))

    def wait(_value: bytes | None) -> HandlerResult:
        computing.start()
        computing.join()
        return []

    (end,) = await InProcessWork(wait, LIMITS).run([b"a"], StateStore())
    assert isinstance(end, Processed)


async def test_preparation_counts_against_no_record() -> None:
    """Work that belongs to no record, such as compiling rules, may take longer than a record."""
    prepared: list[int] = []

    def prepare() -> None:
        if not prepared:
            use_cpu(0.7)
        prepared.append(1)

    (end,) = await InProcessWork(act, LIMITS, prepare).run([b"a"], StateStore())
    assert isinstance(end, Processed)
    assert prepared == [1]


async def test_freeing_memory_counts_against_no_record() -> None:
    """It depends on the process, and must not end it even at twice the limit."""

    class Heavy:
        def __del__(self) -> None:
            use_cpu(0.8)

    def hold(_value: bytes | None) -> HandlerResult:
        heavy = Heavy()
        return [] if heavy is None else act(b"eat")

    (end,) = await InProcessWork(hold, LIMITS).run([b"a"], StateStore())
    assert message(end) == MEMORY


async def test_a_stopped_handles_memory_is_released() -> None:
    """Ten memory eaters in a row leave the process hardly larger than before."""
    await InProcessWork(act, LIMITS).run([b"eat"], StateStore())
    before = psutil.Process().memory_info().vms
    await InProcessWork(act, LIMITS).run([b"eat"] * 10, StateStore())
    gc.collect()
    assert psutil.Process().memory_info().vms - before < 60 * 1024 * 1024


async def test_limits_end_with_the_turn() -> None:
    """The event loop's own work between turns has no limits."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    await InProcessWork(act, LIMITS).run([b"spin", b"eat", b"a"], StateStore())
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    use_cpu(0.8)


async def test_sys_exit_in_a_handle_is_a_dead_letter() -> None:
    """A library that gives up must not end the process."""
    first, left, last = await InProcessWork(act, LIMITS).run([b"a", b"leave", b"b"], StateStore())
    assert (type(first), type(last)) == (Processed, Processed)
    assert isinstance(left, DeadLettered)
    assert left.error == "SystemExit"


def test_another_thread_works_without_limits() -> None:
    """Signals belong to the main thread; elsewhere the work is done without limits."""
    outcomes: list[Sequence[Outcome]] = []

    def run() -> None:
        outcomes.append(asyncio.run(InProcessWork(act, LIMITS).run([b"a"], StateStore())))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert isinstance(outcomes[0][0], Processed)


async def steps(count: int, cpu_s: float) -> str:
    """Use this much CPU time in each step, and wait between steps."""
    for _ in range(count):
        use_cpu(cpu_s)
        await asyncio.sleep(0.001)
    return "done"


async def test_the_steps_of_a_coroutine_share_the_limit() -> None:
    """Many short steps break it together; what they wait for does not count."""
    with pytest.raises(LimitExceeded, match=CPU):
        await LimitedSteps(steps(20, 0.1), LIMITS)
    assert await LimitedSteps(steps(2, 0.1), LIMITS) == "done"
    assert await LimitedSteps(nap(), LIMITS) == "done"


async def nap() -> str:
    """Wait for longer than the limit while others compute."""
    await asyncio.to_thread(use_cpu, 0.8)
    return "done"


async def test_a_limited_coroutine_gets_errors_and_cancellation() -> None:
    """What it awaits may raise, and it may be cancelled, as without limits."""

    async def heal() -> str:
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 0.01)
        except TimeoutError:
            return "healed"
        return "never"

    assert await LimitedSteps(heal(), LIMITS) == "healed"

    async def wait() -> str:
        return await LimitedSteps(never(), LIMITS)

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def never() -> str:
    """Wait for ever."""
    await asyncio.Event().wait()
    return "never"


def test_limits_cost_a_record_next_to_nothing() -> None:
    """A turn's system calls are shared by its records; it fails if every record makes one."""
    limits, count = RecordLimits(), 20_000
    started = time.thread_time()
    with limits.turn():
        for _ in range(count):
            limits.call(len, b"")
    assert (time.thread_time() - started) / count < 20e-6
