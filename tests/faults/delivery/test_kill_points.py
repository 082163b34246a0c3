"""A deliverer is killed at named points: all messages arrive, and repeats are marked."""

import asyncio
import json
import os
import random
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from services.console.fake_slack.server import FakeSlack
from shared.kafka.cluster import Cluster
from tests.delivery_tools import create_topics, dispatch, posts_about, publish, states, until
from tests.faults.delivery.kill_program import POINTS
from tests.faults.harness import Worker, is_long, workers

DESTINATIONS: Final = tuple("abcdef")
EACH: Final = 6
MORE: Final = 2 * len(DESTINATIONS)
"""So many follow as long as a kill is left; some of them are kept in the state."""
SINK_PACE: Final = 50.0
"""A killed worker forgets its pace; what 429 does is tested elsewhere."""
SEEDS: Final = range(20) if is_long() else [int(os.environ.get("FAULTS_SEED", "18"))]
PROGRAM: Final = Path(__file__).with_name("kill_program.py")


def choose_kills(seed: int) -> list[str]:
    """Return each point once, in an order and after a number of passes that the seed chooses."""
    dice = random.Random(seed)
    points = dice.sample(POINTS, len(POINTS))
    return [f"{point} {0 if point == 'resuming' else dice.randrange(4)}" for point in points]


@pytest.mark.parametrize("seed", SEEDS)
async def test_killed_at_each_point(cluster: Cluster, tmp_path: Path, seed: int) -> None:
    """Nothing is lost, nothing comes twice without a mark, and marks are as few as the kills."""
    kills = tmp_path / "kills.txt"
    kills.write_text("".join(f"{line}\n" for line in choose_kills(seed)), "utf-8")
    await create_topics(cluster)
    count = EACH * len(DESTINATIONS)
    async with FakeSlack(per_second=SINK_PACE) as sink:
        addresses = json.dumps({name: sink.url(name) for name in DESTINATIONS})
        command = [sys.executable, str(PROGRAM), str(kills)]
        (one,) = workers(command, 1, cluster, tmp_path, SLACK_WEBHOOKS=addresses)
        try:
            await publish(cluster, *(dispatch(n, destination_of(n)) for n in range(count)))
            await until(lambda: has_delivered(one, cluster, count), "all delivered", 150)
            while kills.read_text("utf-8"):
                more = range(count, count + MORE)
                await publish(cluster, *(dispatch(n, destination_of(n)) for n in more))
                count += MORE
                await until(partial(has_delivered, one, cluster, count), "those after it", 60)
        finally:
            ended = await asyncio.to_thread(one.finish)
    marked = [post for post in sink.posts if "possible repeat" in post.text]
    print(f"killed at {len(one.left)} points: {len(sink.posts)} posts, {len(marked)} marked")
    for number in range(count):
        unmarked = [p for p in posts_about(sink, number) if "possible repeat" not in p.text]
        assert posts_about(sink, number), f"{number} is lost"
        assert len(unmarked) <= 1, f"{number} came twice without a mark"
    assert Counter(one.left) == {-9: len(POINTS)}
    assert len(marked) <= len(POINTS) * len(DESTINATIONS)
    assert ended == 0


def destination_of(number: int) -> str:
    return f"slack:{DESTINATIONS[number % len(DESTINATIONS)]}"


async def has_delivered(one: Worker, cluster: Cluster, count: int) -> bool:
    one.keep_alive()
    assert set(one.left) <= {-9}, one.log.read_text("utf-8")[-800:]
    return (await states(cluster))["delivered"] == count
