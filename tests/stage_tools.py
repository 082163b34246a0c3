"""What tests of the stage share: a stage that runs beside the test, records in, and a wait with a deadline."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson

from shared.base.outcomes import Drop
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS, ARTICLES_CLEAN, ARTICLES_RAW, ARTICLES_TAGGED, FEEDS, Topic
from shared.limits.process_pool import ProcessPool
from shared.stream.stage import Stage, StageSpec
from shared.stream.state_store import StateStore
from shared.stream.two_phase import Call, TwoPhaseWork
from shared.stream.watchdog import Progress
from shared.stream.work import Handler, HandlerResult, InProcessWork, Output, Work
from tests.kafka_tools import consume, produce

SOURCE, SINK, STATE = ARTICLES_CLEAN, ARTICLES_TAGGED, FEEDS
__all__ = ["ALERTS", "ARTICLES_RAW", "SINK", "SOURCE", "STATE"]


def copy(value: bytes | None) -> HandlerResult:
    """The simplest work: the same bytes, one topic further, keyed by themselves."""
    return [Output(SINK.name, value or b"", value or b"")]


def two_phase_work(handle: Handler, children: ProcessPool) -> TwoPhaseWork[Sequence[Output]]:
    """The handle in limited children, and nothing to settle."""

    async def settle(
        _value: bytes | None, outputs: Sequence[Output], _state: StateStore, _call: Call
    ) -> HandlerResult:
        return outputs

    return TwoPhaseWork(handle, settle, children)


def build_stage(
    cluster: Cluster,
    work: Work | Callable[[bytes | None], HandlerResult | Drop],
    *,
    source: Topic = SOURCE,
    name: str = "test",
    **options: Any,
) -> Stage:
    """A stage over the test's topics; a plain function works in this process."""
    chosen = InProcessWork(work) if callable(work) else work
    return Stage(
        StageSpec(name=name, source=source, work=chosen, **options),
        cluster,
        Progress(120.0, time.monotonic()),
    )


@asynccontextmanager
async def run_stage(stage: Stage) -> AsyncIterator["asyncio.Task[None]"]:
    """The stage at work; its ``run`` as a task. At the end it is stopped, unless it ended by itself."""
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
    what: str | Callable[[], str],
    *,
    deadline_s: float = 20.0,
) -> None:
    """Wait until the condition holds; fail with ``what``, or its result, at the deadline."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + deadline_s
    while True:
        began = loop.time()
        holds = condition()
        if holds if isinstance(holds, bool) else await holds:
            return
        assert loop.time() < deadline, (
            f"not within {deadline_s:g} s: {what if isinstance(what, str) else what()}"
        )
        # A condition that reads a topic must not take the processor from what it waits for.
        await asyncio.sleep(max(0.02, 2 * (loop.time() - began)))


async def fetch_values(cluster: Cluster, topic: str = SINK.name) -> list[bytes]:
    """The values of all committed records, sorted."""
    return sorted(record.value for record in await consume(cluster, topic))


async def wait_for_values(
    cluster: Cluster, wanted: int, topic: str = SINK.name, *, deadline_s: float = 20.0
) -> list[bytes]:
    """The committed values, once there are at least so many."""
    found: list[bytes] = []

    async def enough() -> bool:
        found[:] = await fetch_values(cluster, topic)
        return len(found) >= wanted

    await eventually(
        enough,
        lambda: f"{wanted} records in {topic}, there are {len(found)}",
        deadline_s=deadline_s,
    )
    return found


async def create_stage_topics(cluster: Cluster, partitions: int = 1) -> None:
    """All topics of the table, with so many partitions."""
    await topic_admin.create(cluster, partitions=partitions)


def numbers(first: int, last: int) -> list[bytes]:
    """Values that sort as they count."""
    return [b"%06d" % number for number in range(first, last)]


async def produce_values(
    cluster: Cluster, values: list[bytes], *, topic: Topic = SOURCE, **options: Any
) -> None:
    """Write values, each its own key."""
    await produce(cluster, topic.name, [(value, value) for value in values], **options)


def read_json(value: bytes | None) -> Any:
    """A value as plain Python."""
    return orjson.loads(value or b"null")
