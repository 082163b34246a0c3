"""What hostile feeds cost the others, and the fetcher: delay, memory, and what each comes to.

    python -m bench.hostile_feeds [--seconds 60] [--rounds 2] [--bootstrap host:port]

A fetcher of its own polls eight honest feeds every two seconds; a story appears on one of them four
times a second. In each round it does so alone, and then together with every server of
tests/hostile_server, which are to be polled as often; all feeds are new. The first 20 seconds do
not count. The delay is that from a story's publication to its record in articles.raw. Memory is
that of the fetcher and all its child processes together, sampled every 50 ms: RSS, which counts
shared pages once for each process, and PSS, which divides them.

Exit 1 if a limit is broken: the median delay with hostile feeds at most twice that without, memory
(RSS) at most 300 MB, no connection to the canary, no hostile feed without a poll.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.kafka.brokers import broker, temporary_cluster
from services.console.topics.topic_reader import iter_retained
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_RAW, FEEDS
from shared.messages import codec
from shared.messages.schemas import FeedState, RawArticle
from tests.builders import invent_words
from tests.e2e.wire import Wire
from tests.hostile_server.running_web import ALLOWED, RunningWeb, running_web
from tests.hostile_server.table import BEHAVIOURS
from tests.hostile_server.web import hostile_web  # noqa: F401 - registers the behaviours
from tests.ports import free_port

WIRES = 8
INTERVAL_S = 2
STORIES_PER_S = 4.0
WARM_UP_S = 20.0
MAX_FACTOR = 2.0
MAX_MB = 300.0
MB = 1e6
NAMED = "redirects_to_a_name_that_is_partly_inside"
"""Needs the name servers of the tests."""


@dataclass
class Memory:
    """The most that a process and its children used together, in MB."""

    rss: float = 0.0
    pss: float = 0.0
    parts: list[float] = field(default_factory=list)

    def sample(self, process: psutil.Process) -> None:
        """Look at the processes that run now."""
        rss, pss = list[float](), 0.0
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                used = each.memory_full_info()
                rss.append(used.rss / MB)
                pss += used.pss / MB
        self.pss = max(self.pss, pss)
        if sum(rss) > self.rss:
            self.rss, self.parts = sum(rss), sorted(rss, reverse=True)


@dataclass
class Run:
    """What a run has shown: seconds of delay, memory, and the last state of each feed."""

    delays_s: list[float]
    memory: Memory
    cpu_s: float
    states: Mapping[str, FeedState]


async def run(
    bootstrap: str, web: RunningWeb | None, wires: Sequence[Wire], seconds: float, first: int
) -> Run:
    """Let a fetcher poll the wires, and the hostile web if there is one."""
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(temporary_cluster(bootstrap))
        await topic_admin.create(cluster, partitions=2)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls = [wire.url for wire in wires] + list(web.urls.values() if web else ())
        (folder / "feeds.yaml").write_text(
            "feeds:\n"
            + "".join(
                f"- {{url: '{url}', source: s{number}, interval: {INTERVAL_S}s}}\n"
                for number, url in enumerate(urls)
            )
        )
        memory = Memory()
        async with fetcher(cluster, folder, web, memory) as process:
            published = await publish(wires, seconds, first)
            times = process.cpu_times()
        states = await read_states(cluster)
        delays_s = await delays(cluster, published)
    return Run(delays_s, memory, times.user + times.system, states)


@asynccontextmanager
async def fetcher(
    cluster: Cluster, folder: Path, web: RunningWeb | None, memory: Memory
) -> AsyncIterator[psutil.Process]:
    """Run a fetcher whose memory is sampled."""
    settings = {
        "KAFKA_BOOTSTRAP": cluster.settings.kafka_bootstrap,
        "KAFKA_TOPIC_PREFIX": cluster.settings.kafka_topic_prefix,
        "FEEDS_FILE": str(folder / "feeds.yaml"),
        "FETCH_ALLOW": ",".join(ALLOWED),
        "HTTP_PORT": str(free_port()),
        "PAGES_PER_HOST_PER_S": "20",
        "SSL_CERT_FILE": str(web.authority) if web else "",
    }
    with (folder / "fetcher.log").open("wb") as log:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.fetcher"),
            env={**os.environ, **settings},
            stdout=log,
            stderr=log,
        )
    process = psutil.Process(child.pid)

    async def watch() -> None:
        while True:
            memory.sample(process)
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    try:
        yield process
    finally:
        watching.cancel()
        with suppress(ProcessLookupError):
            child.terminate()
        await child.wait()


async def publish(wires: Sequence[Wire], seconds: float, first: int) -> dict[str, float]:
    """Publish stories evenly; their times by address."""
    loop, times = asyncio.get_running_loop(), dict[str, float]()
    started, number = loop.time(), first
    while loop.time() - started < seconds + WARM_UP_S:
        wire = wires[number % len(wires)]
        words = invent_words(number)
        story = wire.publish(number, " ".join(words[:6]), " ".join(words[6:]))
        if loop.time() - started > WARM_UP_S:
            times[f"http://{wire.host}:{wire.port}/story/{number}"] = story.published_at.timestamp()
        number += 1
        await asyncio.sleep(1 / STORIES_PER_S)
    await asyncio.sleep(3 * INTERVAL_S)
    return times


async def delays(cluster: Cluster, published: Mapping[str, float]) -> list[float]:
    """Return the seconds from each publication to the record; missing ones are endless."""
    arrived = dict[str, float]()
    async for record in iter_retained(cluster, ARTICLES_RAW.name):
        article = codec.decode(record.value, RawArticle)
        arrived.setdefault(article.url or "", record.timestamp / 1000)
    return [arrived.get(url, float("inf")) - time for url, time in published.items()]


async def read_states(cluster: Cluster) -> dict[str, FeedState]:
    """Return the last state of each feed."""
    return {
        record.key.decode(): codec.decode(record.value, FeedState)
        async for record in iter_retained(cluster, FEEDS.name)
        if record.value
    }


def show(name: str, result: Run) -> None:
    """Print a line of the table."""
    delays_s, memory = sorted(result.delays_s), result.memory
    parts = " + ".join(f"{part:.0f}" for part in memory.parts)
    print(
        f"{name:10}{statistics.median(delays_s):9.2f}{delays_s[int(len(delays_s) * 0.95)]:8.2f}"
        f"{len(delays_s):9}{result.cpu_s:7.1f}{memory.rss:8.0f}{memory.pss:7.0f}  {parts}"
    )


def find_faults(web: RunningWeb, result: Run) -> list[str]:
    """Return hostile feeds that were not polled, or not as expected."""
    faults = list[str]()
    for name, url in web.urls.items():
        if name == NAMED:
            continue
        state = result.states.get(url)
        if state is None or state.polled_at is None:
            faults.append(f"{name}: not polled")
        elif bool(state.last_error) != bool(BEHAVIOURS[name].kind):
            faults.append(f"{name}: {state.last_error}")
    return faults


async def main(arguments: argparse.Namespace, bootstrap: str) -> int:
    """Run the rounds, print the table and return the exit code."""
    runs: dict[str, list[Run]] = {"alone": [], "hostile": []}
    faults = list[str]()
    print(f"{'':10}{'median s':>9}{'p95 s':>8}{'stories':>9}{'CPU s':>7}{'RSS MB':>8}{'PSS':>7}")
    async with AsyncExitStack() as stack:
        wires = [
            await stack.enter_async_context(Wire(host=f"127.0.2.{100 + number}"))
            for number in range(WIRES)
        ]
        for number in range(arguments.rounds):
            first = number * 1_000_000
            runs["alone"].append(await run(bootstrap, None, wires, arguments.seconds, first))
            show("alone", runs["alone"][-1])
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            async with running_web(folder) as web:
                hostile = await run(bootstrap, web, wires, arguments.seconds, first + 500_000)
                runs["hostile"].append(hostile)
                show("hostile", hostile)
                faults += find_faults(web, hostile)
                sightings = await web.stop()
            if sightings.canary_connections:
                faults.append(f"the canary: {sightings.canary_connections} connections")
    return judge(runs, faults)


def judge(runs: Mapping[str, Sequence[Run]], faults: Sequence[str]) -> int:
    """Print what the limits say; 1 if one is broken."""
    alone, hostile = (
        statistics.median([delay for each in runs[name] for delay in each.delays_s])
        for name in ("alone", "hostile")
    )
    rss = max(each.memory.rss for each in runs["hostile"])
    print(f"delay: {hostile / alone:.2f} x undisturbed (at most {MAX_FACTOR:g})")
    print(f"memory: {rss:.0f} MB (at most {MAX_MB:g}); hostile feeds: {len(BEHAVIOURS)}")
    for fault in faults:
        print(f"not as expected: {fault}")
    return int(hostile > MAX_FACTOR * alone or rss > MAX_MB or bool(faults))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--bootstrap")
    options = parser.parse_args()
    with broker(options.bootstrap) as address:
        sys.exit(asyncio.run(main(options, address)))
