"""Child processes: whatever a page does to its child is reported, and a new child takes over."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

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
LIMITS: dict[str, Any] = {
    "time_limit_s": 1.0,
    "memory_limit_mb": 400,
    "wait_limit_s": 30.0,
    "preload": "tests.hostile_work",
}


@pytest.fixture
async def reasons() -> list[str]:
    return []


@pytest.fixture
async def pool(reasons: list[str]) -> AsyncIterator[ProcessPool]:
    process_pool = ProcessPool(workers=1, on_killed=reasons.append, **LIMITS)
    await process_pool.start()
    yield process_pool
    await process_pool.stop()


HOSTILE = [
    (b"spin", "took more than 1 s of CPU time and was stopped", "time"),
    (b"spin in C", "took more than 1 s of CPU time and was stopped", "time"),
    (b"eat", "needed more than 400 MB and was stopped", "memory"),
    (b"die", "its child process died (SIGKILL)", "crash"),
    (b"crash", "its child process died (SIGSEGV)", "crash"),
    (b"exit", "its child process died (exit code 3)", "crash"),
]


@pytest.mark.parametrize(
    ("how", "message", "reason"), HOSTILE, ids=[how.decode() for how, _, _ in HOSTILE]
)
async def test_a_broken_limit_is_reported_and_a_new_child_takes_over(
    pool: ProcessPool, reasons: list[str], how: bytes, message: str, reason: str
) -> None:
    """The caller learns which limit it was; the next call finds a fresh child at once."""
    with pytest.raises(InvalidMessage) as error:
        await pool.call(act, how)
    assert str(error.value) == message
    assert reasons == [reason]
    assert await asyncio.wait_for(pool.call(os.getpid), 10) != os.getpid()


async def test_a_child_that_sleeps_is_stopped_by_the_clock() -> None:
    """A sleeping child uses no CPU time, so only the wall clock can stop it.

    The other tests allow far more wall time: a busy machine takes long to grant a second of CPU.
    """
    reasons: list[str] = []
    limits: dict[str, Any] = LIMITS | {"wait_limit_s": 2.0}
    pool = ProcessPool(workers=1, on_killed=reasons.append, **limits)
    await pool.start()
    try:
        with pytest.raises(InvalidMessage) as error:
            await pool.call(act, b"sleep")
        assert str(error.value) == "did not end within 2 s on the clock and was stopped"
        assert reasons == ["wait"]
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
    pool: ProcessPool, how: bytes, error: type[Exception]
) -> None:
    """Even one that cannot be pickled, and sys.exit(): pool and parent live on."""
    before = await pool.call(os.getpid)
    with pytest.raises(error) as raised:
        await pool.call(act, how)
    assert "hostile_work.py" in raised.value.__notes__[0]
    assert await pool.call(os.getpid) == before


async def test_waiting_and_a_busy_machine_do_not_count_against_the_limit(
    pool: ProcessPool, reasons: list[str]
) -> None:
    """A call may last longer than its CPU time, because it waits or others have the processor."""
    await pool.call(act, b"nap")
    await pool.call(act, b"a")
    assert reasons == []


async def test_each_call_has_its_own_time(pool: ProcessPool, reasons: list[str]) -> None:
    """A child's earlier calls do not count against later ones."""
    child = await pool.call(os.getpid)
    for _ in range(4):
        await pool.call(act, b"work")
    assert await pool.call(os.getpid) == child
    assert reasons == []


async def test_a_functions_own_timeout_is_not_ours(pool: ProcessPool, reasons: list[str]) -> None:
    """A library's TimeoutError is raised as it is, and no child is stopped for it."""
    with pytest.raises(TimeoutError, match="of a library"):
        await pool.call(act, b"timeout")
    assert reasons == []


async def test_every_record_has_its_outcome_whatever_its_neighbours_do(
    pool: ProcessPool,
) -> None:
    """In the order of the records, with one child for all."""
    values = [b"a", b"die", b"drop", b"recurse", b"eat", b"b", b"odd", b"c"]
    outcomes = await two_phase_work(act, pool).run(values, StateStore())
    message = [
        end.error if isinstance(end, DeadLettered) else type(end).__name__
        for end in outcomes[: len(values)]
    ]
    assert message[:4] == ["Processed", "LimitExceeded", "Drop", "RecursionError"]
    assert isinstance(outcomes[0], Processed)
    assert outcomes[2] == Drop(Why.DULL)
    assert isinstance(outcomes[3], DeadLettered)
    assert "hostile_work.py" in outcomes[3].stacktrace


async def test_a_child_that_cannot_start_is_reported_at_the_start() -> None:
    """It is not a dead letter for every record."""
    other_pool = ProcessPool(
        workers=1, time_limit_s=1.0, memory_limit_mb=400, preload="tests.no_such_module"
    )
    with pytest.raises(PoolBroken, match=r"does `python -c 'import tests\.no_such_module'` work"):
        await asyncio.wait_for(other_pool.start(), 20)
    await other_pool.stop()


async def test_a_stopped_pool_is_no_records_fault() -> None:
    """PoolBroken ends the process; InvalidMessage would empty the topic into its dead letters."""
    other_pool = ProcessPool(workers=1, **LIMITS)
    await other_pool.start()
    await other_pool.stop()
    with pytest.raises(PoolBroken):
        await other_pool.call(act, b"a")


def test_children_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """kill -9 leaves the parent no time to clean up; its children must not spin for ever."""
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
    """A library may remark on a page a thousand times: no log limit would stop those lines."""
    program = tmp_path / "program.py"
    program.write_text(
        "import asyncio, logging\n"
        "from shared.limits.process_pool import ProcessPool\n"
        "async def main():\n"
        "    limits = {'time_limit_s': 20, 'memory_limit_mb': 400}\n"
        "    pool = ProcessPool(workers=1, preload='tests.hostile_work', **limits)\n"
        "    await pool.start()\n"
        "    await pool.call(logging.getLogger('somebody').error, 'discarding data')\n"
        "    await pool.stop()\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, str(program)], env=environment, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


async def test_hostile_pages_through_a_stage(cluster: Cluster, pool: ProcessPool) -> None:
    """Each is a dead letter with its cause, every neighbour arrives, and a retry is a retry."""
    await create_stage_topics(cluster)
    good = [b"good %d" % number for number in range(12)]
    hostile = [how for how, _, _ in HOSTILE] + [b"recurse", b"odd", b"invalid"]
    await produce_values(
        cluster,
        [value for pair in zip(good, hostile, strict=False) for value in pair]
        + good[len(hostile) :],
    )
    started = time.monotonic()
    async with run_stage(build_stage(cluster, two_phase_work(act, pool))):
        assert await wait_for_values(cluster, len(good), deadline_s=90) == sorted(good)
        letters = await consume(cluster, SOURCE.dead_letters)
    assert time.monotonic() - started < 100  # on a machine that does much else; 10 s alone
    message = {letter.value: dict(letter.headers)["err.message"].decode() for letter in letters}
    assert message == {how: message for how, message, _ in HOSTILE} | {
        b"recurse": "maximum recursion depth exceeded in comparison",
        b"odd": "Odd: cannot be pickled",
        b"invalid": "invalid",
    }
    assert await fetch_values(cluster) == sorted(good)
