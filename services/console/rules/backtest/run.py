"""Run a backtest over records, in chunks and processes.

Chunks do not depend on each other, and their results add up in any order.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import Final

from services.alerting.backtest.comparison import RuleComparison
from services.alerting.backtest.examine import PartialResult, examine
from services.console.topics.topic_reader import iter_retained, partitions_of
from shared.kafka.cluster import Cluster
from shared.kafka.stop_reader import stop_reader
from shared.limits.process_pool import exit_with_caller

CHUNK: Final = 500
"""Records that a process takes at once: some megabytes."""
Records = AsyncIterator[bytes | None]
Advance = Callable[[int], None]
"""Called with the number of records that are done."""


def run_in_process(
    records: Iterable[bytes], policy: RuleComparison, advance: Advance = lambda _count: None
) -> PartialResult:
    """Try the policy on records from files.

    There is no event loop here: it would keep Ctrl-C from interrupting a blocking read.
    """
    total, remaining = PartialResult(), _count_each(records, advance)
    while chunk := list(islice(remaining, CHUNK)):
        total.add(examine(chunk, policy))
    return total


async def run(
    records: Records,
    policy: RuleComparison,
    *,
    jobs: int,
    advance: Advance = lambda _count: None,
) -> PartialResult:
    """Try the policy on records from a topic, in ``jobs`` processes; 1 means in this process."""
    total = PartialResult()
    chunks = _iter_chunks(records)
    if jobs == 1:
        async for chunk in chunks:
            total.add(examine(chunk, policy))
            advance(len(chunk))
        return total
    with _workers(policy, jobs) as pool:
        running: set[asyncio.Future[tuple[PartialResult, int]]] = set()
        async for chunk in chunks:
            running.add(asyncio.get_running_loop().run_in_executor(pool, _examine, chunk))
            if len(running) > 2 * jobs:
                finished, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                _add(total, finished, advance)
        _add(total, (await asyncio.wait(running))[0] if running else set(), advance)
    return total


async def topic_size(cluster: Cluster, topic: str) -> int:
    """Return how many offsets the topic holds: its records and a few transaction markers."""
    partitions = await partitions_of(cluster, topic)
    reader = cluster.reader()
    await reader.start()
    try:
        ends = await reader.end_offsets(partitions)
        starts = await reader.beginning_offsets(partitions)
    finally:
        await stop_reader(reader)
    return sum(ends[tp] - starts[tp] for tp in partitions)


async def iter_values(cluster: Cluster, topic: str, since_ms: int | None) -> Records:
    """Yield the values of a topic's committed records, outside any consumer group."""
    async for record in iter_retained(cluster, topic, since_ms=since_ms):
        yield record.value


def default_jobs() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _count_each(records: Iterable[bytes], advance: Advance) -> Iterator[bytes]:
    """Advance per article, not per chunk: cleaning and tagging them is what takes long."""
    for record in records:
        advance(1)
        yield record


async def _iter_chunks(records: Records) -> AsyncIterator[list[bytes | None]]:
    chunk: list[bytes | None] = []
    async for record in records:
        chunk.append(record)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _add(
    total: PartialResult,
    finished: set[asyncio.Future[tuple[PartialResult, int]]],
    advance: Advance,
) -> None:
    for future in finished:
        result, count = future.result()
        total.add(result)
        advance(count)


@contextmanager
def _workers(policy: RuleComparison, jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Provide processes that hold the policy; on Ctrl-C, chunks that wait are dropped."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    pool = ProcessPoolExecutor(
        jobs, mp_context=context, initializer=_init_worker, initargs=(policy,)
    )
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_POLICY: list[RuleComparison] = []
"""In a worker: the policy to try."""


def _init_worker(policy: RuleComparison) -> None:
    """Store the policy, leave Ctrl-C to the parent, and exit whenever the parent does."""
    exit_with_caller()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _POLICY[:] = [policy]


def _examine(chunk: list[bytes | None]) -> tuple[PartialResult, int]:
    return examine(chunk, _POLICY[0]), len(chunk)
