"""From a page on a feed to Slack's stand-in: where the time goes, at 10 articles a second through the whole system on this machine.

    python bench/latency.py [--rate 10] [--seconds 120] [--ramp 20,40,80,160] [--bootstrap host:port]

First part: stories appear on a local HTTP feed (polled every second), and each raises one alert at one of forty destinations, because a
webhook takes one message a second. Hops are read from the latency ledger in the alerts' headers, and from the stand-in's clock.
Second part: articles are put on articles.raw at growing rates, and one in fifty matches; a rate is held where lag after it is not growing.
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

from bench.kafka.brokers import apart, broker
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

LANES = 40
HOPS = ("fetched", "cleaned", "tagged", "matched", "posted")
PARAGRAPH = "Officials in Washington and Seoul said that President Donald Trump and Kim Jong Un would meet again before the end of the year."
NUMBER = re.compile(r"Story (\d+)")


def files(folder: Path, wire: Wire, sink: FakeSlack) -> dict[str, str]:
    """Forty rules, each with a destination of its own."""
    (folder / "rules").mkdir()
    rules = [
        f"- id: lane-{n}\n  title: Lane {n}\n  severity: low\n  when: lane{n}word AND actor(kim-jong-un)\n  notify: [slack:lane-{n}]\n"
        f"  tests:\n  - {{article: {{headline: Lane, body: 'lane{n}word and Kim Jong Un', date: 2018-09-11}}, fires: true}}\n"
        for n in range(LANES)
    ]
    (folder / "rules" / "lanes.yaml").write_text("rules:\n" + "".join(rules), "utf-8")
    (folder / "feeds.yaml").write_text(
        f"feeds:\n- {{url: '{wire.url}', source: wire, interval: 1s}}\n", "utf-8"
    )
    (folder / "webhooks.yaml").write_text(
        "".join(f"lane-{n}: {sink.url(f'lane-{n}')}\n" for n in range(LANES)), "utf-8"
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
    """Put stories on the wire at a steady rate; how many."""
    count, started = int(rate * seconds), time.monotonic()
    for number in range(count):
        await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
        wire.publish(
            number,
            f"Story {number} of the summit talks",
            f"This is lane{number % LANES}word. {PARAGRAPH}",
            PARAGRAPH,
        )
    return count


async def spent(cluster: Cluster, sink: FakeSlack) -> list[dict[str, float]]:
    """For each alert the seconds of each hop, ``posted`` being the stand-in's acceptance."""
    accepted = {
        found[1]: post.at_s for post in sink.posts if (found := NUMBER.search(str(post.payload)))
    }
    rows = []
    async for record in iter_retained(cluster, ALERTS.name):
        ledger = headers.latency_record(headers.decode_headers(record.headers))
        found = NUMBER.search(codec.decode(record.value, Alert).headline)
        if found and found[1] in accepted:
            posted = accepted[found[1]] - ledger["t-matched"] / 1000
            total = accepted[found[1]] - ledger["t-fetched"] / 1000
            rows.append(headers.hops(ledger) | {"posted": posted, "from fetched": total})
    return rows


def table(rows: Sequence[dict[str, float]]) -> None:
    """p50, p99 and share of each hop, in milliseconds."""
    total = sum(row["from fetched"] for row in rows)
    print(f"{'hop':>14} {'p50 ms':>8} {'p99 ms':>8} {'share':>6}")
    for hop in (*HOPS, "from fetched"):
        values = sorted(row[hop] * 1000 for row in rows)
        share = "" if hop == "fetched" else f"{sum(values) / 1000 / total:6.0%}"
        print(
            f"{hop:>14} {statistics.median(values):8.0f} {values[int(len(values) * 0.99)]:8.0f} {share}"
        )


def memory(system: System) -> None:
    """Resident memory of each service with its children."""
    print(f"\n{'service':>10} {'resident MB':>12}")
    for name, process in system.supervisor.processes.items():
        family = [
            psutil.Process(process.pid),
            *psutil.Process(process.pid).children(recursive=True),
        ]
        print(f"{name:>10} {sum(one.memory_info().rss for one in family) / 1024 / 1024:12.0f}")


async def ramp(cluster: Cluster, rates: Sequence[int], seconds: float) -> None:
    """Put articles on articles.raw at each rate and see how long the system needs to be done after the last."""
    print(f"\n{'articles/s':>10} {'done after, s':>14}  held")
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
        print(f"{rate:10} {late:14.1f}  {'yes' if late < 3 else 'no'}", flush=True)
    await producer.stop()


def ramp_article(rate: int, number: int) -> RawArticle:
    """An article of three paragraphs; one in fifty names a lane."""
    lane = f"lane{number % LANES}word. " if number % 50 == 0 else ""
    text = f"Report {rate}-{number} of the talks\n\n{lane}{PARAGRAPH}\n\n{PARAGRAPH} The date is open.\n\n{PARAGRAPH} The place is open.\n"
    now = datetime.now(UTC)
    uri = f"urn:bench:{rate}:{number}"
    return build_raw_article(
        text, source=f"s{number % 24}", uri=uri, fetched_at=now, published_at=now, origin="push"
    )


async def measure(bootstrap: str, wanted: argparse.Namespace, folder: Path) -> None:
    async with apart(bootstrap) as cluster, Wire() as wire, FakeSlack(port=0) as sink:
        await topic_admin.create(cluster)
        environment = files(folder, wire, sink)
        async with running(
            cluster, [ProgramSpec(name, ["run", name], environment) for name in NAMES]
        ) as system:
            await system.ready()
            count = await publish(wire, wanted.rate, wanted.seconds)
            await asyncio.sleep(2)
            await wait_until_idle(cluster, deadline_s=120)
            rows = await spent(cluster, sink)
            print(f"{count} stories at {wanted.rate:g}/s, {len(rows)} posted")
            table(rows)
            memory(system)
            await ramp(cluster, [int(rate) for rate in wanted.ramp.split(",") if rate], 15)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--ramp", default="20,40,80,160")
    parser.add_argument("--bootstrap")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, broker(wanted.bootstrap) as bootstrap:
        asyncio.run(measure(bootstrap, wanted, Path(folder)))


if __name__ == "__main__":
    main()
