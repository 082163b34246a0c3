"""Pages a second through the cleaner's process over a real Kafka, beside the bare extractor on the same pages in as many processes.

The bare extractor is ``clean()`` in plain forked processes, each with its share of the pages in memory: no bytes of messages, no limits, no
Kafka. In between stand the cleaner's child processes without Kafka, so that one sees where the time goes. Each contender runs in a process of its
own that has warmed up; rounds are interleaved, so trust the ratios more than the figures.

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
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle, islice
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

import structlog
import uvloop

from bench.kafka.brokers import apart, broker
from services.cleaner import warm  # noqa: F401 - loads and compiles what cleaning needs, before anything is timed
from services.cleaner.app import NAME, build
from services.cleaner.pipeline import clean
from services.cleaner.settings import CleanerSettings
from services.fetcher.record import raw_record
from services.fetcher.seeds import read_articles
from shared import codec, metrics
from shared.isolation import Children
from shared.kafka import Cluster
from shared.outcomes import Drop
from shared.schemas import RawArticle
from shared.settings import KafkaSettings, project_root
from shared.topic_admin import create
from shared.transaction import send_all
from shared.watchdog import Progress
from shared.worker import settle_memory
from training.cleaner.examples import examples

FETCHED: Final = datetime(2026, 11, 1, tzinfo=UTC)
LOOK_S: Final = 0.005


def pages(path: Path | None, count: int) -> list[RawArticle]:
    """So many raw articles, each with an address of its own; every site is a source."""
    known = _evaluation(path) if path else [each for each in read_articles([project_root() / "seeds" / "articles"]) if isinstance(each, RawArticle)]
    return [replace(article, uri=f"{article.uri}#{number}") for number, article in enumerate(islice(cycle(known), count))]


def _evaluation(path: Path) -> list[RawArticle]:
    return [
        RawArticle(
            source=each.domain,
            uri=each.name,
            url=each.url or None,
            content_type="text/html",
            content=each.content,
            fetched_at=FETCHED,
            origin="push",
        )
        for each in examples(path)
    ]


def bare(_cluster: Cluster, articles: Sequence[RawArticle], workers: int) -> float:
    """Seconds that ``clean()`` takes in so many processes."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(workers + 1)
    started = [context.Process(target=_share, args=(barrier, articles[number::workers])) for number in range(workers)]
    for process in started:
        process.start()
    barrier.wait()
    begun = time.perf_counter()
    for process in started:
        process.join()
    return time.perf_counter() - begun


def _share(barrier: Barrier, articles: Sequence[RawArticle]) -> None:
    barrier.wait()
    for article in articles:
        clean(article)


def limited(_cluster: Cluster, articles: Sequence[RawArticle], workers: int) -> float:
    """Seconds from messages' bytes to messages' bytes in so many of the service's limited child processes."""
    return uvloop.run(_limited([codec.encode(article) for article in articles], workers))


async def _limited(values: Sequence[bytes], workers: int) -> float:
    settings = CleanerSettings(workers=workers)
    children = Children(
        workers=workers, time_limit_s=settings.item_time_limit_s, memory_limit_mb=settings.item_memory_limit_mb, preload="services.cleaner.warm"
    )
    await children.start()
    try:
        await asyncio.gather(*(children.call(_cleaned, value) for value in values[:workers]))
        begun = time.perf_counter()
        await asyncio.gather(*(children.call(_cleaned, value) for value in values))
        return time.perf_counter() - begun
    finally:
        await children.stop()


def _cleaned(value: bytes) -> bytes | None:
    outcome = clean(codec.decode(value, RawArticle))
    return None if isinstance(outcome, Drop) else codec.encode(outcome)


def streamed(cluster: Cluster, articles: Sequence[RawArticle], workers: int) -> float:
    """Seconds that the cleaner's process takes from topic to topic."""
    return uvloop.run(_streamed(cluster, len(articles), workers))


