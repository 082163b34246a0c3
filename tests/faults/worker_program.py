"""A worker for tests: one bare stage in the real service shell. Usage: worker_program.py KIND.

``copy`` passes each record on. ``count`` keeps a counter per key in a compacted topic, and writes
every count. ``block`` blocks the event loop at the first record, ``stuck`` makes no progress with
it, and ``endless`` never finishes a batch.
"""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from shared.base import log, metrics, settings
from shared.base.settings import ServiceSettings
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_TAGGED, FEEDS
from shared.service import worker
from shared.stream.output import Output
from shared.stream.stage import Stage, StageSpec
from shared.stream.state_store import StateStore
from shared.stream.watchdog import Progress
from shared.stream.work import (
    CarefulWork,
    HandlerResult,
    InProcessWork,
    NotStarted,
    Outcome,
    StatefulWork,
    Work,
)

KEYS = 500
SECONDS_PER_RECORD = 0.02
MAX_RECORDS = 50
"""Keeps a worker busy nearly all the time, so that most faults hit in the middle of a batch.

A batch takes a second at most.
"""


POLL_INTERVAL = "FAULTS_POLL_INTERVAL_S"
"""Names the setting, of this program alone, that shortens aiokafka's ``max_poll_interval_ms``."""


class ImpatientCluster(Cluster):
    """A cluster whose members may only rejoin if they have polled within POLL_INTERVAL seconds."""

    def group_consumer(self, group: str, **options: Any) -> Any:
        """Return the consumer, with the interval that its ``start`` passes to the coordinator."""
        consumer = super().group_consumer(group, **options)
        if seconds := os.environ.get(POLL_INTERVAL):
            consumer._max_poll_interval_ms = int(float(seconds) * 1000)
        return consumer


@dataclass(frozen=True, slots=True)
class Slow:
    """Work that takes its time over each batch, so that faults hit in the middle of it."""

    work: CarefulWork

    async def run(self, values: Sequence[bytes | None], state: StateStore) -> list[Outcome]:
        endings = await self.work.run(values, state)
        await asyncio.sleep(SECONDS_PER_RECORD * len(values))
        return endings

    async def run_carefully(
        self, values: Sequence[bytes | None], state: StateStore
    ) -> list[Outcome]:
        endings = await self.work.run_carefully(values, state)
        await asyncio.sleep(SECONDS_PER_RECORD * len(values))
        return endings


def copy(value: bytes | None) -> HandlerResult:
    """Write the record to the next topic."""
    return [Output(ARTICLES_TAGGED.name, b"%d" % orjson.loads(value or b"")["id"], value or b"")]


def count(value: bytes | None, state: StateStore) -> HandlerResult:
    """Write the record's key, and how many records of it there were."""
    key = b"k%d" % (orjson.loads(value or b"")["id"] % KEYS)
    number = int(state.get(key) or 0) + 1
    state.set(key, b"%d" % number)
    return [Output(ARTICLES_TAGGED.name, key, b"%s %d" % (key, number))]


def block(_value: bytes | None) -> HandlerResult:
    """Block the event loop."""
    time.sleep(600)
    return []


class Stuck:
    """Work that never begins a record, while the event loop goes on."""

    async def run(self, values: Sequence[bytes | None], _state: StateStore) -> list[Outcome]:
        await asyncio.sleep(0.05)
        return [NotStarted()] * len(values)


class Endless:
    """Work that hangs in its first batch."""

    async def run(self, values: Sequence[bytes | None], _state: StateStore) -> list[Outcome]:
        metrics.BATCH_RECORDS.labels("begun").observe(len(values))
        await asyncio.Event().wait()
        return []


KINDS: dict[str, Work] = {
    "copy": Slow(InProcessWork(copy)),
    "count": Slow(StatefulWork(count)),
    "block": InProcessWork(block),
    "stuck": Stuck(),
    "endless": Endless(),
}


def main(kind: str) -> None:
    """Run the stage in a service's shell until SIGTERM."""
    chosen = settings.load(ServiceSettings)
    log.configure("faults", level=chosen.log_level)
    progress = Progress(chosen.watchdog_s, time.monotonic())
    spec = StageSpec(
        name="faults",
        source=ARTICLES_CLEAN,
        work=KINDS[kind],
        max_records=MAX_RECORDS,
        state=FEEDS if kind == "count" else None,
    )
    stage = Stage(spec, ImpatientCluster(chosen), progress)
    worker.run(
        worker.Service(name="faults", components=[stage], progress=progress, checks=stage.checks),
        chosen,
    )


if __name__ == "__main__":
    main(sys.argv[1])
