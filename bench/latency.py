"""Where the time goes from a page on a feed to the fake Slack, and the rate a machine holds.

    python -m bench.latency [--rate 10] [--seconds 120] [--ramp 20,40,80,160]
        [--bootstrap host:port]

Part 1: stories appear on a local HTTP feed, which is polled every second, at 10 per second. Each
raises one alert for one of forty destinations, because a webhook takes one message per second. Hops
come from the latency records in the alerts' headers, and from the fake Slack's clock.
Part 2: articles are written to articles.raw at growing rates, and one in fifty matches. A rate is
held if the whole system is idle within three seconds of the last article.
"""

import argparse
import asyncio
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.kafka.brokers import broker, temporary_cluster
from services.console.fake_slack.server import FakeSlack
from services.console.local.supervisor import ProgramSpec
from services.console.topics.idle import STAGES, wait_until_idle
from services.console.topics.topic_reader import iter_retained
from services.fetcher.record import raw_record
from shared.base.ports import NAMES
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS
from shared.kafka.transaction import send_all
from shared.messages import codec, headers
from shared.messages.schemas import Alert, RawArticle
from tests.builders import build_raw_article
from tests.e2e.system import System, running
from tests.e2e.wire import Wire

DESTINATIONS = 40
HELD_S = 3.0
HOPS = ("fetched", "cleaned", "tagged", "matched", "posted")
PARAGRAPH = (
    "Officials in Washington and Seoul said that President Donald Trump and Kim Jong Un"
    " would meet again before the end of the year."
)
NUMBER = re.compile(r"Story (\d+)")


def write_files(folder: Path, wire: Wire, slack: FakeSlack) -> dict[str, str]:
    """Write forty rules, each with its own destination; return the environment of the services."""
    (folder / "rules").mkdir()
    rules = [
        f"- id: rule-{n}\n  title: Rule {n}\n  severity: low\n"
        f"  when: rule{n}word AND actor(kim-jong-un)\n  notify: [slack:desk-{n}]\n"
        f"  tests:\n  - article: {{headline: Rule, body: 'rule{n}word and Kim Jong Un', "
        "date: 2018-09-11}\n    fires: true\n"
        for n in range(DESTINATIONS)
    ]
    (folder / "rules" / "rules.yaml").write_text("rules:\n" + "".join(rules), "utf-8")
    (folder / "feeds.yaml").write_text(
        f"feeds:\n- {{url: '{wire.url}', source: wire, interval: 1s}}\n", "utf-8"
    )
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


async def publish(wire: Wire, rate: float, seconds: float) -> int:
    """Publish stories at a steady rate, and return how many."""
    count, started = int(rate * seconds), time.monotonic()
    for number in range(count):
        await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
        wire.publish(
            number,
            f"Story {number} of the summit talks",
            f"This is rule{number % DESTINATIONS}word. {PARAGRAPH}",
            PARAGRAPH,
        )
    return count


async def seconds_by_hop(cluster: Cluster, slack: FakeSlack) -> list[dict[str, float]]:
    """Return the seconds of each hop for each alert; ``posted`` ends at Slack's acceptance."""
    accepted = {
        match[1]: post.at_s for post in slack.posts if (match := NUMBER.search(str(post.payload)))
    }
    rows = []
    async for record in iter_retained(cluster, ALERTS.name):
        latency = headers.latency_record(headers.decode_headers(record.headers))
        match = NUMBER.search(codec.decode(record.value, Alert).headline)
        if match and match[1] in accepted:
            posted = accepted[match[1]] - latency["t-matched"] / 1000
            total = accepted[match[1]] - latency["t-fetched"] / 1000
            rows.append(headers.hops(latency) | {"posted": posted, "from fetched": total})
    return rows


def print_hops(rows: Sequence[dict[str, float]]) -> None:
    """Print p50 and p99 in milliseconds, and the share, of each hop."""
    total = sum(row["from fetched"] for row in rows)
    print(f"{'hop':>14} {'p50 ms':>8} {'p99 ms':>8} {'share':>6}")
    for hop in (*HOPS, "from fetched"):
        values = sorted(row[hop] * 1000 for row in rows)
        share = "" if hop == "fetched" else f"{sum(values) / 1000 / total:6.0%}"
        p50, p99 = statistics.median(values), values[int(len(values) * 0.99)]
        print(f"{hop:>14} {p50:8.0f} {p99:8.0f} {share}")


def print_memory(system: System) -> None:
    """Print the resident memory of each service with its children."""
    print(f"\n{'service':>10} {'resident MB':>12}")
    for name, process in system.supervisor.processes.items():
        family = [
            psutil.Process(process.pid),
            *psutil.Process(process.pid).children(recursive=True),
        ]
        print(f"{name:>10} {sum(member.memory_info().rss for member in family) / 2**20:12.0f}")


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
    """Return an article of three paragraphs; one in fifty fires a rule."""
    match = f"rule{number % DESTINATIONS}word. " if number % 50 == 0 else ""
    text = (
        f"Report {rate}-{number} of the talks\n\n{match}{PARAGRAPH}\n\n"
        f"{PARAGRAPH} The date is open.\n\n{PARAGRAPH} The place is open.\n"
    )
    now = datetime.now(UTC)
    uri = f"urn:bench:{rate}:{number}"
    return build_raw_article(
        text, source=f"s{number % 24}", uri=uri, fetched_at=now, published_at=now, origin="push"
    )


async def measure(bootstrap: str, options: argparse.Namespace, folder: Path) -> None:
    async with temporary_cluster(bootstrap) as cluster, Wire() as wire, FakeSlack(port=0) as slack:
        await topic_admin.create(cluster)
        environment = write_files(folder, wire, slack)
        async with running(
            cluster, [ProgramSpec(name, ["run", name], environment) for name in NAMES]
        ) as system:
            await system.ready()
            count = await publish(wire, options.rate, options.seconds)
            await asyncio.sleep(2)
            await wait_until_idle(cluster, deadline_s=120)
            rows = await seconds_by_hop(cluster, slack)
            print(f"{count} stories at {options.rate:g}/s, {len(rows)} posted")
            print_hops(rows)
            print_memory(system)
            await ramp(cluster, [int(rate) for rate in options.ramp.split(",") if rate], 15)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--ramp", default="20,40,80,160")
    parser.add_argument("--bootstrap")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, broker(options.bootstrap) as bootstrap:
        asyncio.run(measure(bootstrap, options, Path(folder)))


if __name__ == "__main__":
    main()
