"""Child processes: whatever a page does to its child, it is told, its neighbours arrive, and a new child takes over."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from shared.base.outcomes import Drop, InvalidMessage, Retryable
from shared.kafka.cluster import Cluster
from shared.limits.process_pool import ChildError, PoolBroken, ProcessPool
from shared.stream.state_store import StateStore
from shared.stream.work import DeadLettered, Processed
from tests.hostile_work import Why, act
from tests.kafka_tools import consume
from tests.stage_tools import (
    SOURCE,
    build_stage,
    create_stage_topics,
    fetch_values,
    produce_values,
    run_stage,
    two_phase_work,
    wait_for_values,
)

ROOT = Path(__file__).parents[2]
LIMITS = {
    "time_limit_s": 1.0,
    "memory_limit_mb": 400,
    "wait_limit_s": 30.0,
    "preload": "tests.hostile_work",
}


@pytest.fixture
async def killed() -> list[str]:
    return []


@pytest.fixture
async def children(killed: list[str]) -> AsyncIterator[ProcessPool]:
    ours = ProcessPool(workers=1, on_killed=killed.append, **LIMITS)  # type: ignore[arg-type]
    await ours.start()
    yield ours
    await ours.stop()


HOSTILE = [
    (b"spin", "took more than 1 s of CPU time and was stopped", "time"),
    (b"spin in C", "took more than 1 s of CPU time and was stopped", "time"),
    (b"eat", "needed more than 400 MB and was stopped", "memory"),
    (b"die", "its child process died (SIGKILL)", "crash"),
    (b"crash", "its child process died (SIGSEGV)", "crash"),
    (b"exit", "its child process died (exit code 3)", "crash"),
]


@pytest.mark.parametrize(
    ("how", "told", "counted"), HOSTILE, ids=[how.decode() for how, _, _ in HOSTILE]
)
async def test_a_broken_limit_is_told_and_a_new_child_takes_over(
    children: ProcessPool, killed: list[str], how: bytes, told: str, counted: str
) -> None:
    """The caller hears which limit it was; the next call finds a fresh child at once."""
    with pytest.raises(InvalidMessage) as error:
        await children.call(act, how)
    assert str(error.value) == told
    assert killed == [counted]
    assert await asyncio.wait_for(children.call(os.getpid), 10) != os.getpid()


async def test_a_child_that_sleeps_is_stopped_by_the_clock(killed: list[str]) -> None:
    """A sleeping child uses no CPU time, so only the wall clock can stop it.

    The other tests allow far more wall time: a busy machine takes long to grant a second of CPU.
    """
    limits = LIMITS | {"wait_limit_s": 2.0}
    pool = ProcessPool(workers=1, on_killed=killed.append, **limits)  # type: ignore[arg-type]
    await pool.start()
    try:
        with pytest.raises(InvalidMessage) as error:
            await pool.call(act, b"sleep")
        assert str(error.value) == "did not end within 2 s on the clock and was stopped"
        assert killed == ["wait"]
        assert await asyncio.wait_for(pool.call(os.getpid), 10) != os.getpid()
    finally:
        await pool.stop()


RAISED = [
    (b"invalid", InvalidMessage),
    (b"retry", Retryable),
    (b"recurse", RecursionError),
    (b"odd", ChildError),
    (b"leave", ChildError),
]


@pytest.mark.parametrize(("how", "error"), RAISED, ids=[how.decode() for how, _ in RAISED])
async def test_an_error_comes_back_with_its_trace_and_the_child_lives_on(
    children: ProcessPool, how: bytes, error: type[Exception]
) -> None:
    """Also one that cannot be pickled, and sys.exit(): neither may take the pool or the parent with it."""
    before = await children.call(os.getpid)
    with pytest.raises(error) as raised:
        await children.call(act, how)
    assert "hostile_work.py" in raised.value.__notes__[0]
    assert await children.call(os.getpid) == before


async def test_waiting_and_a_busy_machine_take_nothing_from_the_limit(
    children: ProcessPool, killed: list[str]
) -> None:
    """A call that lasts longer than its CPU time, because it waits or because others have the processor, comes to its end."""
    await children.call(act, b"nap")
    await children.call(act, b"a")
    assert killed == []


async def test_each_call_has_its_own_time(children: ProcessPool, killed: list[str]) -> None:
    """What a child has used for earlier calls is not held against later ones."""
    child = await children.call(os.getpid)
    for _ in range(4):
        await children.call(act, b"work")
    assert await children.call(os.getpid) == child
    assert killed == []


async def test_a_functions_own_timeout_is_not_ours(
    children: ProcessPool, killed: list[str]
) -> None:
    """A TimeoutError of a library is the library's, and no child was stopped for it."""
    with pytest.raises(TimeoutError, match="of a library"):
        await children.call(act, b"timeout")
    assert killed == []


