"""A fetcher is killed between the request of a feed and the commit: each item comes out once."""

import asyncio
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Final

from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_RAW
from shared.messages.codec import decode
from shared.messages.schemas import RawArticle
from tests.faults.delivery.kill_program import Kills
from tests.faults.fetching.fetch_program import POINTS
from tests.faults.fetching.publishers import Publishers, publishers
from tests.faults.harness import Worker, is_long, workers
from tests.kafka_tools import consume

FEEDS: Final = 4
KILLS: Final = 50 if is_long() else 1
WITHIN_S: Final = 120.0
PROGRAM: Final = Path(__file__).with_name("fetch_program.py")
AT_ANY_TIME: Final = "at any time"
LOOK_AGAIN_S: Final = 0.2


def choose_points(seed: int) -> list[str]:
    """Return where to kill: the point between articles and state first, then a mixture."""
    dice = random.Random(seed)
    mixture = [*POINTS, AT_ANY_TIME, AT_ANY_TIME]
    return ["after articles", *(dice.choice(mixture) for _ in range(KILLS - 1))]


async def test_killed_between_produce_and_state(cluster: Cluster, tmp_path: Path) -> None:
    """Nothing is lost and nothing comes twice, although the server answers 304 afterwards."""
    seed = int(os.environ.get("FAULTS_SEED", "14"))
    kills, dice = Kills(tmp_path / "kills.txt"), random.Random(seed)
    kills.order()
    await topic_admin.create(cluster, partitions=2)
    async with publishers(FEEDS) as served:
        (fetcher,) = workers(
            [sys.executable, str(PROGRAM), str(kills.file)],
            1,
            cluster,
            tmp_path,
            FEEDS_FILE=str(served.feeds_file(tmp_path)),
            FETCH_ALLOW="127.0.0.1",
            PAGES_PER_HOST="20",
            PAGES_PER_HOST_PER_S="100",
        )
        try:
            points = choose_points(seed)
            for point in points:
                served.publish()
                if point == AT_ANY_TIME:
                    await kill_at_any_time(fetcher, served, dice)
                else:
                    await kill_at(point, fetcher, kills, served)
            arrived = await all_arrived(fetcher, cluster, served)
        finally:
            ended = await asyncio.to_thread(fetcher.finish)
    lost, twice = served.addresses - set(arrived), [uri for uri, n in arrived.items() if n > 1]
    answers = Counter(request.status for request in served.requests)
    print(f"{dict(Counter(points))}: {len(arrived)} items, {len(lost)} lost, {len(twice)} twice")
    print(f"answers of the feeds: {dict(answers)}")
    assert (lost, twice) == (set(), [])
    assert set(arrived) == served.addresses
    assert answers[304] > 0
    assert Counter(fetcher.left) == {-9: KILLS}
    assert ended == 0


async def kill_at(point: str, fetcher: Worker, kills: Kills, served: Publishers) -> None:
    """Let the fetcher kill itself at a point; publish on until it gets there."""
    kills.order(point)
    deadline, published_s = time.monotonic() + WITHIN_S, time.monotonic()
    deaths = len(fetcher.left)
    while len(fetcher.left) == deaths:
        assert time.monotonic() < deadline, f"it does not get to {point!r}: {log_of(fetcher)}"
        if time.monotonic() > published_s + 5:
            served.publish()
            published_s = time.monotonic()
        fetcher.keep_alive()
        await asyncio.sleep(LOOK_AGAIN_S)


async def kill_at_any_time(fetcher: Worker, served: Publishers, dice: random.Random) -> None:
    """Kill the fetcher within two seconds after it asked for a feed again."""
    before, deadline = len(served.requests), time.monotonic() + WITHIN_S
    while len(served.requests) == before:
        assert time.monotonic() < deadline, log_of(fetcher)
        fetcher.keep_alive()
        await asyncio.sleep(LOOK_AGAIN_S)
    served.publish()
    await asyncio.sleep(dice.uniform(0, 2))
    fetcher.kill()
    fetcher.keep_alive()


async def all_arrived(fetcher: Worker, cluster: Cluster, served: Publishers) -> Counter[str]:
    """Return how often each article is in its topic, once all items are and feeds answer 304."""
    deadline = time.monotonic() + WITHIN_S
    while True:
        fetcher.keep_alive()
        is_over = served.are_unchanged()
        records = await consume(cluster, ARTICLES_RAW.name)
        arrived = Counter(decode(record.value, RawArticle).uri for record in records)
        if is_over and served.addresses <= set(arrived):
            return arrived
        assert time.monotonic() < deadline, f"{len(arrived)} arrived: {log_of(fetcher)}"
        await asyncio.sleep(LOOK_AGAIN_S)


def log_of(fetcher: Worker) -> str:
    return fetcher.log.read_text("utf-8")[-800:]
