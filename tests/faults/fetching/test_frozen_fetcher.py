"""Two fetchers, one frozen for longer than its session and woken: each feed has one of them."""

import asyncio
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from shared.kafka import topic_admin
from shared.kafka.cluster import SESSION_TIMEOUT_MS, Cluster
from shared.kafka.topics import ARTICLES_RAW
from shared.messages.codec import decode
from shared.messages.schemas import RawArticle
from tests.faults.fetching.publishers import Publishers, publishers
from tests.faults.harness import LONG_RUN, Worker, workers
from tests.kafka_tools import consume

FEEDS: Final = 12
FROZEN_S: Final = 2 * SESSION_TIMEOUT_MS / 1000
TIMES: Final = 4
WITHIN_S: Final = 120.0
PROGRAM: Final = Path(__file__).with_name("fetch_program.py")


@LONG_RUN
async def test_a_frozen_fetcher_is_replaced_and_does_not_interfere_when_it_wakes(
    cluster: Cluster, tmp_path: Path
) -> None:
    """No feed is left unpolled, none is polled by both after the fence, no item comes twice."""
    kills = tmp_path / "kills.txt"
    await asyncio.to_thread(kills.write_text, "", "utf-8")
    await topic_admin.create(cluster, partitions=6)
    async with publishers(FEEDS) as served:
        fetchers = workers(
            [sys.executable, str(PROGRAM), str(kills)],
            2,
            cluster,
            tmp_path,
            FEEDS_FILE=str(served.feeds_file(tmp_path)),
            FETCH_ALLOW="127.0.0.1",
            PAGES_PER_HOST="20",
            PAGES_PER_HOST_PER_S="100",
        )
        for number, fetcher in enumerate(fetchers):
            fetcher.environment = {**fetcher.environment, "FETCH_USER_AGENT": f"fetcher-{number}"}
        try:
            for number in range(TIMES):
                await freeze_and_wake(fetchers, number % 2, served)
            served.publish()
            await until(served.are_unchanged, fetchers)
        finally:
            ended = await asyncio.gather(*(asyncio.to_thread(each.finish) for each in fetchers))
    records = await consume(cluster, ARTICLES_RAW.name)
    arrived = Counter(decode(record.value, RawArticle).uri for record in records)
    print(f"{len(served.requests)} polls, {len(arrived)} items of {len(served.addresses)}")
    print(f"exits {[each.left for each in fetchers]}")
    assert (set(arrived), set(arrived.values())) == (served.addresses, {1})
    assert list(ended) == [0, 0]
    assert {code for each in fetchers for code in each.left} <= {75}


async def freeze_and_wake(fetchers: Sequence[Worker], number: int, served: Publishers) -> None:
    """Freeze a fetcher until the other has all feeds, wake it, and see who asks for which."""
    begun_s = now_s()
    await until(lambda: share_feeds(fetchers, served, begun_s), fetchers)
    frozen, awake = fetchers[number], fetchers[1 - number]
    served.publish()
    frozen.send(signal.SIGSTOP)
    frozen_s = now_s()
    await until(lambda: now_s() > frozen_s + FROZEN_S, [awake])
    taken_s = now_s()
    await until(lambda: feeds_of(served, taken_s, awake) == set(range(FEEDS)), [awake])
    woken_s = now_s()
    frozen.send(signal.SIGCONT)
    await until(lambda: share_feeds(fetchers, served, woken_s), fetchers)
    requests = [request for request in served.requests if request.at_s > woken_s]
    for feed in range(FEEDS):
        clients = [request.client for request in requests if request.feed == feed]
        back = (client_of(frozen), client_of(awake))
        assert back not in pairwise(clients), (
            f"feed {feed} was requested by the fenced fetcher: {clients}"
        )


async def until(holds: Callable[[], bool], kept_alive: Sequence[Worker]) -> None:
    """Wait for a condition; restart these fetchers meanwhile if they end."""
    deadline = now_s() + WITHIN_S
    while not holds():
        assert now_s() < deadline, kept_alive[0].log.read_text("utf-8")[-800:]
        for fetcher in kept_alive:
            fetcher.keep_alive()
        await asyncio.sleep(0.1)


def share_feeds(fetchers: Sequence[Worker], served: Publishers, since_s: float) -> bool:
    """Return whether each of them requests feeds, and together they request all."""
    shares = [feeds_of(served, since_s, fetcher) for fetcher in fetchers]
    return all(shares) and len(set.union(*shares)) == FEEDS


def feeds_of(served: Publishers, since_s: float, fetcher: Worker) -> set[int]:
    client = client_of(fetcher)
    return {r.feed for r in served.requests if r.client == client and r.at_s > since_s}


def client_of(fetcher: Worker) -> str:
    return fetcher.environment["FETCH_USER_AGENT"]


def now_s() -> float:
    return time.monotonic()