async def test_every_record_has_its_ending_whatever_its_neighbours_do(
    children: ProcessPool,
) -> None:
    """In the order of the records, with one child for all."""
    values = [b"a", b"die", b"drop", b"recurse", b"eat", b"b", b"odd", b"c"]
    endings = await two_phase_work(act, children).run(values, StateStore())
    told = [
        end.error if isinstance(end, DeadLettered) else type(end).__name__
        for end in endings[: len(values)]
    ]
    assert told[:4] == ["Processed", "LimitExceeded", "Drop", "RecursionError"]
    assert isinstance(endings[0], Processed)
    assert endings[2] == Drop(Why.DULL)
    assert isinstance(endings[3], DeadLettered)
    assert "hostile_work.py" in endings[3].stacktrace


async def test_a_child_that_cannot_start_is_told_at_the_start() -> None:
    """Not as a dead letter for every record."""
    ours = ProcessPool(
        workers=1, time_limit_s=1.0, memory_limit_mb=400, preload="tests.no_such_module"
    )
    with pytest.raises(PoolBroken, match=r"does `python -c 'import tests\.no_such_module'` work"):
        await asyncio.wait_for(ours.start(), 20)
    await ours.stop()


async def test_a_stopped_pool_is_nobodys_fault() -> None:
    """PoolBroken ends the process; an InvalidMessage here would empty the topic into its dead letters."""
    ours = ProcessPool(workers=1, **LIMITS)  # type: ignore[arg-type]
    await ours.start()
    await ours.stop()
    with pytest.raises(PoolBroken):
        await ours.call(act, b"a")


def test_children_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """kill -9 leaves the parent no time to tidy up; the children must not spin on for ever."""
    program = [sys.executable, str(ROOT / "tests" / "hostile_work.py")]
    with subprocess.Popen(
        program, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        gone, _ = psutil.wait_procs([child], timeout=10)
    assert gone or child.status() == psutil.STATUS_ZOMBIE


def test_what_libraries_log_in_a_child_is_not_written(tmp_path: Path) -> None:
    """A page that a library remarks on a thousand times: those lines would pass no limit, and the step's reason says what matters."""
    program = tmp_path / "program.py"
    program.write_text(
        "import asyncio, logging\n"
        "from shared.limits.process_pool import Children\n"
        "async def main():\n"
        "    children = Children(workers=1, time_limit_s=20, memory_limit_mb=400, preload='tests.hostile_work')\n"
        "    await children.start()\n"
        "    await children.call(logging.getLogger('somebody').error, 'discarding data')\n"
        "    await children.stop()\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(program)], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


async def test_hostile_pages_through_a_stage(cluster: Cluster, children: ProcessPool) -> None:
    """Each a dead letter that says what happened; every neighbour arrives; a wait is still a wait."""
    await create_stage_topics(cluster)
    good = [b"good %d" % number for number in range(12)]
    hostile = [how for how, _, _ in HOSTILE] + [b"recurse", b"odd", b"invalid"]
    await produce_values(
        cluster,
        [value for pair in zip(good, hostile, strict=False) for value in pair]
        + good[len(hostile) :],
    )
    started = time.monotonic()
    async with run_stage(build_stage(cluster, two_phase_work(act, children))):
        assert await wait_for_values(cluster, len(good), deadline_s=40) == sorted(good)
        letters = await consume(cluster, SOURCE.dead_letters)
    assert time.monotonic() - started < 30
    told = {letter.value: dict(letter.headers)["err.message"].decode() for letter in letters}
    assert told == {how: message for how, message, _ in HOSTILE} | {
        b"recurse": "maximum recursion depth exceeded in comparison",
        b"odd": "Odd: cannot be pickled",
        b"invalid": "invalid",
    }
    assert await fetch_values(cluster) == sorted(good)
