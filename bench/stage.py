"""Measure the throughput of one process and the latency of one hop.

The Stage (exactly once) is compared with bare aiokafka (at least once) and Quix Streams (exactly
once). All contenders read the same topic of 4 KB records, parse and write JSON, and run in
processes of their own. Rounds are interleaved, so trust the ratios more than the figures.

Usage: bench/stage.py [--bootstrap HOST:PORT] [--records N] [--rounds N]
"""

import argparse
import asyncio
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

import orjson
import structlog
import uvloop
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import NewTopic

from bench.kafka.brokers import broker, temporary_cluster
from shared.base import metrics
from shared.base.settings import KafkaSettings, ServiceSettings
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_TAGGED
from shared.kafka.transaction import Write, send_all
from shared.messages import headers
from shared.service.worker import tune_memory
from shared.stream.output import Output
from shared.stream.stage import Stage, StageSpec
from shared.stream.watchdog import Progress
from shared.stream.work import HandlerResult, InProcessWork

PARTITIONS: Final = 12
BATCH: Final[int] = ServiceSettings.model_fields["batch_max_records"].default
FILLER: Final = "lorem ipsum " * 330
SOURCE, SINK = ARTICLES_CLEAN.name, ARTICLES_TAGGED.name


def transform(value: bytes | None) -> tuple[bytes, bytes]:
    """Do what every contender does to a record; return its key, which is its id, and its bytes."""
    message = orjson.loads(value or b"")
    return message["id"].encode(), orjson.dumps(message | {"seen": True})


Send = Callable[[AIOKafkaProducer, Sequence[Write]], Awaitable[None]]


async def send_each(producer: AIOKafkaProducer, writes: Sequence[Write]) -> None:
    """Send as aiokafka's documentation shows it: ``send`` for every record, then wait for all."""
    await asyncio.gather(
        *[await producer.send(write.topic, write.value, key=write.key) for write in writes]
    )


async def run_bare(
    cluster: Cluster, records: int, *, send: Send = send_all, with_headers: bool = False
) -> float:
    """Run getmany, send, commit: at least once.

    ``with_headers`` also writes the headers that our contract requires.
    """
    group = f"bare-{send.__name__}-{with_headers}"
    consumer, producer = (
        cluster.group_consumer(group, auto_offset_reset="earliest"),
        cluster.producer(linger_ms=0),
    )
    consumer.subscribe([cluster.name(SOURCE)])
    await consumer.start()
    await producer.start()
    sent, started = 0, 0.0
    while sent < records:
        batches = await consumer.getmany(timeout_ms=200, max_records=None)
        if not batches:
            continue
        started = started or time.perf_counter()
        outputs = [
            Write(cluster.name(SINK), *transform(record.value))
            for batch in batches.values()
            for record in batch
        ]
        if with_headers:
            outputs = [
                Write(write.topic, write.key, write.value, contract_headers(write.value or b""))
                for write in outputs
            ]
        await send(producer, outputs)
        await consumer.commit({tp: batch[-1].offset + 1 for tp, batch in batches.items()})
        sent += len(outputs)
    seconds = time.perf_counter() - started
    await producer.stop()
    await consumer.stop()
    return seconds


def contract_headers(value: bytes) -> list[tuple[str, bytes]]:
    """Return the headers of a message (docs: topics and messages)."""
    now_ms = time.time_ns() // 1_000_000
    return headers.build_outgoing(
        (),
        value=value,
        ce_type="TaggedArticle.v1",
        ce_source="bare",
        checkpoint=None,
        now_ms=now_ms,
    )


def work(value: bytes | None) -> HandlerResult:
    """Do the same as a stage's handler."""
    return [Output(SINK, *transform(value))]


