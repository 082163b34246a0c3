"""What the fetcher costs: parsing beside feedparser and fastfeedparser, polls, memory, drop box.

    python -m bench.fetcher [--rounds 7] [--drop] [--bootstrap host:port]

Part 1: resident memory of a process with 1 000 feeds, each of which remembers 100 entries and 60
pages. Part 2, parsing on one core: six feeds, invented from a seed, each by every parser in turns;
CPU time, median of the rounds. feedparser alone is called as its documentation shows. A parser's
number of entries must be right, else its row says so. Part 3, a conditional poll that is answered
by 304, from a server in another process: CPU time of this process per poll, beside the bare HTTP
client and beside feedparser's own download. Part 4 (``--drop``), on a Kafka of its own: how long
after its rename into a drop folder the article of a file is committed and the file moved.
"""

import argparse
import asyncio
import gc
import json
import logging
import multiprocessing
import os
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import fastfeedparser
import feedparser
import httpx
import psutil
import structlog
from aiohttp import web

from bench.kafka.brokers import broker, temporary_cluster
from services.fetcher.download import Downloader
from services.fetcher.drop_box.drop_box import DropBox
from services.fetcher.drop_box.dropped_file import read_dropped_file
from services.fetcher.drop_box.reading import ReadingTools
from services.fetcher.parsing import feed_parser
from services.fetcher.parsing.feed_entry import FeedEntry, ParsedFeed
from services.fetcher.polling.entry_pages import EntryPages, load_pages
from services.fetcher.polling.poll_feed import poll_feed
from services.fetcher.polling.poll_loop import PollLoop, PollTools
from services.fetcher.robots.rules import RobotsRules, apply_rules
from services.fetcher.source_writer import SourceWriter
from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.timing.schedule import PollOutcome
from shared.http.clients import fetch_client
from shared.kafka import topic_admin
from shared.messages import codec
from shared.messages.schemas import FeedState, PageMemory
from shared.stream.state_store import StateStore
from shared.stream.watchdog import Progress
from tests.ports import free_port

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
POLLS: Final = 400
FEEDS: Final = 1_000
DROPPED: Final = 100
Parser = Callable[[bytes], int]
Feed = tuple[str, bytes, int]


def invent_text(chance: random.Random, words: int) -> str:
    """Return words of letters, with a reference that XML needs now and then."""
    letters = "abcdefghijklmnoprstuvwz"
    return " ".join(
        "&amp;"
        if chance.random() < 0.02
        else "".join(chance.choices(letters, k=chance.randint(2, 9)))
        for _ in range(words)
    )


def build_rss(entries: int, content: int, version: str = "2.0") -> bytes:
    """Return an RSS feed; ``content``: words of each entry's own text."""
    chance = random.Random(entries)
    items = "".join(
        f"<item><title>{invent_text(chance, 9)}</title><link>https://wire.example/{number}</link>"
        f'<guid isPermaLink="false">wire-{number}</guid><dc:creator>Ann Lee</dc:creator>'
        f"<pubDate>Wed, 27 Feb 2019 12:{number % 60:02}:00 +0100</pubDate>"
        f"<description>{invent_text(chance, 30)}</description>"
        + (
            f"<content:encoded>&lt;p&gt;{invent_text(chance, content)}</content:encoded>"
            if content
            else ""
        )
        + "</item>"
        for number in range(entries)
    )
    prefixes = (
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    )
    head = f'<?xml version="1.0" encoding="utf-8"?><rss version="{version}" {prefixes}><channel>'
    return f"{head}<title>W</title><language>en</language>{items}</channel></rss>".encode()


