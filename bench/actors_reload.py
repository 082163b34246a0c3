"""How long the event loop stands still while the tagger's data are read again, and what memory stays: three ways, in turns, in one process.

In the loop is the peer that everybody writes first. In a thread is what the tagger does. From a child: another process reads and checks the
YAML, its entries come back pickled, and a thread puts them together. A tagger tags all the while, as a stage does: 50 ms at most in one go.
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
from services.tagger import office_terms
from services.tagger.data.entries import Entries
from services.tagger.data.gazetteer import Gazetteer, build_gazetteer
from services.tagger.data.loader import load_entries
from services.tagger.pipeline import tag
from shared.messages.schemas import CleanArticle
from shared.service.worker import tune_memory
from shared.stream.work import TURN_S

TICK_S = 0.002
Way = Callable[[int], Awaitable[Gazetteer]]


class Tagger:
    """Tags the seeds in the loop, over and over, with whatever data are in force."""

    def __init__(self, gazetteer: Gazetteer, articles: list[CleanArticle]) -> None:
        self.gazetteer, self.articles, self.tagged, self.stop = gazetteer, articles, 0, False

    async def run(self) -> None:
        while not self.stop:
            turn = time.monotonic()
            while time.monotonic() - turn < TURN_S / 10:
                tag(self.articles[self.tagged % len(self.articles)], self.gazetteer)
                self.tagged += 1
            await asyncio.sleep(0)


def entries(names: int) -> Entries:
    read = load_entries(SEEDS / "actors", SEEDS / "keywords")
    return replace(read, actors=(*read.actors, *_people(names)))


async def in_the_loop(names: int) -> Gazetteer:
    return build_gazetteer(entries(names))


async def in_a_thread(names: int) -> Gazetteer:
    return await asyncio.to_thread(lambda: build_gazetteer(entries(names)))


def from_a_child(pool: ProcessPoolExecutor) -> Way:
    async def way(names: int) -> Gazetteer:
        read = await asyncio.get_running_loop().run_in_executor(pool, entries, names)
        return await asyncio.to_thread(build_gazetteer, read)

    return way


async def beats(found: list[float]) -> None:
    """How late each tick of the loop is, in seconds: what a heartbeat would be late."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(TICK_S)
        found.append(time.perf_counter() - before - TICK_S)


async def measure(name: str, way: Way, names: int, tagger: Tagger) -> str:
    late: list[float] = []
    beating = asyncio.create_task(beats(late))
    await asyncio.sleep(0.05)
    before, started = tagger.tagged, time.perf_counter()
    tagger.gazetteer = await way(names)
    office_terms.clear_caches()
    seconds = time.perf_counter() - started
    await asyncio.sleep(0.05)  # the beat that was due meanwhile
    beating.cancel()
    late.sort()
    p99, most = late[int(len(late) * 0.99)] * 1e3, late[-1] * 1e3
    return f"{name:14}{seconds:8.2f}{p99:12.0f}{most:12.0f}{(tagger.tagged - before) / seconds:14.0f}{_resident_mb():12.0f}"


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--names", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=6)
    given = parser.parse_args()
    tagger = Tagger(
        build_gazetteer(entries(given.names)),
        [_article(path) for path in sorted((SEEDS / "articles").glob("*.txt"))],
    )
    tune_memory()
    running = asyncio.create_task(tagger.run())
    with ProcessPoolExecutor(1, mp_context=get_context("forkserver")) as pool:
        ways: dict[str, Way] = {
            "in the loop": in_the_loop,
            "in a thread": in_a_thread,
            "from a child": from_a_child(pool),
        }
        print(
            f"{len(tagger.gazetteer.actors)} people; resident at the start {_resident_mb():.0f} MB, gc thresholds {gc.get_threshold()}"
        )
        print(
            f"{'':14}{'seconds':>8}{'late p99 ms':>12}{'late max ms':>12}{'articles/s':>14}{'resident MB':>12}"
        )
        for _ in range(given.rounds):
            for name, way in ways.items():
                print(await measure(name, way, given.names, tagger), flush=True)
    tagger.stop = True
    await running


if __name__ == "__main__":
    uvloop.run(main())
