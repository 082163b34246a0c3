"""Where the time goes from a page on a feed to the fake Slack, and the rate a machine holds.

    python -m bench.latency [--rate 10] [--seconds 120] [--bursts 8] [--ramp 20,40,80,160]
        [--feeds 20] [--bootstrap host:port]

Part 1, steady: stories appear at 10 per second on twenty local HTTP feeds in turn, each of which is
polled every two seconds; those of the first twenty seconds are a warm-up and not counted. With
``--feeds 1`` all that appeared between two polls comes at once. Part 2, bursts: twelve stories
appear at once on one feed, every ten seconds. No two stories share a sentence. On each fire twelve
rules, which notify one of forty destinations, because a webhook takes one message per second. Hops
come from the latency records in the dispatches' headers, and from the fake Slack's clock. Exit 1
unless each story was posted once. The transactions of each consumer group, and the processor time
of each service, are those of part 1, divided by its stories.
Part 3: articles are written to articles.raw at growing rates, and one in fifty matches. A rate is
held if the whole system is idle within three seconds of the last article.
"""

import argparse
import asyncio
import os
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.kafka.brokers import broker, temporary_cluster
from services.console.fake_slack.events import AcceptedPost
from services.console.fake_slack.server import FakeSlack
from services.console.local.supervisor import ProgramSpec
from services.console.topics.idle import STAGES, wait_until_idle
from services.console.topics.topic_reader import iter_retained
from services.fetcher.record import raw_record
from shared.base.ports import NAMES
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DISPATCHES
from shared.kafka.transaction import send_all
from shared.messages import codec, headers
from shared.messages.schemas import Dispatch, RawArticle
from tests.builders import build_raw_article, invent_words
from tests.e2e.system import System, running
from tests.e2e.wire import Wire

DESTINATIONS = 40
RULES = 12
WARM_UP_S = 20.0
BURST = 12
BURST_EVERY_S = 10.0
INTERVAL_S = 2
FIRST_OF_BURSTS = 1_000_000
HELD_S = 3.0
GROUPS = ("fetcher", *(group for group, _ in STAGES))
HOPS = ("fetched", "cleaned", "tagged", "matched", "posted")
NUMBER = re.compile(r"Report (\d+):")


def write_files(folder: Path, wires: Sequence[Wire], slack: FakeSlack) -> dict[str, str]:
    """Write twelve rules for each of forty destinations; return the environment of the services."""
    (folder / "rules").mkdir()
    rules = [
        f"- id: rule-{n}-{k}\n  title: Rule {n} {k}\n  severity: high\n"
        f"  when: desk{n}x* AND NOT absent{k}\n"
        f"  notify: [slack:desk-{n}]\n"
        f"  tests:\n  - article: {{headline: Rule, body: 'The desk{n}xyz said so', "
        "date: 2018-09-11}\n    fires: true\n"
        for n in range(DESTINATIONS)
        for k in range(RULES)
    ]
    (folder / "rules" / "rules.yaml").write_text("rules:\n" + "".join(rules), "utf-8")
    feeds = [
        f"- {{url: '{wire.url}', source: wire-{n}, interval: {INTERVAL_S}s}}\n"
        for n, wire in enumerate(wires)
    ]
    (folder / "feeds.yaml").write_text("feeds:\n" + "".join(feeds), "utf-8")
    (folder / "webhooks.yaml").write_text(
        "".join(f"desk-{n}: {slack.url(f'desk-{n}')}\n" for n in range(DESTINATIONS)), "utf-8"
    )
    return {
        "RULES_DIR": str(folder / "rules"),
        "FEEDS_FILE": str(folder / "feeds.yaml"),
        "SLACK_WEBHOOKS_FILE": str(folder / "webhooks.yaml"),
        "FETCH_ALLOW": "127.0.0.1",
        "DELIVERY_ALLOW": "127.0.0.1",
        "PAGES_PER_HOST": "20",
        "PAGES_PER_HOST_PER_S": "100",
    }


def story(number: int) -> tuple[str, str, str]:
    """Return headline and paragraphs in words of their own, so that each is a story of its own."""
    words = invent_words(number)
    return (
        f"Report {number}: {' '.join(words[:5])}",
        f"{' '.join(words[5:11])} desk{number % DESTINATIONS}x{words[0].lower()}.",
        f"{' '.join(words[11:18])}. {' '.join(words[18:])}.",
    )


