"""A message's links on a real Kafka: opened, sent, kept, shown; and what nobody answers."""

import asyncio
import json
import re
import secrets
from functools import partial
from pathlib import Path
from typing import Any, Final

import aiohttp

from services.console.fake_slack.server import FakeSlack
from services.console.local.supervisor import ProgramSpec
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import FEEDBACK
from shared.messages.codec import decode
from shared.messages.schemas import Feedback
from tests.cli import run_forked_async
from tests.e2e.system import running
from tests.e2e.test_routes_while_running import send_article
from tests.kafka_tools import consume
from tests.ports import free_port
from tests.stage_tools import eventually

wait = partial(eventually, deadline_s=60.0)
AFTER_S: Final = 10
RULES: Final = "- {id: summit, title: T, severity: high, when: 'summit', notify: [slack:desk]}\n"
ROUTES: Final = f"""\
receivers:
  - {{name: chief, notify: [slack:chief]}}
route:
  escalate: {{after: {AFTER_S}s, to: chief, from: high}}
"""


def link_in(post: Any, action: str) -> str:
    """Return the address of one of a message's links."""
    found = re.search(rf"<([^<>|]*/feedback/{action}/[^|]*)\|", json.dumps(post.payload))
    assert found is not None, post.payload
    return found[1]


async def load_feedback(cluster: Cluster) -> list[Feedback]:
    return [decode(record.value, Feedback) for record in await consume(cluster, FEEDBACK.name)]


async def test_a_message_is_acknowledged_by_its_link_and_another_is_escalated(
    cluster: Cluster, tmp_path: Path
) -> None:
    """Opening links acknowledges nothing; the form does, and its story is not escalated. The other
    one goes to the chief once, although the process is killed meanwhile.
    """
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(RULES, "utf-8")
    (tmp_path / "routes.yaml").write_text(ROUTES, "utf-8")
    (tmp_path / "link.keys").write_text(secrets.token_hex(32), "utf-8")
    await topic_admin.create(cluster)
    board_url = f"http://127.0.0.1:{(port := free_port())}"
    async with FakeSlack(port=0) as sink:
        names = ("desk", "chief")
        environment = {
            "RULES_DIR": str(tmp_path / "rules"),
            "ROUTES_FILE": str(tmp_path / "routes.yaml"),
            "SLACK_WEBHOOKS": "\n".join(f"{name}: {sink.url(name)}" for name in names),
            "DELIVERY_ALLOW": "127.0.0.1",
            "BOARD_URL": board_url,
            "BOARD_SERVICES": "",
            "LINK_KEYS_FILE": str(tmp_path / "link.keys"),
        }
        alerting = ProgramSpec("alerting", ["run", "alerting"], environment)
        board = ProgramSpec("board", ["run", "board"], environment | {"HTTP_PORT": str(port)})
        async with running(cluster, [alerting, board]) as system:
            system.ports = {**system.ports, "board": port}  # as in BOARD_URL
            await system.ready()
            for number in (1, 2):
                await send_article(cluster, number)
            await wait(lambda: len(sink.posts) == 2, "both messages")
            first, second = sink.posts
            await answer(link_in(first, "acknowledge"), cluster)
            system.kill("alerting")
            await wait(lambda: len(sink.posts) == 3, "the escalation")
            await asyncio.sleep(1.5)  # nothing else follows
            assert len(sink.posts) == 3
            await check_board(board_url)
    assert [post.hook for post in sink.posts].count("chief") == 1
    escalated = json.dumps(sink.posts[2].payload)
    assert "Escalated" in escalated
    assert f"Not acknowledged at slack:desk within {AFTER_S} s." in escalated
    assert link_in(second, "wrong").split("/")[2] == link_in(sink.posts[2], "wrong").split("/")[2]


async def answer(link: str, cluster: Cluster) -> None:
    """Open a link like a scanner, then send its form like a browser; the fact is kept and listed."""
    async with aiohttp.ClientSession() as session:
        for _ in range(3):
            async with session.get(link) as opened:
                assert (opened.status, "<form" in await opened.text()) == (200, True)
        assert await load_feedback(cluster) == []
        form = {"author": "Ana Kim", "comment": "on it"}
        async with session.post(link, data=form, headers={"Origin": "http://evil.example"}) as sent:
            assert sent.status == 403
        origin = "/".join(link.split("/")[:3])
        async with session.post(link, data=form, headers={"Origin": origin}) as sent:
            assert (sent.status, "Acknowledged" in await sent.text()) == (200, True)
    (feedback,) = await load_feedback(cluster)
    assert (feedback.author, feedback.rules, feedback.destination) == (
        "Ana Kim",
        ("summit",),
        "slack:desk",
    )
    settings = {
        "KAFKA_BOOTSTRAP": cluster.settings.kafka_bootstrap,
        "KAFKA_TOPIC_PREFIX": cluster.settings.kafka_topic_prefix,
    }
    listed = await run_forked_async("feedback", "list", "--json", environment=settings)
    assert [json.loads(line)["id"] for line in listed.lines] == [feedback.feedback_id]
    measured = await run_forked_async("feedback", "rules", "--json", environment=settings)
    (rule,) = [json.loads(line) for line in measured.lines]
    assert (rule["rule"], rule["title"], rule["right"], rule["messages"]) == ("summit", "T", 1, 2)


async def check_board(url: str) -> None:
    """The acknowledged story says by whom, the other one that it was escalated; the rule is right."""
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{url}/api/stories") as response:
            stories = [each["story"] for each in await response.json()]
        async with session.get(f"{url}/api/rules") as response:
            (rule,) = await response.json()
    said = [(entry["kind"], entry["author"]) for story in stories for entry in story["desk"]]
    assert said == [("acknowledged", "Ana Kim")]
    kinds = [[entry["kind"] for entry in story["timeline"]] for story in stories]
    assert sorted(kinds) == [["first"], ["first", "escalation"]]
    assert (rule["rule"], rule["right"], rule["alerts"], rule["messages"]) == ("summit", 1, 2, 2)
    assert (rule["precision"], rule["state"], round(rule["low"], 2)) == (1.0, "active", 0.21)
