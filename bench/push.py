"""From POST /articles to a record that can be read in Kafka, beside the shortest way there is.

    python -m bench.push [--rate 20] [--seconds 20] [--turns 2] [--bootstrap host:port]

Articles are posted at a steady rate, in turns, to a fetcher and to a peer, each a process of its
own: the peer is an aiohttp server that writes each body to a topic in one aiokafka transaction,
without a token, a check or a key. For each: the time from the post until a reader of committed
records has the article, and until its 202, and processor time per article. The fetcher's articles
have an Idempotency-Key. Exit 1 unless every article that was posted is read, once.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
import psutil
from aiohttp import web
from aiokafka import TopicPartition

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.kafka.brokers import broker, temporary_cluster
from services.fetcher.push.tokens import format_entry, new_token
from shared.base.settings import KafkaSettings, load
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.preflight import partition_counts
from shared.kafka.topics import ARTICLES_RAW
from shared.messages import codec
from shared.messages.schemas import RawArticle
from tests.e2e.system import environment, is_ready
from tests.kafka_tools import create_topic
from tests.ports import free_port

SOURCES: Final = tuple(f"wire-{number}" for number in range(6))
WARM_UP_S: Final = 3.0
SETTLE_S: Final = 10.0
PEER_TOPIC: Final = "peer"
BODY: Final = "Both sides spoke of a summit, officials said on Monday. " * 40


@dataclass(slots=True)
class Turn:
    """What was measured of one way: milliseconds by article's number, and CPU seconds in all."""

    readable_ms: dict[str, float] = field(default_factory=dict)
    answered_ms: dict[str, float] = field(default_factory=dict)
    reads: Counter[str] = field(default_factory=Counter)
    posted_at: dict[str, float] = field(default_factory=dict)
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A server to post to, and the topic in which its articles can be read."""

    name: str
    port: int
    topic: str
    process: psutil.Process
    headers: dict[str, str]
    uri_of: Callable[[bytes], str]


def item(number: str) -> dict[str, Any]:
    """Return an article of 2.3 KB in JSON."""
    source = SOURCES[hash(number) % len(SOURCES)]
    return {"uri": number, "source": source, "headline": "Report", "body_text": BODY}


async def serve_peer(port: int) -> None:
    """Serve POST /articles with nothing but a transaction for each body."""
    cluster = Cluster(load(KafkaSettings))
    producer, lock = cluster.transactional_producer("peer"), asyncio.Lock()
    await producer.start()

    async def post(request: web.Request) -> web.Response:
        body = await request.read()
        async with lock, producer.transaction():
            await producer.send_and_wait(cluster.name(PEER_TOPIC), body)
        return web.Response(status=202)

    async def ready(_request: web.Request) -> web.Response:
        return web.Response()

    application = web.Application()
    application.router.add_post("/articles", post)
    application.router.add_get("/readyz", ready)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


async def read_articles(cluster: Cluster, way: Way, turn: Turn, ready: asyncio.Event) -> None:
    """Note when each article can first be read."""
    name = cluster.name(way.topic)
    count = (await partition_counts(cluster))[name]
    # A short wait: a fetch that waits for other partitions holds up the reader, not the record.
    reader = cluster.reader(fetch_max_wait_ms=5)
    await reader.start()
    try:
        tps = [TopicPartition(name, number) for number in range(count)]
        reader.assign(tps)
        for tp, end in (await reader.end_offsets(tps)).items():
            reader.seek(tp, end)
        ready.set()
        while True:
            batches = await reader.getmany(timeout_ms=200)
            now = time.monotonic()
            for record in (record for records in batches.values() for record in records):
                uri = way.uri_of(record.value)
                turn.reads[uri] += 1
                turn.readable_ms.setdefault(uri, (now - turn.posted_at[uri]) * 1000)
    finally:
        await reader.stop()


async def post_evenly(way: Way, turn: Turn, rate: float, numbers: Sequence[str]) -> None:
    """Post the articles at a steady rate, whatever the answers take."""

    async def post(session: aiohttp.ClientSession, number: str) -> None:
        turn.posted_at[number] = time.monotonic()
        names = {**way.headers, "Idempotency-Key": number}
        url = f"http://127.0.0.1:{way.port}/articles"
        async with session.post(url, json=item(number), headers=names) as response:
            if response.status != 202:
                raise RuntimeError(f"{way.name}: {response.status} {await response.text()}")
        turn.answered_ms[number] = (time.monotonic() - turn.posted_at[number]) * 1000

    started, before = time.monotonic(), cpu_seconds(way.process)
    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        for place, number in enumerate(numbers):
            await asyncio.sleep(max(0.0, started + place / rate - time.monotonic()))
            group.create_task(post(session, number))
    turn.cpu_s = cpu_seconds(way.process) - before


def cpu_seconds(process: psutil.Process) -> float:
    """Return the CPU seconds of a process and its children."""
    times = [entry.cpu_times() for entry in (process, *process.children(recursive=True))]
    return sum(entry.user + entry.system for entry in times)


async def take_turn(cluster: Cluster, way: Way, name: str, rate: float, seconds: float) -> Turn:
    """Post and read the articles of one turn; those of the warm-up are not counted."""
    turn, ready = Turn(), asyncio.Event()
    reading = asyncio.create_task(read_articles(cluster, way, turn, ready))
    await ready.wait()
    warm_up = [f"urn:{name}:warm-up:{number}" for number in range(round(WARM_UP_S * rate))]
    await post_evenly(way, turn, rate, warm_up)
    numbers = [f"urn:{name}:{number}" for number in range(round(seconds * rate))]
    await post_evenly(way, turn, rate, numbers)
    deadline = time.monotonic() + SETTLE_S
    while len(turn.reads) < len(turn.posted_at) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    reading.cancel()
    await asyncio.wait([reading])
    for number in warm_up:
        turn.readable_ms.pop(number, None)
        turn.answered_ms.pop(number, None)
    return turn


@asynccontextmanager
async def process(
    arguments: Sequence[str], variables: dict[str, str], port: int
) -> AsyncIterator[psutil.Process]:
    """Run a Python program until the block ends; it begins when the program is ready."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env={**os.environ, **variables}
    )
    try:
        async with aiohttp.ClientSession() as session:
            while not await is_ready(session, port):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        yield psutil.Process(child.pid)
    finally:
        child.terminate()
        await child.wait()