async def publish_evenly(
    wires: Sequence[Wire], rate: float, numbers: Sequence[int]
) -> Sequence[int]:
    """Publish stories at a steady rate, on the feeds in turn, and return their numbers."""
    started = time.monotonic()
    for place, number in enumerate(numbers):
        await asyncio.sleep(max(0.0, started + place / rate - time.monotonic()))
        wires[number % len(wires)].publish(number, *story(number))
    return numbers


async def publish_bursts(wire: Wire, bursts: int) -> list[int]:
    """Publish bursts of stories, each for another destination, and return their numbers."""
    numbers = range(FIRST_OF_BURSTS, FIRST_OF_BURSTS + bursts * BURST)
    for number in numbers:
        wire.publish(number, *story(number))
        if number % BURST == numbers[BURST - 1] % BURST:
            await asyncio.sleep(BURST_EVERY_S)
    return list(numbers)


async def seconds_by_hop(
    cluster: Cluster, accepted: Mapping[int, float]
) -> dict[int, dict[str, float]]:
    """Return the seconds of each hop by story; ``posted`` ends at Slack's acceptance."""
    rows = {}
    async for record in iter_retained(cluster, DISPATCHES.name):
        latency = headers.latency_record(headers.decode_headers(record.headers))
        match = NUMBER.search(codec.decode(record.value, Dispatch).alerts[0].headline)
        if match and (number := int(match[1])) in accepted:
            posted = accepted[number] - latency["t-matched"] / 1000
            total = accepted[number] - latency["t-fetched"] / 1000
            rows[number] = headers.hops(latency) | {"posted": posted, "from fetched": total}
    return rows


def print_hops(title: str, rows: Sequence[Mapping[str, float]]) -> None:
    """Print p50 and p99 in milliseconds, and the share, of each hop."""
    total = sum(row["from fetched"] for row in rows)
    print(f"\n{title}: {len(rows)} stories, load {os.getloadavg()[0]:.1f} of {os.cpu_count()}")
    print(f"{'hop':>14} {'p50 ms':>8} {'p99 ms':>8} {'share':>6}")
    for hop in (*HOPS, "from fetched"):
        values = sorted(row[hop] * 1000 for row in rows)
        share = "" if hop == "fetched" else f"{sum(values) / 1000 / total:6.0%}"
        p50, p99 = statistics.median(values), values[int(len(values) * 0.99)]
        print(f"{hop:>14} {p50:8.0f} {p99:8.0f} {share}", flush=True)


def processes_of(system: System) -> dict[str, list[psutil.Process]]:
    """Return each service's process with its children."""
    roots = {name: psutil.Process(each.pid) for name, each in system.supervisor.processes.items()}
    return {name: [root, *root.children(recursive=True)] for name, root in roots.items()}


def print_memory(system: System) -> None:
    """Print the resident memory of each service with its children."""
    print(f"\n{'service':>10} {'resident MB':>12}")
    for name, family in processes_of(system).items():
        print(f"{name:>10} {sum(member.memory_info().rss for member in family) / 2**20:12.0f}")


async def read_usage(system: System) -> dict[str, float]:
    """Return the transactions of each consumer group and the processor time, in ms, so far."""
    usage = {}
    for group in GROUPS:
        name = system.cluster.name(group)
        sample = f'summitwire_transactions_total{{group="{name}"}}'
        usage[f"{group}, transactions"] = await system.metric(group.partition("/")[0], sample)
    for name, family in processes_of(system).items():
        times = [member.cpu_times() for member in family]
        usage[f"{name}, ms CPU"] = sum(each.user + each.system for each in times) * 1000
    return usage


def print_usage(before: Mapping[str, float], after: Mapping[str, float], stories: int) -> None:
    """Print what each story took between two readings."""
    print(f"\n{'per story':>34}")
    for name, value in after.items():
        print(f"{name:>28} {(max(0.0, value) - max(0.0, before[name])) / stories:6.2f}")


async def ramp(cluster: Cluster, rates: Sequence[int], seconds: float) -> None:
    """Write to articles.raw at each rate; print how long the system is busy after the last one."""
    print(f"\n{'articles/s':>10} {'idle after, s':>14}  held")
    producer = cluster.producer(linger_ms=1)
    await producer.start()
    for rate in rates:
        started = time.monotonic()
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
            await send_all(
                producer,
                [
                    raw_record(
                        cluster, ramp_article(rate, number), now_ms=time.time_ns() // 1_000_000
                    )
                ],
            )
        behind = time.monotonic() - started - seconds
        ended = time.monotonic()
        await wait_until_idle(cluster, deadline_s=300, stages=STAGES[:4])
        late = time.monotonic() - ended + max(0.0, behind)
        print(f"{rate:10} {late:14.1f}  {'yes' if late < HELD_S else 'no'}", flush=True)
    await producer.stop()


