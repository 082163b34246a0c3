"""A worker for the poison tests: one stage in the real service shell.

Usage: poison_program.py KIND. A record is JSON with an ``id``, and in ``do`` an action of
tests/hostile_work.py, or nothing. ``process`` and ``state`` perform it in the service's own
process; ``prepared`` performs it while finalising, or in a child if ``do`` starts with ``prepare``.
"""

import sys
import time

import orjson

from shared.base import log, settings
from shared.base.outcomes import Drop
from shared.base.settings import ServiceSettings
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_TAGGED, FEEDS
from shared.limits.process_pool import ProcessPool
from shared.limits.record_limits import RecordLimits
from shared.service import worker
from shared.stream.output import Output
from shared.stream.stage import Stage, StageSpec
from shared.stream.state_store import StateStore
from shared.stream.two_phase import Call, TwoPhaseWork
from shared.stream.watchdog import Progress
from shared.stream.work import HandlerResult, InProcessWork, StatefulWork, Work
from tests.hostile_work import act

KEYS = 5
PREPARE = "prepare "


def copy(value: bytes | None) -> HandlerResult:
    """Perform the action of the record, then pass the record on."""
    message = orjson.loads(value or b"")
    act(message["do"].encode())
    return [Output(ARTICLES_TAGGED.name, b"%d" % message["id"], value or b"")]


def count(value: bytes | None, state: StateStore) -> HandlerResult:
    """Do the same as ``copy``, and count the records of each key."""
    key = b"k%d" % (orjson.loads(value or b"")["id"] % KEYS)
    state.set(key, b"%d" % (int(state.get(key) or 0) + 1))
    return copy(value)


def prepare(value: bytes | None) -> bytes | Drop:
    """Perform the action in a child, if the record says so."""
    message = orjson.loads(value or b"")
    if message["do"].startswith(PREPARE):
        act(message["do"].removeprefix(PREPARE).encode())
    return value or b""


async def settle(
    value: bytes | None, _prepared: bytes, state: StateStore, call: Call
) -> HandlerResult:
    """Do the same as ``count``, after a second call to a child."""
    await call(prepare, orjson.dumps({"do": ""}))
    return count(value, state)


def main(kind: str) -> None:
    """Run the stage in a service's shell until SIGTERM."""
    chosen = settings.load(ServiceSettings)
    log.configure("faults", level=chosen.log_level)
    limits = RecordLimits.from_settings(chosen)
    children = ProcessPool(
        workers=1,
        time_limit_s=limits.cpu_s,
        memory_limit_mb=limits.memory_mb,
        wait_limit_s=4.0,
        preload="tests.hostile_work",
    )
    kinds: dict[str, Work] = {
        "process": InProcessWork(copy, limits),
        "state": StatefulWork(count, limits),
        "prepared": TwoPhaseWork(prepare, settle, children, limits),
    }
    progress = Progress(chosen.watchdog_s, time.monotonic())
    spec = StageSpec(
        name="faults",
        source=ARTICLES_CLEAN,
        work=kinds[kind],
        max_records=chosen.batch_max_records,
        state=None if kind == "process" else FEEDS,
    )
    stage = Stage(spec, Cluster(chosen), progress)
    runs: list[worker.Component] = [children, stage] if kind == "prepared" else [stage]
    worker.run(
        worker.Service(name="faults", components=runs, progress=progress, checks=stage.checks),
        chosen,
    )


if __name__ == "__main__":
    main(sys.argv[1])
