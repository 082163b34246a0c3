"""Records through a backtest, in chunks over processes: every chunk by itself, the parts added up in any order."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from services.alerting.backtest.comparison import RuleComparison
from services.alerting.backtest.examine import PartialResult, examine
from services.console.topics.topic_reader import iter_retained, partitions_of
from shared.kafka.cluster import Cluster
from shared.limits.process_pool import exit_with_caller

CHUNK: Final = 500
"""Records that a process is handed at once: some megabytes."""
Records = AsyncIterator[bytes | None]


def run_in_process(
    records: Iterable[bytes],
    policy: RuleComparison,
    advance: Callable[[int], None] = lambda _done: None,
) -> PartialResult:
    """Try the policy on records that are read without waiting; no event loop stands between Ctrl-C and the reading."""
    whole, left = PartialResult(), _counted(records, advance)
    while chunk := list(islice(left, CHUNK)):
        whole.add(examine(chunk, policy))
    return whole


async def run(
    records: Records,
    policy: RuleComparison,
    *,
    jobs: int,
    advance: Callable[[int], None] = lambda _done: None,
) -> PartialResult:
    """Try the policy on the records of a topic with so many processes; one job works in this process."""
    whole = PartialResult()
    chunks = _chunks(records)
    if jobs == 1:
        async for chunk in chunks:
            whole.add(examine(chunk, policy))
            advance(len(chunk))
        return whole
    with _workers(policy, jobs) as pool:
        at_work: set[asyncio.Future[tuple[PartialResult, int]]] = set()
        async for chunk in chunks:
            at_work.add(asyncio.get_running_loop().run_in_executor(pool, _examine, chunk))
            if len(at_work) > 2 * jobs:
                done, at_work = await asyncio.wait(at_work, return_when=asyncio.FIRST_COMPLETED)
                _add(whole, done, advance)
        _add(whole, (await asyncio.wait(at_work))[0] if at_work else set(), advance)
    return whole


async def topic_size(cluster: Cluster, topic: str) -> int:
    """How many offsets the topic holds: its records, and a few markers of transactions."""
    partitions = await partitions_of(cluster, topic)
    reader = cluster.reader()
    await reader.start()
    try:
        ends, starts = (
            await reader.end_offsets(partitions),
            await reader.beginning_offsets(partitions),
        )
    finally:
        await reader.stop()
    return sum(ends[tp] - starts[tp] for tp in partitions)


async def iter_values(cluster: Cluster, topic: str, since_ms: int | None) -> Records:
    """The values of a topic's committed records, read outside any consumer group."""
    async for record in iter_retained(cluster, topic, since_ms=since_ms):
        yield record.value


def default_jobs() -> int:
    """As many as there are processors for us."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def progress_bar(total: int | None, *, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error, on a terminal only; gives what moves it on."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task("articles", total=total)
        yield lambda done: progress.advance(task, done)


def _counted(records: Iterable[bytes], advance: Callable[[int], None]) -> Iterator[bytes]:
    """Reading is what takes long: each article moves the bar."""
    for record in records:
        advance(1)
        yield record


async def _chunks(records: Records) -> AsyncIterator[list[bytes | None]]:
    chunk: list[bytes | None] = []
    async for record in records:
        chunk.append(record)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _add(
    whole: PartialResult,
    done: set[asyncio.Future[tuple[PartialResult, int]]],
    advance: Callable[[int], None],
) -> None:
    for future in done:
        part, count = future.result()
        whole.add(part)
        advance(count)


@contextmanager
def _workers(policy: RuleComparison, jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that know the policy; after Ctrl-C what they have not begun is forgotten."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(policy,))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_POLICY: list[RuleComparison] = []


def _begin(policy: RuleComparison) -> None:
    """In a child: keep the policy, leave Ctrl-C to the parent, and end when it does, however that was."""
    exit_with_caller()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _POLICY[:] = [policy]


def _examine(chunk: list[bytes | None]) -> tuple[PartialResult, int]:
    return examine(chunk, _POLICY[0]), len(chunk)
