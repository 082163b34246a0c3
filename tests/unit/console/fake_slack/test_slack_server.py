"""The stand-in for Slack keeps Slack's rules and misbehaves as told."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from services.console.fake_slack.faults import Fault, load_faults
from services.console.fake_slack.server import BURST, FakeSlack
from shared.files.yaml_document import DocumentError

MESSAGE: dict[str, Any] = {"text": "hello"}


async def post(sink: FakeSlack, hook: str = "room", message: Any = None) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.post(
            sink.url(hook), json=MESSAGE if message is None else message, timeout=2
        )


async def test_takes_a_message_and_shows_it() -> None:
    """A good message is answered ``ok`` and shown as a page and as JSON lines."""
    async with FakeSlack() as sink, httpx.AsyncClient(trust_env=False) as client:
        answer = await post(sink, message={"text": "<https://x.example|a &amp; b> <!channel>"})
        base = f"http://127.0.0.1:{sink.port}"
        page, lines = (await client.get(f"{base}/")).text, (await client.get(f"{base}/posts")).text
    assert (answer.status_code, answer.text) == (200, "ok")
    assert ">a &amp; b</a>" in page
    assert "@channel" in page
    assert lines.count("\n") == 1
    assert '"hook":"room"' in lines


async def test_keeps_slacks_pace() -> None:
    """More than a few messages at once get 429 with Retry-After; each webhook has its own limit."""
    async with FakeSlack(per_second=0.001) as sink:  # a busy machine takes a second for a request
        statuses = [(await post(sink)).status_code for _ in range(BURST + 1)]
        refused, content = await post(sink), await post(sink, "other")
    assert statuses == [200] * BURST + [429]
    assert refused.headers["retry-after"] == "1"
    assert content.status_code == 200


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ({}, "no_text"),
        ([], "invalid_payload"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        (
            {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]},
            "invalid_blocks",
        ),
        (
            {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}]},
            "invalid_blocks",
        ),
        (
            {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}]},
            "invalid_blocks",
        ),
        ({"blocks": [{"type": "button"}]}, "invalid_blocks"),
    ],
)
async def test_refuses_what_slack_refuses(message: Any, answer: str) -> None:
    """Empty, oversized and unknown content is answered 400 with Slack's error."""
    async with FakeSlack() as sink:
        got = await post(sink, message=message)
    assert (got.status_code, got.text) == (400, answer)
    assert sink.posts == []


async def test_unknown_webhook_is_no_service() -> None:
    """A removed webhook and a wrong path are answered 404 ``no_service``."""
    async with FakeSlack(gone={"old"}) as sink, httpx.AsyncClient(trust_env=False) as client:
        gone = await post(sink, "old")
        wrong = await client.post(f"http://127.0.0.1:{sink.port}/hooks/T0", json=MESSAGE)
    assert (gone.status_code, gone.text) == (404, "no_service")
    assert wrong.status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/services/room", 200),
        ("/services/T0/B0/room", 200),
        ("/services/", 404),
        ("/services/T0/", 404),
        ("/room", 404),
    ],
)
async def test_a_path_with_a_name_below_services_is_a_webhook(path: str, status: int) -> None:
    """As docs/slack-stand-in.md says."""
    async with FakeSlack() as sink, httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"http://127.0.0.1:{sink.port}{path}", json=MESSAGE)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("{do: statuss}", "'statuss'; did you mean status?"),
        ("{do: explode}", "'explode'; one of status, refuse, hang, reset, slow, drip"),
        ("{do: 3}", "one of status, refuse, hang, reset, slow, drip"),
        ("{at: 1}", "missing required field `do`"),
    ],
)
def test_a_mistake_in_a_fault_names_the_possible_values(
    tmp_path: Path, fault: str, expected: str
) -> None:
    """At its line."""
    script = tmp_path / "faults.yaml"
    script.write_text(f"- {{do: hang}}\n- {fault}\n")
    with pytest.raises(DocumentError) as error:
        load_faults(script)
    assert "faults.yaml:2:" in str(error.value)
    assert expected in str(error.value)


async def test_misbehaves_as_told() -> None:
    """Statuses, broken connections and lost answers happen at the posts the script names."""
    faults = [
        Fault(do="status", at=1, status=429, retry_after=7),
        Fault(do="reset", at=2, accept=True),
        Fault(do="slow", at=3, seconds=0.01),
    ]
    async with FakeSlack(faults=faults) as sink:
        first = await post(sink)
        with pytest.raises(httpx.TransportError):
            await post(sink)
        third = await post(sink)
    assert (first.status_code, first.headers["retry-after"]) == (429, "7")
    assert third.text == "ok"
    assert len(sink.posts) == 2


def test_script_is_checked(tmp_path: Path) -> None:
    """A script's mistakes are reported with line and column."""
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("- {after: 2, times: 1, do: hang, seconds: 3}\n")
    bad.write_text("- {do: explode}\n- {do: status, statsu: 500}\n")
    (fault,) = load_faults(good)
    assert [number for number in range(1, 6) if fault.hits("/services/T/B/x", number)] == [3]
    with pytest.raises(DocumentError, match=r"bad.yaml:1.*\n.*bad.yaml:2.*did you mean status"):
        load_faults(bad)
