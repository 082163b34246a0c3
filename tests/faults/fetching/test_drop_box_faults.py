"""Two fetchers on one drop folder, killed and frozen at random: each file is published once."""

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Final

from shared.kafka import topic_admin
from shared.kafka.cluster import SESSION_TIMEOUT_MS, Cluster
from shared.kafka.topics import ARTICLES_RAW
from shared.messages.codec import decode
from shared.messages.schemas import RawArticle
from tests.faults.harness import LONG_RUN, Worker, workers
from tests.kafka_tools import consume

SOURCES: Final = ("agency", "ministry", "wire")
SECONDS: Final = 90.0
FROZEN_S: Final = SESSION_TIMEOUT_MS / 1000 + 3
WITHIN_S: Final = 120.0


def drop(folder: Path, number: int) -> None:
    """Drop a file of two items."""
    text = "The two delegations will meet again on Thursday, officials said."
    items = [{"uri": f"urn:{number}:{n}", "headline": "H", "body_text": text} for n in range(2)]
    hidden = folder / f".{number}.tmp"
    hidden.write_text(json.dumps(items))
    hidden.rename(folder / f"{number}.json")


async def disturb(fetchers: list[Worker], dice: random.Random) -> str:
    """Kill a fetcher, or freeze it until the other has taken over."""
    fetcher = dice.choice(fetchers)
    if dice.random() < 0.7:
        await asyncio.to_thread(fetcher.kill)
        return "killed"
    fetcher.send(signal.SIGSTOP)
    await asyncio.sleep(FROZEN_S)
    fetcher.send(signal.SIGCONT)
    return "frozen"


@LONG_RUN
async def test_two_fetchers_on_one_folder(cluster: Cluster, tmp_path: Path) -> None:
    """Whatever befalls them, nothing is lost and nothing comes twice."""
    dice, root = random.Random(int(os.environ.get("FAULTS_SEED", "5"))), tmp_path / "drop"
    for source in SOURCES:
        (root / source).mkdir(parents=True)
    await topic_admin.create(cluster, partitions=4)
    fetchers = workers(
        [sys.executable, "-m", "services.fetcher"], 2, cluster, tmp_path, DROP_FOLDER=str(root)
    )
    events, number = Counter[str](), 0
    ends_at, next_fault_at = time.monotonic() + SECONDS, time.monotonic() + 8
    try:
        while time.monotonic() < ends_at:
            for fetcher in fetchers:
                fetcher.keep_alive()
            drop(root / dice.choice(SOURCES), number)
            number += 1
            if time.monotonic() > next_fault_at:
                events[await disturb(fetchers, dice)] += 1
                next_fault_at = time.monotonic() + dice.uniform(1, 6)
            await asyncio.sleep(dice.uniform(0.02, 0.2))
        deadline = time.monotonic() + WITHIN_S
        while len(list(root.glob("*/done/*.json"))) < number and time.monotonic() < deadline:
            for fetcher in fetchers:
                fetcher.keep_alive()
            await asyncio.sleep(0.2)
    finally:
        for fetcher in fetchers:
            await asyncio.to_thread(fetcher.finish)
    records = await consume(cluster, ARTICLES_RAW.name)
    arrived = Counter(decode(record.value, RawArticle).uri for record in records)
    expected = {f"urn:{k}:{n}" for k in range(number) for n in range(2)}
    twice = [uri for uri, count in arrived.items() if count > 1]
    print(
        f"{dict(events)}: {number} files, {len(expected - set(arrived))} lost, {len(twice)} twice"
    )
    assert (expected - set(arrived), twice) == (set(), [])
    assert len(list(root.glob("*/done/*.json"))) == number