def ramp_article(rate: int, number: int) -> RawArticle:
    """Return an article of three paragraphs; one in fifty fires rules."""
    words = invent_words(rate * 1_000_000 + number)
    match = f"It was desk{number % DESTINATIONS}x{words[0].lower()}. " if number % 50 == 0 else ""
    text = (
        f"Report {rate}-{number}: {' '.join(words[:5])}\n\n{match}{' '.join(words[5:12])}.\n\n"
        f"{' '.join(words[12:18])}. The date is open, {words[18]} said.\n\n"
        f"{' '.join(words[19:])}. The place is open, {words[0]} said.\n"
    )
    now = datetime.now(UTC)
    uri = f"urn:bench:{rate}:{number}"
    return build_raw_article(
        text, source=f"s{number % 24}", uri=uri, fetched_at=now, published_at=now, origin="push"
    )


async def measure(bootstrap: str, options: argparse.Namespace, folder: Path) -> bool:
    """Print all tables; return whether each story was posted once."""
    posts: list[AcceptedPost] = []
    slack = FakeSlack(port=0, on_accept=posts.append)
    async with AsyncExitStack() as stack, temporary_cluster(bootstrap) as cluster, slack:
        wires = [await stack.enter_async_context(Wire()) for _ in range(options.feeds)]
        await topic_admin.create(cluster)
        environment = write_files(folder, wires, slack)
        async with running(
            cluster, [ProgramSpec(name, ["run", name], environment) for name in NAMES]
        ) as system:
            await system.ready()
            rate, first = options.rate, int(WARM_UP_S * options.rate)
            warm_up = await publish_evenly(wires, rate, range(first))
            before = await read_usage(system)
            steady = range(first, first + int(options.seconds * rate))
            await publish_evenly(wires, rate, steady)
            await settle(cluster)
            await print_part(cluster, "steady", posts, steady)
            print_usage(before, await read_usage(system), len(steady))
            bursts = await publish_bursts(wires[0], options.bursts)
            await settle(cluster)
            await print_part(cluster, "bursts", posts, bursts)
            print_memory(system)
            is_exact = print_account([*warm_up, *steady, *bursts], posts)
            await ramp(cluster, [int(rate) for rate in options.ramp.split(",") if rate], 15)
    return is_exact


async def settle(cluster: Cluster) -> None:
    """Wait until all that was published is posted."""
    await asyncio.sleep(2)
    await wait_until_idle(cluster, deadline_s=120)
    await asyncio.sleep(2)


async def print_part(
    cluster: Cluster, title: str, posts: Sequence[AcceptedPost], numbers: Sequence[int]
) -> None:
    """Print the hops of some stories."""
    accepted = {number: post.at_s for post in posts for number in find_numbers(post)}
    rows = await seconds_by_hop(cluster, accepted)
    chosen = [rows[number] for number in numbers if number in rows]
    if chosen:
        print_hops(title, chosen)


def find_numbers(post: AcceptedPost) -> set[int]:
    """Return the numbers of the stories in a message."""
    return set(map(int, NUMBER.findall(str(post.payload))))


def print_account(numbers: Sequence[int], posts: Sequence[AcceptedPost]) -> bool:
    """Print how many stories were posted; return whether each was posted once."""
    counts = Counter(number for post in posts for number in find_numbers(post))
    missing = [number for number in numbers if not counts[number]]
    doubled = [number for number, count in counts.items() if count > 1]
    print(f"\n{len(numbers)} stories, {len(posts)} messages")
    print(f"missing {len(missing)} {missing[:5]}, more than once {len(doubled)} {doubled[:5]}")
    return len(posts) == len(numbers) and not missing and not doubled


def main() -> None:
    """Print the tables; exit 1 unless each story was posted once."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--bursts", type=int, default=8)
    parser.add_argument("--feeds", type=int, default=20)
    parser.add_argument("--ramp", default="20,40,80,160")
    parser.add_argument("--bootstrap")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, broker(options.bootstrap) as bootstrap:
        is_exact = asyncio.run(measure(bootstrap, options, Path(folder)))
    sys.exit(0 if is_exact else 1)


if __name__ == "__main__":
    main()
