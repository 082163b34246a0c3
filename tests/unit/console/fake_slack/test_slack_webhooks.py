"""Webhooks of the stand-in: what they take in which form, and each answer of Slack."""

import asyncio
import resource
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.console.fake_slack.events import (
    AcceptedPost,
    ReactionChange,
    format_ts,
    parse_event,
)
from services.console.fake_slack.faults import Fault, FaultClock, load_faults
from services.console.fake_slack.messages import MessageFile
from services.console.fake_slack.refusals import WEBHOOK_STATUS
from services.console.fake_slack.server import FakeSlack
from services.console.fake_slack.web_api.methods import METHODS
from services.console.fake_slack.workspace import MAX_MESSAGES, SlackWorkspace
from shared.base.exits import ConfigurationError
from shared.base.project import project_root
from shared.files.yaml_document import DocumentError


def a_client() -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, timeout=5)


async def test_takes_json_and_forms() -> None:
    """A form has JSON in ``payload``; JSON that calls itself a form is no payload."""
    async with FakeSlack(per_second=100_000) as slack, a_client() as client:
        url, form = slack.url("room"), "application/x-www-form-urlencoded"
        answers = [
            await client.post(url, data={"payload": '{"text": "a form"}'}),
            await client.post(url, content=b'{"text": "x"}', headers={"content-type": form}),
            await client.post(url, content=b"{"),
        ]
    assert [(answer.status_code, answer.text) for answer in answers] == [
        (200, "ok"),
        (400, "invalid_payload"),
        (400, "invalid_payload"),
    ]
    assert [post.text for post in slack.posts] == ["a form"]


async def test_replies_in_threads() -> None:
    """``thread_ts`` makes a reply, to the parent even if it names another reply."""
    async with FakeSlack(per_second=100_000) as slack, a_client() as client:
        url = slack.url("room")
        await client.post(url, json={"text": "parent"})
        ts = slack.posts[0].ts
        await client.post(url, json={"text": "reply", "thread_ts": ts})
        await client.post(url, json={"text": "another", "thread_ts": slack.posts[1].ts})
        wrong = await client.post(url, json={"text": "x", "thread_ts": "1.2"})
    assert [post.thread_ts for post in slack.posts] == [None, ts, ts]
    assert wrong.text == "invalid_payload"


async def test_an_archived_channel_is_gone() -> None:
    """410, as long as it is archived."""
    workspace = SlackWorkspace(archived={"old"})
    async with FakeSlack(workspace=workspace) as slack, a_client() as client:
        before = await client.post(slack.url("old"), json={"text": "x"})
        workspace.archived.clear()
        after = await client.post(slack.url("old"), json={"text": "x"})
    assert (before.status_code, before.text) == (410, "channel_is_archived")
    assert after.text == "ok"


@pytest.mark.parametrize("error", sorted(WEBHOOK_STATUS))
async def test_refuses_with_each_word(error: str) -> None:
    """By script, with the status that Slack documents for it."""
    async with FakeSlack(faults=[Fault(do="refuse", error=error)]) as slack, a_client() as client:
        answer = await client.post(slack.url("room"), json={"text": "x"})
    assert (answer.status_code, answer.text) == (WEBHOOK_STATUS[error], error)
    assert slack.posts == []


async def test_a_word_of_the_web_api_is_said_as_a_webhook_does() -> None:
    """``is_archived`` and ``ratelimited`` have their own words here."""
    faults = [
        Fault(do="refuse", error="is_archived", at=1),
        Fault(do="refuse", error="ratelimited", at=2),
        Fault(do="refuse", error="message_not_found", at=3),
    ]
    async with FakeSlack(faults=faults) as slack, a_client() as client:
        answers = [await client.post(slack.url("a"), json={"text": "x"}) for _ in faults]
    assert [(answer.status_code, answer.text) for answer in answers] == [
        (410, "channel_is_archived"),
        (429, "rate_limited"),
        (500, "rollup_error"),
    ]


async def test_answers_what_no_slack_would() -> None:
    """A redirect, a page, and a body that comes byte by byte."""
    faults = [
        Fault(do="status", path="/moved", status=302, location="/login"),
        Fault(do="status", path="/page", status=200, content_type="text/xml", body="<a/>"),
        Fault(do="drip", path="/slow", seconds=0.02),
    ]
    async with FakeSlack(faults=faults) as slack, a_client() as client:
        moved = await client.post(slack.url("moved"), json={"text": "x"})
        page = await client.post(slack.url("page"), json={"text": "x"})
        slow = await client.post(slack.url("slow"), json={"text": "x"})
        other = await client.post(slack.url("other"), json={"text": "x"})
    assert (moved.status_code, moved.headers["location"]) == (302, "/login")
    assert (page.text, page.headers["content-type"]) == ("<a/>", "text/xml; charset=utf-8")
    assert (slow.text, other.text) == ("ok", "ok")
    assert [post.hook for post in slack.posts] == ["slow", "other"]


async def test_a_hanging_request_does_not_hold_others() -> None:
    """Faults of one webhook leave the others alone."""
    faults = [Fault(do="hang", path="/hanging", seconds=30)]
    async with FakeSlack(faults=faults) as slack, a_client() as client:
        hanging = asyncio.create_task(client.post(slack.url("hanging"), json={"text": "x"}))
        answer = await client.post(slack.url("other"), json={"text": "x"})
        hanging.cancel()
    assert answer.text == "ok"