def percentile(values: Sequence[float], share: float) -> float:
    """Return a percentile of some values."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def report(name: str, turns: Sequence[Turn]) -> tuple[float, float]:
    """Print a line about one way; return p50 and p99 until readable, in milliseconds."""
    readable = [value for turn in turns for value in turn.readable_ms.values()]
    answered = [value for turn in turns for value in turn.answered_ms.values()]
    p50, p99 = statistics.median(readable), percentile(readable, 0.99)
    cpu_ms = sum(turn.cpu_s for turn in turns) * 1000 / len(readable)
    print(
        f"{name:8} {len(readable):5} articles   readable p50 {p50:6.1f} ms  p99 {p99:6.1f} ms   "
        f"202 p50 {statistics.median(answered):6.1f} ms  p99 {percentile(answered, 0.99):6.1f} ms"
        f"   CPU {cpu_ms:5.1f} ms an article"
    )
    return p50, p99


async def measure(bootstrap: str, folder: Path, options: argparse.Namespace) -> bool:
    """Measure both ways in turns; return whether every article was read once."""
    token = new_token(bytes(32))
    (folder / "tokens.yaml").write_text(f"tokens:\n{format_entry(token, 'bench', SOURCES)}\n")
    async with temporary_cluster(bootstrap) as cluster:
        await topic_admin.create(cluster)
        await create_topic(cluster, PEER_TOPIC)
        http, push, peer = free_port(), free_port(), free_port()
        tokens = {
            "PUSH_TOKENS_FILE": str(folder / "tokens.yaml"),
            "PUSH_PORT": str(push),
            "PUSH_PER_S": "1000",
        }
        variables = {**environment(cluster, http), **tokens}
        async with (
            process(["-m", "services.console", "run", "fetcher"], variables, http) as fetcher,
            process(["-m", "bench.push", "--peer", str(peer)], variables, peer) as bare,
        ):
            ways = [
                Way(
                    name="fetcher",
                    port=push,
                    topic=ARTICLES_RAW.name,
                    process=fetcher,
                    headers={"Authorization": f"Bearer {token}"},
                    uri_of=lambda value: codec.decode(value, RawArticle).uri,
                ),
                Way(
                    name="peer",
                    port=peer,
                    topic=PEER_TOPIC,
                    process=bare,
                    headers={},
                    uri_of=lambda value: str(codec.parse(value)["uri"]),
                ),
            ]
            turns: dict[str, list[Turn]] = {way.name: [] for way in ways}
            for number in range(options.turns):
                for way in ways if number % 2 == 0 else reversed(ways):
                    name = f"{way.name}:{number}"
                    turn = await take_turn(cluster, way, name, options.rate, options.seconds)
                    turns[way.name].append(turn)
        return judge(turns)


def judge(turns: dict[str, list[Turn]]) -> bool:
    """Print the result; return whether every article was read once."""
    ours, theirs = (report(name, measured) for name, measured in turns.items())
    print(f"ratio: p50 {ours[0] / theirs[0]:.2f}, p99 {ours[1] / theirs[1]:.2f}")
    missing = repeated = 0
    for turn in (turn for measured in turns.values() for turn in measured):
        missing += len(turn.posted_at.keys() - turn.reads.keys())
        repeated += sum(count - 1 for count in turn.reads.values())
    print(f"{missing} not read, {repeated} read twice")
    return missing == repeated == 0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=20.0, help="articles per second")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each turn")
    parser.add_argument("--turns", type=int, default=2, help="of each way")
    parser.add_argument("--bootstrap", help="a Kafka; by default one is started")
    parser.add_argument("--peer", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        asyncio.run(serve_peer(options.peer))
        return
    with broker(options.bootstrap) as bootstrap, tempfile.TemporaryDirectory() as folder:
        is_complete = asyncio.run(measure(bootstrap, Path(folder), options))
    sys.exit(0 if is_complete else 1)


if __name__ == "__main__":
    main()
