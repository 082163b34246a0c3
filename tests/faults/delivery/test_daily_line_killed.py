"""Deliver is killed around the post of a daily line, and the watch around its writing."""

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from services.console.fake_slack.server import FakeSlack
from shared.kafka.cluster import Cluster
from tests.delivery_tools import states, until
from tests.faults.delivery.kill_program import Kills, WatchedCluster
from tests.faults.harness import Worker, workers
from tests.integration.test_watch import (
    SetClock,
    create_all,
    dispatches,
    read_articles,
    routes_with_a_line,
    watching,
)

PROGRAM: Final = Path(__file__).with_name("kill_program.py")


@pytest.mark.parametrize(
    ("point", "posts", "marked"),
    [
        ("before intent", 1, 0),
        ("after intent", 1, 1),
        ("before post", 1, 1),
        ("after post", 2, 1),
        ("after delivered", 1, 0),
    ],
)
async def test_killed_around_its_post_the_line_arrives(
    cluster: Cluster, tmp_path: Path, point: str, posts: int, marked: int
) -> None:
    """Once, or a second time with the mark where the first answer was not heard."""
    await create_all(cluster)
    kills = tmp_path / "kills.txt"
    kills.write_text(f"{point} 0\n", "utf-8")
    async with FakeSlack() as sink:
        addresses = json.dumps({"newsroom": sink.url("newsroom")})
        command = [sys.executable, str(PROGRAM), str(kills)]
        await write_line(cluster)
        (one,) = workers(command, 1, cluster, tmp_path, SLACK_WEBHOOKS=addresses)
        try:
            await until(lambda: has_delivered(one, cluster), "the line is delivered", 90)
            await until(lambda: is_killed(one), "the kill", 30)
            await until(lambda: has_delivered(one, cluster), "nothing follows", 30)
        finally:
            await asyncio.to_thread(one.finish)
    texts = [post.text for post in sink.posts]
    assert ["1 article read" in text for text in texts] == [True] * posts
    assert sum("possible repeat" in text for text in texts) == marked


class Interruptions(Kills):
    """Ends the watch, once ``is_set``, where the process would be killed."""

    point, is_set, ended = "", False, 0

    def reach(self, point: str) -> None:
        if self.is_set and point == self.point:
            self.ended += 1
            raise OSError(f"interrupted {point}")


@pytest.mark.parametrize("point", ["before other", "after other"])
async def test_a_watch_that_ends_around_its_writing_says_it_once(
    cluster: Cluster, tmp_path: Path, point: str
) -> None:
    """What it had counted is counted again by the next, or is not needed any more."""
    await create_all(cluster)
    clock = SetClock()
    routes = routes_with_a_line(clock.due)
    interruptions = Interruptions(tmp_path / "none")
    interruptions.point = point
    watched = WatchedCluster(cluster.settings, interruptions)
    async with watching(watched, clock, lambda: routes) as works:
        await until(lambda: len(works) > 1, "the watch has begun")
    await read_articles(cluster, 1)
    clock.time = clock.due + timedelta(seconds=5)
    interruptions.is_set = True
    async with watching(watched, clock, lambda: routes):
        await until(lambda: interruptions.ended > 0, "it is interrupted")
    async with watching(cluster, clock, lambda: routes) as works:
        await until(lambda: len(works) > 1, "the watch has begun again")
    lines = [each.daily for each in await dispatches(cluster)]
    assert [line.articles if line else None for line in lines] == [1]


async def write_line(cluster: Cluster) -> None:
    """Let a watch write the line of a day on which one article was read."""
    clock = SetClock()
    routes = routes_with_a_line(clock.due)
    async with watching(cluster, clock, lambda: routes) as works:
        await until(lambda: len(works) > 1, "the watch has begun")
        await read_articles(cluster, 1)
        clock.time = clock.due + timedelta(seconds=5)

        async def is_written() -> bool:
            return bool(await dispatches(cluster))

        await until(is_written, "the line is written")


async def has_delivered(one: Worker, cluster: Cluster) -> bool:
    one.keep_alive()
    assert set(one.left) <= {-9}, one.log.read_text("utf-8")[-800:]
    return (await states(cluster))["delivered"] == 1


def is_killed(one: Worker) -> bool:
    one.keep_alive()
    return one.left == [-9]
