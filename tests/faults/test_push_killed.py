"""Fetchers are killed while articles are posted: what got a 202 is in Kafka, once."""

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import aiohttp

from services.fetcher.push.tokens import format_entry
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from tests.cli import clean_environment
from tests.faults.harness import Worker, is_long
from tests.ports import free_port
from tests.push_tools import TOKEN, authorise, build_item, load_articles

KILLS, ARTICLES, REPLICAS = (20, 600, 2) if is_long() else (1, 30, 1)
DEADLINE_S = 600.0 if is_long() else 120.0
POST_S = 15.0


def start_replica(cluster: Cluster, folder: Path, number: int, port: int) -> Worker:
    """Return a fetcher that takes articles at this port."""
    settings = cluster.settings
    environment = clean_environment(
        {
            "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
            "KAFKA_TOPIC_PREFIX": settings.kafka_topic_prefix,
            "HTTP_PORT": str(free_port()),
            "PUSH_TOKENS_FILE": str(folder / "tokens.yaml"),
            "PUSH_PORT": str(port),
            "PUSH_PER_S": "1000",
            "LOG_LEVEL": "warning",
        }
    )
    command = [sys.executable, "-m", "services.console", "run", "fetcher"]
    return Worker(command, environment, folder / f"fetcher-{number}.log")


class Publisher:
    """Posts each article until it gets a 202, to one replica after the other."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = ports
        self.accepted: dict[int, str] = {}
        self.replayed = Counter[int]()

    async def post(self, session: aiohttp.ClientSession, number: int) -> None:
        """Post an article with its key; an answer that never comes is asked for again."""
        deadline, tries = time.monotonic() + DEADLINE_S, number
        while time.monotonic() < deadline:
            tries += 1
            url = f"http://127.0.0.1:{self._ports[tries % len(self._ports)]}/articles"
            headers = authorise(key=f"k{number}", **{"Content-Type": "application/json"})
            with suppress(aiohttp.ClientError, TimeoutError):
                async with session.post(url, data=build_item(number), headers=headers) as answer:
                    if answer.status == 202:
                        self.replayed[number] += "Idempotency-Replayed" in answer.headers
                        self.accepted[number] = (await answer.json())["accepted_at"]
                        return
                    assert answer.status == 503, await answer.text()
            await asyncio.sleep(0.1)
        raise AssertionError(f"article {number} was not accepted within {DEADLINE_S} s")


async def wait_for_some(
    posting: set[asyncio.Task[None]], workers: Sequence[Worker]
) -> set[asyncio.Task[None]]:
    """Return the posts that are not accepted yet; perhaps all of them wait for who was killed."""
    done, posting = await asyncio.wait(posting, timeout=0.5, return_when=asyncio.FIRST_COMPLETED)
    for worker in workers:
        worker.keep_alive()
    for task in done:
        task.result()
    return posting


async def test_what_was_accepted_is_in_kafka_once(cluster: Cluster, tmp_path: Path) -> None:
    """Whenever the fetchers are killed; and whoever repeats a key after a crash gets the answer of
    before it.
    """
    await topic_admin.create(cluster, partitions=2)
    entry = format_entry(TOKEN, "desk", ["wire"])
    (tmp_path / "tokens.yaml").write_text(f"tokens:\n{entry}\n", "utf-8")
    ports = [free_port() for _ in range(REPLICAS)]
    workers = [start_replica(cluster, tmp_path, n, port) for n, port in enumerate(ports)]
    publisher, chance = Publisher(ports), random.Random(7)
    kill_at = set(range(ARTICLES // (KILLS + 1), ARTICLES, ARTICLES // (KILLS + 1)))
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(POST_S)) as session:
        try:
            posting: set[asyncio.Task[None]] = set()
            for number in range(ARTICLES):
                for worker in workers:
                    worker.keep_alive()
                if number in kill_at:
                    chance.choice(workers).kill()
                posting.add(asyncio.create_task(publisher.post(session, number)))
                while len(posting) >= 5:
                    posting = await wait_for_some(posting, workers)
            for worker in workers:
                worker.keep_alive()
            await asyncio.gather(*posting)
            for worker in workers:  # at once after the last 202
                worker.kill()
            counts = Counter(article.uri for article in await load_articles(cluster))
            assert counts == {f"urn:wire:{number}": 1 for number in range(ARTICLES)}
            before = dict(publisher.accepted)
            for worker in workers:
                worker.keep_alive()
            await publisher.post(session, ARTICLES - 1)
            assert publisher.accepted == before
            assert publisher.replayed[ARTICLES - 1] >= 1
        finally:
            for worker in workers:
                worker.kill()
    assert len(await load_articles(cluster)) == ARTICLES
