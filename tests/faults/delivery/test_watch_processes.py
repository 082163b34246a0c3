"""Two alerting processes that are killed in turn: one daily line, with every article in it."""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from services.console.fake_slack.server import FakeSlack
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import WATCH
from tests.delivery_tools import until
from tests.faults.harness import LONG_RUN, Worker, workers
from tests.integration.test_watch import dispatches, read_articles
from tests.kafka_tools import consume
from tests.unit.alerting.watch.test_heartbeat import receiver

ROUTES: Final = """\
receivers:
  - {{name: desk, notify: [slack:newsroom], daily: {{at: "{:%H:%M}", zone: UTC}}}}
"""
COMMAND: Final = (sys.executable, "-m", "services.console", "run", "alerting", "--only", "deliver")
KILL_EVERY: Final = 20
"""Rounds of half a second between two kills."""


@LONG_RUN
async def test_killed_in_turn_they_send_one_line(cluster: Cluster, tmp_path: Path) -> None:
    """Heartbeats go out meanwhile, and end with the processes."""
    await topic_admin.create(cluster, partitions=2)
    routes = tmp_path / "routes.yaml"
    routes.write_text(ROUTES.format(datetime.now(UTC) + timedelta(hours=9)), "utf-8")
    async with FakeSlack() as sink, receiver() as (url, heartbeats):
        environment = {
            "ROUTES_FILE": str(routes),
            "SLACK_WEBHOOKS": json.dumps({"newsroom": sink.url("newsroom")}),
            "DELIVERY_ALLOW": "127.0.0.1",
            "HEARTBEAT_URL": url,
            "HEARTBEAT_INTERVAL": "1",
        }
        both = workers(COMMAND, 2, cluster, tmp_path, **environment)
        try:
            for each in both:
                each.keep_alive()
            await until(partial(has_tally, cluster), "the watch has begun", 90)
            due = (datetime.now(UTC) + timedelta(seconds=100)).replace(second=0, microsecond=0)
            routes.write_text(ROUTES.format(due), "utf-8")
            sent = await feed_and_kill(cluster, both, due)
            await until(partial(has_line, both, sink), "the daily line", 200)
            await until(lambda: len(heartbeats) > 3, "heartbeats", 60)
            for each in both:
                each.kill()
            beaten = len(heartbeats)
            await asyncio.sleep(3)
            assert len(heartbeats) == beaten
        finally:
            for each in both:
                await asyncio.to_thread(each.finish)
    texts = [post.text for post in sink.posts if "Daily line" in post.text]
    (line,) = [each.daily for each in await dispatches(cluster)]
    assert line is not None
    kills = sum(len(each.left) for each in both)
    print(f"{kills} kills, {sent} articles sent, {line.articles} in the line, {len(texts)} posts")
    assert sum("possible repeat" not in text for text in texts) == 1
    assert line.until == due
    assert line.articles in sent


async def feed_and_kill(cluster: Cluster, both: list[Worker], due: datetime) -> tuple[int, int]:
    """Send articles and kill one process after the other; return how many were sent.

    First those before a pause that ends when the line is due, then all of them.
    """
    before = rounds = 0
    while datetime.now(UTC) < due - timedelta(seconds=10):
        await read_articles(cluster, 1)
        before, rounds = before + 1, rounds + 1
        await kill_in_turn(both, rounds)
    while datetime.now(UTC) < due + timedelta(seconds=10):
        rounds += 1
        await kill_in_turn(both, rounds)
    await read_articles(cluster, 3)
    return before, before + 3


async def kill_in_turn(both: list[Worker], rounds: int) -> None:
    for each in both:
        each.keep_alive()
    if rounds % KILL_EVERY == 0:
        both[rounds // KILL_EVERY % 2].kill()
    await asyncio.sleep(0.5)


async def has_tally(cluster: Cluster) -> bool:
    keys = {record.key for record in await consume(cluster, WATCH.name)}
    return b"daily/slack:newsroom" in keys


def has_line(both: list[Worker], sink: FakeSlack) -> bool:
    for each in both:
        each.keep_alive()
    return any("Daily line" in post.text for post in sink.posts)