async def run_stage(cluster: Cluster, records: int) -> float:
    """Run the Stage, with its headers, metrics and transactions: exactly once."""
    stage = Stage(
        StageSpec(name="stage", source=ARTICLES_CLEAN, work=InProcessWork(work), max_records=BATCH),
        cluster,
        Progress(120, time.monotonic()),
    )
    await stage.start()
    started = time.perf_counter()
    running = asyncio.create_task(stage.run())
    while not committed_records():
        started = time.perf_counter()
        await asyncio.sleep(0.001)
    first = committed_records()
    # No event tells of a committed batch.
    while committed_records() < records:  # noqa: ASYNC110
        await asyncio.sleep(0.002)
    seconds = time.perf_counter() - started
    await stage.stop()
    await running
    return seconds * records / (records - first)


def committed_records() -> float:
    """Return how many records the stage has committed."""
    # The public way collects every metric of the process.
    return float(metrics.BATCH_RECORDS.labels("stage")._sum.get())  # noqa: SLF001


def run_quix(cluster: Cluster, records: int) -> float:
    """Run Quix Streams, exactly once."""
    from quixstreams import Application  # noqa: PLC0415 - a contender, not a part

    app = Application(
        broker_address=cluster.settings.kafka_bootstrap,
        consumer_group=cluster.name("quix"),
        processing_guarantee="exactly-once",
        auto_offset_reset="earliest",
        auto_create_topics=False,
        loglevel="ERROR",
        state_dir=tempfile.mkdtemp(),
    )
    started: list[float] = []

    def transform_timed(value: bytes) -> bytes:
        if not started:
            started.append(time.perf_counter())
        return transform(value)[1]

    source = app.topic(cluster.name(SOURCE), value_deserializer="bytes", key_deserializer="bytes")
    sink = app.topic(cluster.name(SINK), value_serializer="bytes", key_serializer="bytes")
    app.dataframe(source).apply(transform_timed).to_topic(sink)
    app.run(count=records)
    return time.perf_counter() - started[0]


CONTENDERS: Final[dict[str, tuple[str, Callable[[Cluster, int], float]]]] = {
    "bare": (
        "bare aiokafka, at least once",
        lambda cluster, records: uvloop.run(run_bare(cluster, records, send=send_each)),
    ),
    "packed": (
        "the same with our packing into batches",
        lambda cluster, records: uvloop.run(run_bare(cluster, records)),
    ),
    "headers": (
        "the same with our headers, too",
        lambda cluster, records: uvloop.run(run_bare(cluster, records, with_headers=True)),
    ),
    "stage": (
        "our Stage, exactly once",
        lambda cluster, records: uvloop.run(run_stage(cluster, records)),
    ),
    "quix": ("Quix Streams, exactly once", run_quix),
}


async def create_topics(cluster: Cluster) -> None:
    """Create the two topics and the dead letters' topic."""
    admin = cluster.admin()
    await admin.start()
    dead_letters = cluster.name(ARTICLES_CLEAN.dead_letters)
    await admin.create_topics(
        [NewTopic(cluster.name(name), PARTITIONS, 1) for name in (SOURCE, SINK)]
        + [NewTopic(dead_letters, 1, 1)]
    )
    await admin.close()


async def produce_records(cluster: Cluster, records: int) -> None:
    """Produce this many records of about 4 KB."""
    producer = cluster.producer()
    await producer.start()
    for number in range(records):
        key = f"{number:08d}"
        await producer.send(
            cluster.name(SOURCE), orjson.dumps({"id": key, "text": FILLER}), key=key.encode()
        )
    await producer.stop()


