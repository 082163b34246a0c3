"""The whole system: a page appears on a feed, and the fake Slack gets an explained message."""

import asyncio
import json
from pathlib import Path

from services.console.fake_slack.server import FakeSlack
from services.console.local.supervisor import ProgramSpec
from shared.base.ports import NAMES
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from tests.e2e.system import running
from tests.e2e.wire import Wire

RULE = """\
rules:
  - id: second-summit
    title: A second Trump–Kim summit
    severity: high
    when: actor(donald-trump) AND actor(kim-jong-un) AND summit
    notify: [slack:newsroom]
    tests:
      - article:
          headline: Trump and Kim Jong Un to hold summit
          body: President Donald Trump will meet Kim Jong Un.
          date: 2018-09-11
        fires: true
"""
LEAD = (
    "President Donald Trump will meet North Korean leader Kim Jong Un at a second summit, "
    "the White House said on Monday."
)
MORE = (
    "No place or date was named, but both sides have said that they want to meet soon, "
    "officials in Washington and Seoul added."
)
DEADLINE_S = 90.0


def files(folder: Path, wire: Wire) -> dict[str, str]:
    """Write a rule file and a feed file; return the environment that names them."""
    (folder / "rules").mkdir()
    (folder / "rules" / "summit.yaml").write_text(RULE, "utf-8")
    (folder / "feeds.yaml").write_text(
        f"feeds:\n- {{url: '{wire.url}', source: wire, interval: 1s}}\n", "utf-8"
    )
    return {
        "RULES_DIR": str(folder / "rules"),
        "FEEDS_FILE": str(folder / "feeds.yaml"),
        "FETCH_ALLOW": "127.0.0.1",
        "DELIVERY_ALLOW": "127.0.0.1",
    }


async def test_a_page_on_a_feed_becomes_one_explained_message(
    cluster: Cluster, tmp_path: Path
) -> None:
    """One message, with headline, source and the matched words; none for the other story."""
    await topic_admin.create(cluster)
    async with Wire() as wire, FakeSlack(port=0) as sink:
        environment = files(tmp_path, wire) | {"SLACK_WEBHOOK_URL": sink.url("newsroom")}
        programs = [ProgramSpec(name, ["run", name], environment) for name in NAMES]
        async with running(cluster, programs) as system:
            await system.ready()
            wire.publish(
                1,
                "Harvest festival draws a record crowd",
                "The festival drew a record crowd in spite of the rain.",
                MORE,
            )
            wire.publish(2, "Trump and Kim plan a second summit", LEAD, MORE)
            async with asyncio.timeout(DEADLINE_S):
                while not sink.posts:
                    await asyncio.sleep(0.1)
            polls = wire.polls
            while wire.polls < polls + 2:  # two polls more: what was posted is not posted again
                await asyncio.sleep(0.1)
        (post,) = sink.posts
    told = json.dumps(post.payload, ensure_ascii=False)
    for part in (
        "Trump and Kim plan a second summit",
        "A second Trump–Kim summit",
        "wire",
        f"http://127.0.0.1:{wire.port}/story/2",
        "*summit*",
    ):
        assert part in told, told
    assert "Subscribe" not in told
    assert not [line for line in system.lines if "secret" in line or sink.url("newsroom") in line]
