"""Pages a second through the cleaner's process over a real Kafka, beside the bare extractor on the same pages in as many processes.

The bare extractor is ``clean()`` in plain forked processes, each with its share of the pages in memory: no bytes of messages, no limits, no
Kafka. In between stand the cleaner's child processes without Kafka, so that one sees where the time goes. Each contender runs in a process of its
own that has warmed up; rounds are interleaved, so trust the ratios more than the figures. The processor time of all of a contender's processes
(not the broker's) tells on a busy machine what pages a second cannot: what share of it goes into pages.

    python -m bench.cleaner_stream [PATH] [--bootstrap HOST:PORT] [--pages N] [--workers N] [--rounds N]

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

from bench.kafka.brokers import apart, broker
from services.cleaner import warmup  # noqa: F401 - loads and compiles what cleaning needs, before anything is timed
from services.cleaner.app import NAME, build
from services.cleaner.pipeline import clean
from services.cleaner.settings import CleanerSettings
from services.fetcher.record import raw_record
from services.fetcher.seeds import iter_articles
from shared.base import metrics
from shared.base.outcomes import Drop
from shared.base.settings import KafkaSettings, project_root
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
    """So many raw articles, each with an address of its own; every site is a source."""
    known = (
        _evaluation(path)
        if path
        else [
            each
            for each in iter_articles([project_root() / "seeds" / "articles"])
            if isinstance(each, RawArticle)
        ]
    )
    return [
        replace(article, uri=f"{article.uri}#{number}")
        for number, article in enumerate(islice(cycle(known), count))
    ]


def _evaluation(path: Path) -> list[RawArticle]:
    return [
        build_raw_article(
            each.content,
            source=each.domain,
            uri=each.name,
            url=each.url or None,
            content_type="text/html",
            fetched_at=FETCHED,
            origin="push",
        )
        for each in examples(path)
    ]


class Cost(NamedTuple):
    """Seconds by the clock, and of processor time."""

    wall: float
    processor: float

    @classmethod
    def now(cls) -> "Cost":
        """Since some moment, and since this process and those below it began (Linux)."""
        return cls(time.perf_counter(), _processor_s())

    def since(self, begun: "Cost") -> "Cost":
        """What it took from ``begun`` on."""
        return Cost(self.wall - begun.wall, self.processor - begun.processor)


def _processor_s() -> float:
    """Of this process, of all that live below it, and of those that it has waited for."""
    parents, ticks = dict[int, int](), dict[int, int]()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            fields = path.read_text().rpartition(")")[2].split()
            parents[int(path.parent.name)], ticks[int(path.parent.name)] = (
                int(fields[1]),
                sum(map(int, fields[11:15])),
            )
    ours, before = {os.getpid()}, 0
    while len(ours) > before:
        before = len(ours)
        ours |= {process for process, parent in parents.items() if parent in ours}
    return sum(ticks[process] for process in ours if process in ticks) / os.sysconf("SC_CLK_TCK")


def bare(_cluster: Cluster, articles: Sequence[RawArticle], workers: int) -> Cost:
    """What ``clean()`` takes in so many processes."""
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


def limited(_cluster: Cluster, articles: Sequence[RawArticle], workers: int) -> Cost:
    """What it takes from messages' bytes to messages' bytes in so many of the service's limited child processes."""
    return uvloop.run(_limited([codec.encode(article) for article in articles], workers))


async def _limited(values: Sequence[bytes], workers: int) -> Cost:
    settings = CleanerSettings(workers=workers, item_time_limit_s=TIME_LIMIT_S)
    children = ProcessPool(
        workers=workers,
        time_limit_s=settings.item_time_limit_s,
        memory_limit_mb=settings.item_memory_limit_mb,
        preload="services.cleaner.warmup",
    )
    await children.start()
    try:
        await asyncio.gather(*(children.call(_cleaned, value) for value in values[:workers]))
        begun = Cost.now()
        await asyncio.gather(*(children.call(_cleaned, value) for value in values))
        return Cost.now().since(begun)
    finally:
        await children.stop()


def _cleaned(value: bytes) -> bytes | None:
    outcome = clean(codec.decode(value, RawArticle))
    return None if isinstance(outcome, Drop) else codec.encode(outcome)


def streamed(cluster: Cluster, articles: Sequence[RawArticle], workers: int) -> Cost:
    """What the cleaner's process takes from topic to topic."""
    return uvloop.run(_streamed(cluster, len(articles), workers))


async def _streamed(cluster: Cluster, records: int, workers: int) -> Cost:
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
    while committed() < records:  # noqa: ASYNC110 - as above
        await asyncio.sleep(LOOK_S)
    cost = Cost.now().since(begun)
    for part in reversed(service.components):
        await part.stop()
    await asyncio.gather(*running)
    return cost


def committed() -> float:
    """How many records the cleaner has committed."""
    return float(metrics.BATCH_RECORDS.labels(NAME)._sum.get())  # noqa: SLF001 - the public way collects every metric of the process


CONTENDERS: Final[dict[str, tuple[str, Callable[[Cluster, Sequence[RawArticle], int], Cost]]]] = {
    "bare": ("the bare extractor", bare),
    "limited": ("in limited child processes, bytes to bytes", limited),
    "streamed": ("the cleaner, topic to topic, exactly once", streamed),
}


def in_a_process(contender: str, cluster: Cluster, chosen: argparse.Namespace) -> Cost:
    """What one contender takes, in a process of its own."""
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
    """What each contender takes in turn, over the same pages."""
    async with apart(bootstrap) as cluster:
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
    """All contenders in turn, so many rounds; the first one in each round changes."""
    found: dict[str, list[Cost]] = {name: [] for name in CONTENDERS}
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
            found[name].append(cost)
    return found


def table(
    found: dict[str, list[Cost]], articles: Sequence[RawArticle], workers: int
) -> Iterator[str]:
    """Medians, and each one's share of the bare extractor in the same round."""
    megabytes = sum(len(article.content) for article in articles) / 1e6
    title = f"{len(articles)} pages, {megabytes:.0f} MB, {workers} processes"
    yield f"{title:46} {'pages/s':>8} {'MB/s':>6} {'ratio':>6} {'CPU ms/page':>12} {'ratio':>6}"
    for name, (what, _) in CONTENDERS.items():
        wall = statistics.median(cost.wall for cost in found[name])
        processor = statistics.median(cost.processor for cost in found[name])
        pairs = list(zip(found[name], found["bare"], strict=True))
        by_wall, by_processor = (
            statistics.median(theirs[each] / ours[each] for ours, theirs in pairs)
            for each in (0, 1)
        )
        speed = f"{len(articles) / wall:>8,.1f} {megabytes / wall:>6.1f} {by_wall:>6.2f}"
        yield f"{what:46} {speed} {processor * 1000 / len(articles):>12.1f} {by_processor:>6.2f}"


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--bootstrap")
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", choices=CONTENDERS, help=argparse.SUPPRESS)
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> None:
    """Print the table."""
    for noisy in ("aiokafka", "trafilatura", "htmldate"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    chosen = arguments(given)
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
