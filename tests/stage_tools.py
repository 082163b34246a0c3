"""Shared helpers for stage tests: a stage beside the test, input records, waits with a deadline."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from shared.base.outcomes import Drop
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS, ARTICLES_CLEAN, ARTICLES_RAW, ARTICLES_TAGGED, FEEDS, Topic
from shared.limits.process_pool import ProcessPool
from shared.stream.output import Output
from shared.stream.stage import Stage, StageSpec
from shared.stream.state_store import StateStore
from shared.stream.two_phase import Call, TwoPhaseWork
from shared.stream.watchdog import Progress
from shared.stream.work import Handler, HandlerResult, InProcessWork, Work
from tests.kafka_tools import consume, produce

SOURCE, SINK, STATE = ARTICLES_CLEAN, ARTICLES_TAGGED, FEEDS
__all__ = ["ALERTS", "ARTICLES_RAW", "SINK", "SOURCE", "STATE"]


def copy(value: bytes | None) -> HandlerResult:
    """Do the simplest work: write the same bytes to the next topic, keyed by themselves."""
    return [Output(SINK.name, value or b"", value or b"")]


def two_phase_work(handler: Handler, pool: ProcessPool) -> TwoPhaseWork[Sequence[Output]]:
    """Return work that runs the handler in limited children and has nothing to finalise."""

    async def finalise(
        _value: bytes | None, outputs: Sequence[Output], _state: StateStore, _call: Call
    ) -> HandlerResult:
        return outputs

    return TwoPhaseWork(handler, finalise, pool)


def build_stage(
    cluster: Cluster,
    work: Work | Callable[[bytes | None], HandlerResult | Drop],
    *,
    source: Topic = SOURCE,
    name: str = "test",
    **options: Any,
) -> Stage:
    """Return a stage over the test's topics; a plain function becomes InProcessWork."""
    chosen = InProcessWork(work) if callable(work) else work
    return Stage(
        StageSpec(name=name, source=source, work=chosen, **options),
        cluster,
        Progress(120.0, time.monotonic()),
    )


@asynccontextmanager
async def run_stage(stage: Stage) -> AsyncIterator["asyncio.Task[None]"]:
    """Run a stage in a task, which is yielded; stop it at the end unless it ended by itself."""
    await stage.start()
    task = asyncio.create_task(stage.run())
    try:
        yield task
    finally:
        async with asyncio.timeout(15):
            await stage.stop()
            await asyncio.wait([task])


async def eventually(
    condition: Callable[[], Awaitable[bool] | bool],
    description: str | Callable[[], str],
    *,
    deadline_s: float = 60.0,
) -> None:
    """Wait until the condition holds; fail at the deadline with the description.

    A callable description is called at the deadline, so that it can say how far things are.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + deadline_s
    while True:
        began = loop.time()
        holds = condition()
        if holds if isinstance(holds, bool) else await holds:
            return
        if loop.time() >= deadline:
            text = description if isinstance(description, str) else description()
            raise AssertionError(f"not within {deadline_s:g} s: {text}")
        # A condition that reads a topic must not take the processor from what it waits for.
        await asyncio.sleep(max(0.02, 2 * (loop.time() - began)))


async def fetch_values(cluster: Cluster, topic: str = SINK.name) -> list[bytes]:
    """Return the values of all committed records, sorted."""
    return sorted(record.value for record in await consume(cluster, topic))


async def wait_for_values(
    cluster: Cluster, count: int, topic: str = SINK.name, *, deadline_s: float = 60.0
) -> list[bytes]:
    """Return the committed values once there are at least ``count``."""
    values: list[bytes] = []

    async def enough() -> bool:
        values[:] = await fetch_values(cluster, topic)
        return len(values) >= count

    await eventually(
        enough,
        lambda: f"{count} records in {topic}, there are {len(values)}",
        deadline_s=deadline_s,
    )
    return values


async def create_stage_topics(cluster: Cluster, partitions: int = 1) -> None:
    """Create all topics of the table, each with ``partitions``."""
    await topic_admin.create(cluster, partitions=partitions)


def numbers(first: int, last: int) -> list[bytes]:
    """Return values whose order is that of their numbers."""
    return [b"%06d" % number for number in range(first, last)]


async def produce_values(
    cluster: Cluster, values: list[bytes], *, topic: Topic = SOURCE, **options: Any
) -> None:
    """Write values, each keyed by itself."""
    await produce(cluster, topic.name, [(value, value) for value in values], **options)