async def _streamed(cluster: Cluster, records: int, workers: int) -> float:
    service = build(cluster, Progress(120, time.monotonic()), CleanerSettings(workers=workers))
    for part in service.runs:
        await part.start()
    begun = time.perf_counter()
    running = [asyncio.create_task(part.run()) for part in service.runs]
    while not (first := committed()):
        begun = time.perf_counter()
        await asyncio.sleep(LOOK_S)
    while committed() < records:  # noqa: ASYNC110 - nobody sets an event when a batch is committed
        await asyncio.sleep(LOOK_S)
    seconds = time.perf_counter() - begun
    for part in reversed(service.runs):
        await part.stop()
    await asyncio.gather(*running)
    return seconds * records / (records - first)


def committed() -> float:
    """How many records the cleaner has committed."""
    return float(metrics.BATCH_RECORDS.labels(NAME)._sum.get())  # noqa: SLF001 - the public way collects every metric of the process


CONTENDERS: Final[dict[str, tuple[str, Callable[[Cluster, Sequence[RawArticle], int], float]]]] = {
    "bare": ("the bare extractor", bare),
    "limited": ("in limited child processes, bytes to bytes", limited),
    "streamed": ("the cleaner, topic to topic, exactly once", streamed),
}


def in_a_process(contender: str, cluster: Cluster, chosen: argparse.Namespace) -> float:
    """Seconds of one contender, in a process of its own."""
    path = [str(chosen.path)] if chosen.path else []
    counts = ["--pages", str(chosen.pages), "--workers", str(chosen.workers)]
    command = [sys.executable, "-m", "bench.cleaner_stream", *path, "--one", contender, "--bootstrap", cluster.settings.kafka_bootstrap, *counts]
    environment = os.environ | {"KAFKA_TOPIC_PREFIX": cluster.settings.kafka_topic_prefix}
    return float(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout.split()[-1])


async def one_round(bootstrap: str, names: Sequence[str], articles: Sequence[RawArticle], chosen: argparse.Namespace) -> list[float]:
    """Seconds of each contender in turn, over the same pages."""
    async with apart(bootstrap) as cluster:
        await create(cluster)
        producer = cluster.producer()
        await producer.start()
        await send_all(producer, (raw_record(cluster, article, now_ms=time.time_ns() // 1_000_000) for article in articles))
        await producer.stop()
        return [await asyncio.to_thread(in_a_process, name, cluster, chosen) for name in names]


def rounds(bootstrap: str, articles: Sequence[RawArticle], chosen: argparse.Namespace) -> dict[str, list[float]]:
    """All contenders in turn, so many rounds; the first one in each round changes."""
    found: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    for number in range(chosen.rounds):
        names = [*islice(cycle(CONTENDERS), number % len(CONTENDERS), number % len(CONTENDERS) + len(CONTENDERS))]
        for name, seconds in zip(names, asyncio.run(one_round(bootstrap, names, articles, chosen)), strict=True):
            found[name].append(seconds)
    return found


def table(found: dict[str, list[float]], articles: Sequence[RawArticle], workers: int) -> Iterator[str]:
    """Medians, and each one's share of the bare extractor in the same round."""
    megabytes = sum(len(article.content) for article in articles) / 1e6
    title = f"{len(articles)} pages, {megabytes:.0f} MB, {workers} processes"
    yield f"{title:50} {'pages/s':>8} {'MB/s':>6} {'ratio':>6}"
    for name, (what, _) in CONTENDERS.items():
        seconds = statistics.median(found[name])
        ratio = statistics.median(theirs / ours for ours, theirs in zip(found[name], found["bare"], strict=True))
        yield f"{what:50} {len(articles) / seconds:>8,.1f} {megabytes / seconds:>6.1f} {ratio:>6.2f}"


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
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
        settle_memory()  # as every service does, for all contenders alike
        print(CONTENDERS[chosen.one][1](Cluster(KafkaSettings(kafka_bootstrap=chosen.bootstrap)), articles, chosen.workers))
        return
    with broker(chosen.bootstrap) as bootstrap:
        print(*table(rounds(bootstrap, articles, chosen), articles, chosen.workers), sep="\n")


if __name__ == "__main__":
    main()