def build_atom(entries: int) -> bytes:
    """Return an Atom feed with summaries."""
    chance = random.Random(entries)
    items = "".join(
        f'<entry><title>{invent_text(chance, 9)}</title><link href="/{number}"/>'
        f"<id>tag:{number}</id>"
        f"<updated>2019-02-27T12:{number % 60:02}:00Z</updated>"
        "<author><name>Ann Lee</name></author>"
        f"<summary>{invent_text(chance, 30)}</summary></entry>"
        for number in range(entries)
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>W</title>{items}</feed>'.encode()


def build_json(entries: int) -> bytes:
    """Return a JSON Feed with texts."""
    chance = random.Random(entries)
    items = [
        {
            "id": str(number),
            "url": f"https://wire.example/{number}",
            "title": invent_text(chance, 9),
            "content_text": invent_text(chance, 200),
            "date_published": f"2019-02-27T12:{number % 60:02}:00Z",
        }
        for number in range(entries)
    ]
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": "W", "items": items}).encode()


def build_newsml(entries: int) -> bytes:
    """Return a NewsML-G2 message of items with texts."""
    chance = random.Random(entries)
    items = "".join(
        f'<newsItem guid="urn:{number}" version="1"><itemMeta><versionCreated>2019-02-27T12:00:00Z'
        "</versionCreated></itemMeta><contentMeta><headline>"
        f"{invent_text(chance, 9)}</headline></contentMeta><contentSet><inlineXML>"
        f'<html xmlns="http://www.w3.org/1999/xhtml"><body><p>{invent_text(chance, 200)}</p></body>'
        "</html></inlineXML></contentSet></newsItem>"
        for number in range(entries)
    )
    namespace = 'xmlns="http://iptc.org/std/nar/2006-10-01/"'
    return f"<newsMessage {namespace}><itemSet>{items}</itemSet></newsMessage>".encode()


def build_feeds() -> list[Feed]:
    """Return the feeds: a name, its bytes, the number of its entries."""
    return [
        ("RSS 2.0, 30 summaries", build_rss(30, 0), 30),
        ("RSS 2.0, 30 full texts", build_rss(30, 600), 30),
        ("RSS 2.0, 200 summaries", build_rss(200, 0), 200),
        ("Atom 1.0, 50 summaries", build_atom(50), 50),
        ("JSON Feed, 50 texts", build_json(50), 50),
        ("NewsML-G2, 20 items", build_newsml(20), 20),
    ]


def parse_here(data: bytes) -> int:
    """Parse as the fetcher's child processes do."""
    return len(feed_parser.parse(data, None, "https://wire.example/feed").entries)


PARSERS: Final[dict[str, Parser]] = {
    "summitwire": parse_here,
    "feedparser": lambda data: len(feedparser.parse(data).entries),
    "fastfeedparser": lambda data: len(fastfeedparser.parse(data).entries),
}


def measure_parser(name: str, feed: Feed) -> float | str:
    """Return the CPU seconds of one parse, or what the parser made of the feed instead."""
    _, data, expected = feed
    parse = PARSERS[name]
    try:
        parse(data)
        started = time.process_time()
        entries = parse(data)
        seconds = time.process_time() - started
    except Exception as error:  # noqa: BLE001 - whatever a peer raises is its result
        return f"not read ({type(error).__name__})"
    return seconds if entries == expected else f"{entries} of {expected}"


def print_parsers(rounds: int) -> None:
    """Print what every parser needs for every feed, and the ratio to feedparser.

    Each has a process of its own: ours changes how feedparser reads times.
    """
    context = multiprocessing.get_context("spawn")
    pools = {name: context.Pool(1) for name in PARSERS}
    print(f"{'feed':<26}{'parser':<16}{'ms':>8}{'feeds/s':>10}{'items/s':>10}{'of feedparser':>15}")
    for feed in build_feeds():
        results: dict[str, list[float]] = {name: [] for name in PARSERS}
        refusals = dict[str, str]()
        for _ in range(rounds):
            for name, pool in pools.items():
                result = pool.apply(measure_parser, (name, feed))
                if isinstance(result, str):
                    refusals[name] = result
                else:
                    results[name].append(result)
        medians = {name: statistics.median(times) for name, times in results.items() if times}
        for name in PARSERS:
            print_parser(feed, name, medians, refusals.get(name, ""))
    for pool in pools.values():
        pool.terminate()


def print_parser(feed: Feed, name: str, medians: dict[str, float], refusal: str) -> None:
    """Print one row."""
    title, _, entries = feed
    if refusal:
        print(f"{title:<26}{name:<16}{refusal}")
        return
    seconds = medians[name]
    ratio = f"{seconds / medians['feedparser']:.2f}" if "feedparser" in medians else "–"
    rates = f"{1 / seconds:>10.0f}{entries / seconds:>10.0f}"
    print(f"{title:<26}{name:<16}{1e3 * seconds:>8.2f}{rates}{ratio:>15}")


def serve(port: int) -> None:
    """Answer every conditional request with 304, any other with a feed."""

    async def answer(request: web.Request) -> web.Response:
        if "if-none-match" in request.headers:
            return web.Response(status=304, headers={"etag": '"1"'})
        return web.Response(
            body=build_rss(30, 0), headers={"etag": '"1"'}, content_type="application/rss+xml"
        )

    app = web.Application()
    app.router.add_get("/{name}", answer)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


@contextmanager
def server() -> Any:
    """Run the server in a process of its own; yield its address."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(port,), daemon=True)
    process.start()
    try:
        url = f"http://127.0.0.1:{port}/feed"
        while True:
            try:
                httpx.get(url)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.join()


async def parse_feed(data: bytes, content_type: str | None, url: str) -> ParsedFeed:
    """Parse in this process."""
    return feed_parser.parse(data, content_type, url)


async def apply(body: bytes, urls: Sequence[str], user_agent: str) -> RobotsRules:
    """Read a robots.txt in this process."""
    return apply_rules(body, urls, user_agent)


async def measure_polls(url: str, polls: int) -> float:
    """Return the CPU seconds of a conditional poll through the whole of poll_feed."""
    spec = FeedSpec(url=url, source="wire", interval_s=60, text="feed", ignore_robots=True)
    async with fetch_client(allowed=["127.0.0.1"]) as client:
        downloads = Downloader(
            client, now=lambda: NOW, apply=apply, per_host=10, per_host_per_s=1e6
        )
        first = await poll_feed(
            spec, FeedState(url=url), web=downloads, parse=parse_feed, now=lambda: NOW
        )
        started = time.process_time()
        for _ in range(polls):
            result = await poll_feed(
                spec, first.state, web=downloads, parse=parse_feed, now=lambda: NOW
            )
            if result.outcome is not PollOutcome.UNCHANGED:
                raise SystemExit(f"a poll was {result.outcome}: {result.state.last_error}")
        return (time.process_time() - started) / polls


async def measure_client(url: str, polls: int) -> float:
    """Return the CPU seconds of the bare request that such a poll makes."""
    async with httpx.AsyncClient() as client:
        await client.get(url)
        started = time.process_time()
        for _ in range(polls):
            await client.get(url, headers={"if-none-match": '"1"'})
        return (time.process_time() - started) / polls


def measure_feedparser(url: str, polls: int) -> float:
    """Return the CPU seconds of feedparser's own conditional download."""
    started = time.process_time()
    for _ in range(polls):
        feedparser.parse(url, etag='"1"')
    return (time.process_time() - started) / polls


def print_polls(rounds: int) -> None:
    """Print the cost of a poll that is answered by 304."""
    polls = POLLS // rounds
    ours, client, library = list[float](), list[float](), list[float]()
    with server() as url:
        for _ in range(rounds):
            ours.append(asyncio.run(measure_polls(url, polls)))
            client.append(asyncio.run(measure_client(url, polls)))
            library.append(measure_feedparser(url, polls))
    print(f"\n{'a poll answered by 304':<30}{'CPU ms':>8}{'of httpx':>10}")
    bare = statistics.median(client)
    for name, times in (("summitwire", ours), ("httpx alone", client), ("feedparser", library)):
        seconds = statistics.median(times)
        print(f"{name:<30}{1e3 * seconds:>8.2f}{seconds / bare:>10.2f}")


def build_state(number: int) -> FeedState:
    """Return the state of a feed that has been polled for a while."""
    pages = {
        f"{number:06x}{page:010x}": PageMemory(
            content=f"{page:016x}", text=f"{page:016x}", asked_at=NOW - timedelta(minutes=page)
        )
        for page in range(60)
    }
    return FeedState(
        url=f"https://wire-{number}.example/feed",
        etag=f'"{number}"',
        polled_at=NOW,
        read_at=NOW,
        seen=tuple(f"{number:016x}{entry:016x}" for entry in range(100)),
        pages=pages,
    )


def print_memory() -> None:
    """Print what 1 000 feeds take: their records, and all of them decoded."""
    gc.collect()
    process = psutil.Process(os.getpid())
    before = process.memory_info().rss
    store = StateStore({url.encode(): value for url, value in map(_encode, range(FEEDS))})
    stored = process.memory_info().rss
    states = {key: codec.decode(value, FeedState) for key, value in store.items()}
    decoded = process.memory_info().rss
    size = sum(len(value) for _, value in store.items()) / FEEDS
    print(f"\nmemory of {len(states)} feeds, {size / 1024:.1f} KiB of state each, in MiB:")
    print(f"  process before {before >> 20}, states as bytes +{(stored - before) >> 20}, ", end="")
    print(f"decoded as well +{(decoded - stored) >> 20}, in all {decoded >> 20}")


def _encode(number: int) -> tuple[str, bytes]:
    state = build_state(number)
    return state.url, codec.encode(state)


async def parse_file(data: bytes, name: str, source: str) -> ParsedFeed:
    """Parse a dropped file in this process."""
    return read_dropped_file(data, name, source)


@asynccontextmanager
async def drop_box(bootstrap: str, folder: Path) -> AsyncIterator[None]:
    """Run a drop box on a topic prefix of its own."""
    async with temporary_cluster(bootstrap) as cluster:
        await topic_admin.create(cluster, partitions=1)
        no_web: Any = None

        async def load(spec: FeedSpec, entries: Sequence[FeedEntry]) -> EntryPages:
            return await load_pages(spec, entries, no_web, no_web)

        progress = Progress(60, time.monotonic())
        polls = PollLoop("bench", cluster, (), PollTools(web=no_web, parse=no_web), progress)
        reading = ReadingTools(parse=parse_file, load_pages=load)
        box = DropBox(folder, SourceWriter("bench", cluster, polls.assignment), reading)
        await polls.start()
        runs = [asyncio.create_task(component.run()) for component in (polls, box)]
        try:
            yield
        finally:
            await box.stop()
            await polls.stop()
            await asyncio.gather(*runs)


async def measure_drops(bootstrap: str) -> list[float]:
    """Return, for each file, the seconds from its rename until it lies in done/."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wire = folder / "wire"
        wire.mkdir()
        async with drop_box(bootstrap, folder):
            await drop(wire, -1)
            return [await drop(wire, number) for number in range(DROPPED)]


async def drop(folder: Path, number: int) -> float:
    """Rename a file into the folder, and return how long it takes until it was published."""
    text = "The two delegations will meet again on Thursday, officials said."
    hidden, done = folder / f".{number}", folder / "done" / f"{number}.json"
    hidden.write_text(json.dumps({"uri": f"urn:{number}", "headline": "H", "body_text": text}))
    started = time.monotonic()
    hidden.rename(folder / f"{number}.json")
    while not done.exists():  # noqa: ASYNC110 - only the file system says it
        await asyncio.sleep(0.005)
    return time.monotonic() - started


def print_drops(bootstrap: str | None) -> None:
    """Print the delay of dropped files, their commit and their last move included."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with broker(bootstrap) as address:
        delays = sorted(asyncio.run(measure_drops(address)))
    print(f"\n{DROPPED} files dropped one by one: seconds until the article is committed")
    p99 = delays[round(0.99 * len(delays)) - 1]
    print(f"  median {statistics.median(delays):.2f}, p99 {p99:.2f}, longest {delays[-1]:.2f}")


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7, help="the median of so many rounds")
    parser.add_argument("--drop", action="store_true", help="the drop box, too: it starts a Kafka")
    parser.add_argument("--bootstrap", help="a Kafka to use instead of starting one")
    options = parser.parse_args()
    print_memory()
    print_parsers(options.rounds)
    print_polls(options.rounds)
    if options.drop or options.bootstrap:
        print_drops(options.bootstrap)


if __name__ == "__main__":
    main()
