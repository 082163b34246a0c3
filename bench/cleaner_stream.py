"""Pages a second through the cleaner over a real Kafka, beside the bare extractor.

The bare extractor is ``clean()`` in as many plain forked processes, each with its share of the
pages in memory: no encoded messages, no limits, no Kafka. In between are the cleaner's child
processes without Kafka, which shows where the time goes. Each contender runs in a process of its
own that has warmed up; rounds are interleaved, so trust the ratios more than the figures. On a busy
machine, the processor time of all of a contender's processes (not the broker's) says what pages a
second cannot.

    python -m bench.cleaner_stream [PATH] [--bootstrap HOST:PORT] [--pages N] [--workers N]
                                   [--rounds N]

PATH holds what training/cleaner/examples.py names; without it the seeds are cleaned over and over.
"""

import argparse
import asyncio
import logging
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle, islice
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Final, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

import structlog
import uvloop

from bench.kafka.brokers import broker, temporary_cluster
from services.cleaner import warmup  # noqa: F401 - loads and compiles what cleaning needs, before anything is timed
from services.cleaner.app import NAME, build
from services.cleaner.pipeline import clean
from services.cleaner.settings import CleanerSettings
from services.fetcher.record import raw_record
from services.fetcher.seeds.seed_articles import iter_articles
from shared.base import metrics
from shared.base.outcomes import Drop
from shared.base.project import project_root
from shared.base.settings import KafkaSettings
from shared.kafka.cluster import Cluster
from shared.kafka.topic_admin import create
from shared.kafka.transaction import send_all
from shared.limits.process_pool import ProcessPool
from shared.messages import codec
from shared.messages.schemas import RawArticle
from shared.service.worker import tune_memory
from shared.stream.watchdog import Progress
from tests.builders import build_raw_article
from training.cleaner.examples import examples

FETCHED: Final = datetime(2026, 11, 1, tzinfo=UTC)
LOOK_S: Final = 0.005
TIME_LIMIT_S: Final = 60.0
"""A busy machine must not make a page seem hostile."""


def pages(path: Path | None, count: int) -> list[RawArticle]:
    """Return so many raw articles, each with an address of its own; every site is a source."""
    all_articles = (
        _evaluation(path)
        if path
        else [
            article
            for article in iter_articles([project_root() / "seeds" / "articles"])
            if isinstance(article, RawArticle)
        ]
    )
    return [
        replace(article, uri=f"{article.uri}#{number}")
        for number, article in enumerate(islice(cycle(all_articles), count))
    ]


def _evaluation(path: Path) -> list[RawArticle]:
    return [
        build_raw_article(
            article.content,
            source=article.domain,
            uri=article.name,
            url=article.url or None,
            content_type="text/html",
            fetched_at=FETCHED,
            origin="push",
        )
        for article in examples(path)
    ]


class Cost(NamedTuple):
    """Seconds by the clock, and of processor time."""

    wall: float
    processor: float

    @classmethod
    def now(cls) -> "Cost":
        """Return the time now and the processor time of this process tree (Linux)."""
        return cls(time.perf_counter(), _processor_s())

    def since(self, begun: "Cost") -> "Cost":
        """Return the cost since ``begun``."""
        return Cost(self.wall - begun.wall, self.processor - begun.processor)


def _processor_s() -> float:
    """Return the time of this process, its descendants, and those that it has waited for."""
    parents, ticks = dict[int, int](), dict[int, int]()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            fields = path.read_text().rpartition(")")[2].split()
            parents[int(path.parent.name)], ticks[int(path.parent.name)] = (
                int(fields[1]),
                sum(map(int, fields[11:15])),
            )
    processes, before = {os.getpid()}, 0
    while len(processes) > before:
        before = len(processes)
        processes |= {process for process, parent in parents.items() if parent in processes}
    return sum(ticks[process] for process in processes if process in ticks) / os.sysconf(
        "SC_CLK_TCK"
    )


def run_bare(_cluster: Cluster, articles: Sequence[RawArticle], workers: int) -> Cost:
    """Measure ``clean()`` in so many processes."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(workers + 1)
    started = [
        context.Process(target=_share, args=(barrier, articles[number::workers]))
        for number in range(workers)
    ]
    for process in started:
        process.start()
    barrier.wait()
    begun = Cost.now()
    for process in started:
        process.join()
    return Cost.now().since(begun)


def _share(barrier: Barrier, articles: Sequence[RawArticle]) -> None:
    barrier.wait()
    for article in articles:
        clean(article)


def run_limited(_cluster: Cluster, articles: Sequence[RawArticle], workers: int) -> Cost:
    """Measure from encoded message to encoded message in limited child processes."""
    return uvloop.run(_run_limited([codec.encode(article) for article in articles], workers))


async def _run_limited(values: Sequence[bytes], workers: int) -> Cost:
    settings = CleanerSettings(workers=workers, item_time_limit_s=TIME_LIMIT_S)
    children = ProcessPool(
        workers=workers,
        time_limit_s=settings.item_time_limit_s,
        memory_limit_mb=settings.item_memory_limit_mb,
        preload="services.cleaner.warmup",
    )
    await children.start()
    try:
        await asyncio.gather(*(children.call(_clean_record, value) for value in values[:workers]))
        begun = Cost.now()
        await asyncio.gather(*(children.call(_clean_record, value) for value in values))
        return Cost.now().since(begun)
    finally:
        await children.stop()


def _clean_record(value: bytes) -> bytes | None:
    outcome = clean(codec.decode(value, RawArticle))
    return None if isinstance(outcome, Drop) else codec.encode(outcome)


def run_streamed(cluster: Cluster, articles: Sequence[RawArticle], workers: int) -> Cost:
    """Measure the cleaner's process from topic to topic."""
    return uvloop.run(_run_streamed(cluster, len(articles), workers))