def test_a_share_is_what_it_says_and_the_same_every_time() -> None:
    """30 % of a thousand requests, other ones with another seed, others of another webhook."""
    fault, other = (Fault(do="refuse", share=0.3, seed=seed) for seed in (0, 1))
    chosen = [number for number in range(1, 1_001) if fault.hits("/services/a", number)]
    assert 250 < len(chosen) < 350
    assert chosen == [number for number in range(1, 1_001) if fault.hits("/services/a", number)]
    assert chosen != [number for number in range(1, 1_001) if other.hits("/services/a", number)]
    assert chosen != [number for number in range(1, 1_001) if fault.hits("/services/b", number)]


def test_a_fault_ends_with_its_time() -> None:
    """Counted from the first request that met it, not from the start."""
    clock, fault = FaultClock(), Fault(do="status", status=500, after=2, for_s=300)
    times = [(1, 0.0), (2, 50.0), (3, 100.0), (4, 399.0), (5, 400.0), (6, 1_000.0)]
    met = [clock.select([fault], "/services/a", number, "a", at) for number, at in times]
    assert [each is fault for each in met] == [False, False, True, True, False, False]


def test_a_scripts_values_are_checked(tmp_path: Path) -> None:
    """A word that Slack does not say, a share of 30 and a status of 42 have their place."""
    script = tmp_path / "faults.yaml"
    script.write_text(
        "- {do: refuse, error: no_servise}\n- {do: reset, share: 30}\n- {do: status, status: 42}\n"
        "- {do: slow, seconds: -1}\n"
    )
    with pytest.raises(DocumentError) as caught:
        load_faults(script)
    lines = str(caught.value).splitlines()
    assert [line.removeprefix(str(script)).split(":")[1] for line in lines] == ["1", "2", "3", "4"]
    assert "did you mean no_service" in lines[0]


@pytest.mark.parametrize("limit", [0, 10])
async def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path, limit: int) -> None:
    """A message of which only a part fits is answered with 500, and the next one is whole."""
    file = MessageFile(tmp_path / "messages.jsonl")
    async with FakeSlack(message_file=file) as slack, a_client() as client:
        await client.post(slack.url("room"), json={"text": "first"})
        before = file.path.read_bytes()
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + limit, hard))
        try:
            full = await client.post(slack.url("room"), json={"text": "second"})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        between = file.path.read_bytes()
        after = await client.post(slack.url("room"), json={"text": "third"})
    assert (full.status_code, between, after.text) == (500, before, "ok")
    assert [post.text for post in slack.posts] == ["first", "third"]
    assert len(file.load()) == 2


async def test_a_file_of_other_lines_is_refused(tmp_path: Path) -> None:
    """JSON that is no message stops the start with a reason, and is left alone."""
    file = MessageFile(tmp_path / "other.jsonl")
    file.path.write_text('{"number": 1}\n')
    with pytest.raises(ConfigurationError, match="line 1 holds no event"):
        async with FakeSlack(message_file=file):
            pass
    assert file.path.read_text() == '{"number": 1}\n'


def test_lines_of_an_older_version_are_read() -> None:
    """They have neither channel nor ts: the webhook's name and the time stand for them."""
    line = b'{"at":"2026-11-30T10:00:00.123+00:00","hook":"room","payload":{"text":"x"}}\n'
    post = parse_event(line)
    assert isinstance(post, AcceptedPost)
    assert (post.channel, post.ts[-7:]) == ("room", ".123000")


def test_the_oldest_messages_go_first() -> None:
    """A reaction to one that is gone does nothing."""
    workspace = SlackWorkspace()
    for number in range(MAX_MESSAGES + 5):
        ts, payload = format_ts(1_000_000 * number), {"text": str(number)}
        workspace.apply(
            AcceptedPost(hook="a", payload=payload, at_s=number, channel=str(number % 2), ts=ts)
        )
    workspace.apply(ReactionChange(channel="0", ts=format_ts(0), name="x", user="U", is_added=True))
    assert sum(map(len, workspace.channels.values())) == MAX_MESSAGES
    assert next(workspace.newest_first()).post.text == str(MAX_MESSAGES + 4)


def test_an_identifier_is_later_than_every_earlier_one() -> None:
    """Even if the clock goes back, and after a restart."""
    workspace = SlackWorkspace()
    first, second = workspace.next_ts(time.time()), workspace.next_ts(0)
    post: Any = AcceptedPost(hook="a", payload={}, at_s=0, channel="a", ts="9999999999.000001")
    workspace.apply(post)
    assert first < second < "9999999999.000001" < workspace.next_ts(0)


def test_the_documented_script_is_one(tmp_path: Path) -> None:
    """docs/slack-stand-in.md shows a script that loads, and names every field of it."""
    page = (project_root() / "docs" / "slack-stand-in.md").read_text("utf-8")
    script = tmp_path / "faults.yaml"
    script.write_text(page.partition("```yaml\n")[2].partition("```")[0], "utf-8")
    assert {fault.do for fault in load_faults(script)} >= {"refuse", "status", "reset", "drip"}
    undocumented = [name for name in Fault.__dataclass_fields__ if f"`{name}`" not in page]
    assert undocumented == []


def test_the_documented_methods_are_all() -> None:
    """The page lists what the Web API has."""
    page = (project_root() / "docs" / "slack-stand-in.md").read_text("utf-8")
    families = {method.rpartition(".")[0] for method in METHODS}
    assert [method for method in METHODS if f".{method.rpartition('.')[2]}" not in page] == []
    assert [family for family in families if f"{family}." not in page] == []
