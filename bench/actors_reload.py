"""How long a reload of the tagger's data blocks the event loop, and the memory afterwards.

Three ways take turns in one process. "in the loop" is the obvious one. "in a thread" is what the
tagger does. "in a child": another process parses and checks the YAML and returns the entries
pickled; a thread builds the gazetteer from them. Meanwhile a tagger tags articles in the loop, as a
stage does, for at most 50 ms at a time.
Run: python -m bench.actors_reload [--names 100000] [--rounds 6]
"""

import argparse
import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import uvloop

from bench.tagger import SEEDS, _article, _people, _resident_mb
from services.tagger.data.entries import Entries
from services.tagger.data.gazetteer import Gazetteer, build_gazetteer
from services.tagger.data.loader import load_entries
from services.tagger.offices import terms
from services.tagger.pipeline import tag
from shared.messages.schemas import CleanArticle
from shared.service.worker import tune_memory
from shared.stream.work import TURN_S

TICK_S = 0.002
Method = Callable[[int], Awaitable[Gazetteer]]


class Tagger:
    """Tags the seed articles in the loop, over and over, with the current gazetteer."""

    def __init__(self, gazetteer: Gazetteer, articles: list[CleanArticle]) -> None:
        self.gazetteer, self.articles = gazetteer, articles
        self.count, self.is_stopped = 0, False

    async def run(self) -> None:
        """Tag until ``is_stopped``."""
        while not self.is_stopped:
            turn = time.monotonic()
            while time.monotonic() - turn < TURN_S / 10:
                tag(self.articles[self.count % len(self.articles)], self.gazetteer)
                self.count += 1
            await asyncio.sleep(0)


def entries(names: int) -> Entries:
    """Load the seeds' entries, plus ``names`` made-up people."""
    loaded = load_entries(SEEDS / "actors", SEEDS / "keywords")
    return replace(loaded, actors=(*loaded.actors, *_people(names)))


async def in_the_loop(names: int) -> Gazetteer:
    """Load and build in the event loop."""
    return build_gazetteer(entries(names))


async def in_a_thread(names: int) -> Gazetteer:
    """Load and build in a thread."""
    return await asyncio.to_thread(lambda: build_gazetteer(entries(names)))


def in_a_child(pool: ProcessPoolExecutor) -> Method:
    """Return a method that loads in the pool's process and builds in a thread."""

    async def load(names: int) -> Gazetteer:
        loaded = await asyncio.get_running_loop().run_in_executor(pool, entries, names)
        return await asyncio.to_thread(build_gazetteer, loaded)

    return load


async def record_delays(delays: list[float]) -> None:
    """Append how late each tick of the loop is, in seconds: a heartbeat would be as late."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(TICK_S)
        delays.append(time.perf_counter() - before - TICK_S)


async def measure(name: str, method: Method, names: int, tagger: Tagger) -> str:
    """Reload once with the method, and return the row of the table."""
    delays: list[float] = []
    ticking = asyncio.create_task(record_delays(delays))
    await asyncio.sleep(0.05)
    before, started = tagger.count, time.perf_counter()
    tagger.gazetteer = await method(names)
    terms.clear_caches()
    seconds = time.perf_counter() - started
    await asyncio.sleep(0.05)  # the tick that was due meanwhile
    ticking.cancel()
    delays.sort()
    p99_ms, max_ms = delays[int(len(delays) * 0.99)] * 1e3, delays[-1] * 1e3
    rate = (tagger.count - before) / seconds
    return f"{name:14}{seconds:8.2f}{p99_ms:12.0f}{max_ms:12.0f}{rate:14.0f}{_resident_mb():12.0f}"


async def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--names", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=6)
    options = parser.parse_args()
    tagger = Tagger(
        build_gazetteer(entries(options.names)),
        [_article(path) for path in sorted((SEEDS / "articles").glob("*.txt"))],
    )
    tune_memory()
    running = asyncio.create_task(tagger.run())
    with ProcessPoolExecutor(1, mp_context=get_context("forkserver")) as pool:
        methods: dict[str, Method] = {
            "in the loop": in_the_loop,
            "in a thread": in_a_thread,
            "in a child": in_a_child(pool),
        }
        print(
            f"{len(tagger.gazetteer.actors)} people; {_resident_mb():.0f} MB resident at the start,"
            f" gc thresholds {gc.get_threshold()}"
        )
        print(
            f"{'':14}{'seconds':>8}{'late p99 ms':>12}{'late max ms':>12}"
            f"{'articles/s':>14}{'resident MB':>12}"
        )
        for _ in range(options.rounds):
            for name, method in methods.items():
                print(await measure(name, method, options.names, tagger), flush=True)
    tagger.is_stopped = True
    await running


if __name__ == "__main__":
    uvloop.run(main())