async def _run_streamed(cluster: Cluster, records: int, workers: int) -> Cost:
    service = build(
        cluster,
        Progress(120, time.monotonic()),
        CleanerSettings(workers=workers, item_time_limit_s=TIME_LIMIT_S),
    )
    for part in service.components:
        await part.start()
    running = [asyncio.create_task(part.run()) for part in service.components]
    while any(check() for check in service.checks.values()):  # noqa: ASYNC110 - nobody sets an event when it is, nor when a batch is committed
        await asyncio.sleep(LOOK_S)
    begun = Cost.now()
    while count_committed() < records:  # noqa: ASYNC110 - as above
        await asyncio.sleep(LOOK_S)
    cost = Cost.now().since(begun)
    for part in reversed(service.components):
        await part.stop()
    await asyncio.gather(*running)
    return cost


def count_committed() -> float:
    """Return how many records the cleaner has committed."""
    return float(metrics.BATCH_RECORDS.labels(NAME)._sum.get())  # noqa: SLF001 - the public way collects every metric of the process


CONTENDERS: Final[dict[str, tuple[str, Callable[[Cluster, Sequence[RawArticle], int], Cost]]]] = {
    "bare": ("the bare extractor", run_bare),
    "limited": ("in limited child processes, bytes to bytes", run_limited),
    "streamed": ("the cleaner, topic to topic, exactly once", run_streamed),
}


def in_a_process(contender: str, cluster: Cluster, chosen: argparse.Namespace) -> Cost:
    """Run one contender in a process of its own."""
    path = [str(chosen.path)] if chosen.path else []
    counts = ["--pages", str(chosen.pages), "--workers", str(chosen.workers)]
    command = [
        sys.executable,
        "-m",
        "bench.cleaner_stream",
        *path,
        "--one",
        contender,
        "--bootstrap",
        cluster.settings.kafka_bootstrap,
        *counts,
    ]
    environment = os.environ | {"KAFKA_TOPIC_PREFIX": cluster.settings.kafka_topic_prefix}
    return Cost(
        *map(
            float,
            subprocess.run(
                command, env=environment, stdout=subprocess.PIPE, check=True
            ).stdout.split()[-2:],
        )
    )


async def one_round(
    bootstrap: str, names: Sequence[str], articles: Sequence[RawArticle], chosen: argparse.Namespace
) -> list[Cost]:
    """Run each contender in turn, over the same pages."""
    async with temporary_cluster(bootstrap) as cluster:
        await create(cluster)
        producer = cluster.producer()
        await producer.start()
        await send_all(
            producer,
            (
                raw_record(cluster, article, now_ms=time.time_ns() // 1_000_000)
                for article in articles
            ),
        )
        await producer.stop()
        return [await asyncio.to_thread(in_a_process, name, cluster, chosen) for name in names]


def rounds(
    bootstrap: str, articles: Sequence[RawArticle], chosen: argparse.Namespace
) -> dict[str, list[Cost]]:
    """Run all contenders in turn for so many rounds; the first one of each round changes."""
    costs: dict[str, list[Cost]] = {name: [] for name in CONTENDERS}
    for number in range(chosen.rounds):
        names = [
            *islice(
                cycle(CONTENDERS),
                number % len(CONTENDERS),
                number % len(CONTENDERS) + len(CONTENDERS),
            )
        ]
        for name, cost in zip(
            names, asyncio.run(one_round(bootstrap, names, articles, chosen)), strict=True
        ):
            costs[name].append(cost)
    return costs


def table(
    costs: dict[str, list[Cost]], articles: Sequence[RawArticle], workers: int
) -> Iterator[str]:
    """Yield the lines of the table: medians, and shares of the bare extractor in the same round."""
    megabytes = sum(len(article.content) for article in articles) / 1e6
    title = f"{len(articles)} pages, {megabytes:.0f} MB, {workers} processes"
    yield f"{title:46} {'pages/s':>8} {'MB/s':>6} {'ratio':>6} {'CPU ms/page':>12} {'ratio':>6}"
    for name, (label, _) in CONTENDERS.items():
        wall = statistics.median(cost.wall for cost in costs[name])
        processor = statistics.median(cost.processor for cost in costs[name])
        pairs = list(zip(costs[name], costs["bare"], strict=True))
        by_wall, by_processor = (
            statistics.median(cost[field] / reference[field] for cost, reference in pairs)
            for field in (0, 1)
        )
        speed = f"{len(articles) / wall:>8,.1f} {megabytes / wall:>6.1f} {by_wall:>6.2f}"
        yield f"{label:46} {speed} {processor * 1000 / len(articles):>12.1f} {by_processor:>6.2f}"


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--bootstrap")
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", choices=CONTENDERS, help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> None:
    """Print the table."""
    for noisy in ("aiokafka", "trafilatura"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    chosen = arguments(argv)
    articles = pages(chosen.path, chosen.pages)
    if chosen.one:
        tune_memory()  # as every service does, for all contenders alike
        print(
            *CONTENDERS[chosen.one][1](
                Cluster(KafkaSettings(kafka_bootstrap=chosen.bootstrap)), articles, chosen.workers
            )
        )
        return
    with broker(chosen.bootstrap) as bootstrap:
        print(*table(rounds(bootstrap, articles, chosen), articles, chosen.workers), sep="\n")


if __name__ == "__main__":
    main()
