"""A deliverer is killed around a post of the bot: a story stays one thread."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Final

import pytest

from services.console.fake_slack.server import FakeSlack
from services.console.fake_slack.workspace import SlackWorkspace, channel_id
from shared.kafka.cluster import Cluster
from tests.delivery_tools import create_topics, dispatch, publish, states, until
from tests.faults.harness import Worker, is_long, workers
from tests.integration.test_slack_threads import correction_of

POINTS: Final = ("after post", "before post", "before delivered")[: 3 if is_long() else 1]
PROGRAM: Final = Path(__file__).with_name("kill_program.py")


@pytest.mark.parametrize("point", POINTS)
async def test_killed_between_post_and_delivered(
    cluster: Cluster, tmp_path: Path, point: str
) -> None:
    """A first message that may have been posted is posted again, marked; replies go to the last.

    A reply that is killed is repeated in the same thread. What was written down with DELIVERED
    holds for the next process.
    """
    kills = tmp_path / "kills.txt"
    kills.write_text(f"{point} 0\n{point} 1\n", "utf-8")
    await create_topics(cluster)
    workspace = SlackWorkspace(names={"desk"})
    async with FakeSlack(workspace=workspace, per_second=1e5) as slack:
        settings = {
            "SLACK_CHANNELS": json.dumps({"newsroom": channel_id("desk")}),
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_API_URL": f"{slack.base_url}api/",
        }
        command = [sys.executable, str(PROGRAM), str(kills)]
        (one,) = workers(command, 1, cluster, tmp_path, **settings)
        try:
            for number, each in enumerate((dispatch(1), correction_of(1), correction_of(1, 3)), 1):
                await publish(cluster, each)
                await until(lambda: has_delivered(one, cluster, number), f"message {number}", 90)  # noqa: B023 - it is awaited in the loop
        finally:
            ended = await asyncio.to_thread(one.finish)
    marked = ["possible repeat" in post.text for post in slack.posts]
    first, *replies = [post for post in slack.posts if post.thread_ts is None]
    if point == "before post":  # nothing was accepted before a kill, so nothing comes twice
        assert marked == [True, True, False]
        assert not replies
        assert {post.thread_ts for post in slack.posts[1:]} == {first.ts}
    else:
        assert marked == [False, True, False, True, False]
        (again,) = replies  # the first message, posted again: the thread that is remembered
        assert {post.thread_ts for post in slack.posts[2:]} == {again.ts}
    assert (len(one.left), ended) == (2, 0)


async def has_delivered(one: Worker, cluster: Cluster, count: int) -> bool:
    one.keep_alive()
    assert set(one.left) <= {-9}, one.log.read_text("utf-8")[-800:]
    return (await states(cluster))["delivered"] == count