async def measure_hops(cluster: Cluster, rate: float, seconds: float) -> list[float]:
    """Return milliseconds from a record's send to its committed arrival behind one stage."""
    stage = Stage(
        StageSpec(name="stage", source=ARTICLES_CLEAN, work=InProcessWork(work), max_records=BATCH),
        cluster,
        Progress(120, time.monotonic()),
    )
    await stage.start()
    running = asyncio.create_task(stage.run())
    reader, producer = cluster.reader(), cluster.producer(linger_ms=0)
    await reader.start()
    await producer.start()
    reader.assign([TopicPartition(cluster.name(SINK), number) for number in range(PARTITIONS)])
    await reader.seek_to_end()
    latencies_ms: list[float] = []

    async def arrivals() -> None:
        async for record in reader:
            seconds = time.perf_counter() - orjson.loads(record.value)["sent"]
            latencies_ms.append(seconds * 1000)

    arriving = asyncio.create_task(arrivals())
    for number in range(int(rate * seconds)):
        message = orjson.dumps({"id": f"{number:08d}", "text": FILLER, "sent": time.perf_counter()})
        await producer.send(cluster.name(SOURCE), message, key=b"%08d" % number)
        await asyncio.sleep(1 / rate)
    await asyncio.sleep(1.0)
    arriving.cancel()
    await stage.stop()
    await running
    await producer.stop()
    await reader.stop()
    return latencies_ms[int(rate) :]  # the first second is spent on connections


def run_in_process(contender: str, cluster: Cluster, records: int) -> float:
    """Return one contender's records per second, in a process, group and sink of its own."""
    command = [
        sys.executable,
        __file__,
        "--one",
        contender,
        "--bootstrap",
        cluster.settings.kafka_bootstrap,
        "--records",
        str(records),
    ]
    environment = os.environ | {
        "KAFKA_TOPIC_PREFIX": cluster.settings.kafka_topic_prefix,
        "PYTHONWARNINGS": "ignore",
    }
    finished = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return records / float(finished.stdout.split()[-1])


def throughput(bootstrap: str, records: int, rounds: int) -> dict[str, list[float]]:
    """Run all contenders in turn; the first one in each round changes."""
    rates: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    for number in range(rounds):
        names = list(CONTENDERS)
        names = names[number % len(names) :] + names[: number % len(names)]
        for name, rate in zip(
            names, asyncio.run(run_round(bootstrap, records, names)), strict=True
        ):
            rates[name].append(rate)
    return rates


async def run_round(bootstrap: str, records: int, names: Sequence[str]) -> list[float]:
    """Return each contender's records per second, over the same records."""
    async with temporary_cluster(bootstrap) as cluster:
        await create_topics(cluster)
        await produce_records(cluster, records)
        return [await asyncio.to_thread(run_in_process, name, cluster, records) for name in names]


async def measure_hop(bootstrap: str, seconds: float) -> list[float]:
    """Return the milliseconds from sent to received behind one Stage, sorted."""
    async with temporary_cluster(bootstrap) as cluster:
        await create_topics(cluster)
        return sorted(await measure_hops(cluster, 10, seconds))


def table(rates: dict[str, list[float]]) -> Iterator[str]:
    """Yield medians, and the share of bare aiokafka in the same round."""
    yield f"{'4 KB records, parse and write JSON, one process':50} {'records/s':>10} {'ratio':>6}"
    for name, (title, _) in CONTENDERS.items():
        ratio = statistics.median(
            rate / bare_rate for rate, bare_rate in zip(rates[name], rates["bare"], strict=True)
        )
        yield f"{title:50} {statistics.median(rates[name]):>10,.0f} {ratio:>6.2f}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    # Fresh topics have no leader for a moment.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bootstrap")
    parser.add_argument("--records", type=int, default=40_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=30.0, help="of the latency run")
    parser.add_argument("--one", choices=CONTENDERS, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.one:
        tune_memory()  # as every service does; here for all contenders
        print(
            CONTENDERS[chosen.one][1](
                Cluster(KafkaSettings(kafka_bootstrap=chosen.bootstrap)), chosen.records
            )
        )
        return
    with broker(chosen.bootstrap) as bootstrap:
        print(*table(throughput(bootstrap, chosen.records, chosen.rounds)), sep="\n")
        latencies_ms = uvloop.run(measure_hop(bootstrap, chosen.seconds))
        print(
            f"one hop at 10 records/s: p50 {statistics.median(latencies_ms):.0f} ms, "
            f"p99 {latencies_ms[int(len(latencies_ms) * 0.99)]:.0f} ms "
            f"({len(latencies_ms)} records)"
        )


if __name__ == "__main__":
    main()
