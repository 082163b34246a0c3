"""The stand-in's Web API, as Slack's own client meets it."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from services.console.fake_slack.events import parse_event
from services.console.fake_slack.faults import Fault
from services.console.fake_slack.messages import MessageFile
from services.console.fake_slack.server import FakeSlack
from services.console.fake_slack.workspace import SlackWorkspace, channel_id

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*hello*"}}
NO_SUCH_TS = "1503435956.000247"


@asynccontextmanager
async def slack(**settings: Any) -> AsyncIterator[tuple[FakeSlack, AsyncWebClient]]:
    """Run a stand-in, and yield it with a client for its bot's token."""
    async with FakeSlack(**{"per_second": 100_000.0, **settings}) as stand_in:
        yield stand_in, client_of(stand_in)


def client_of(stand_in: FakeSlack, token: str | None = None) -> AsyncWebClient:
    return AsyncWebClient(token=token or stand_in.token, base_url=f"{stand_in.base_url}api/")


async def error_of(call: Awaitable[Any]) -> str:
    """Return the error that a call ends with."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_a_text_without_blocks_replaces_them() -> None:
    """So says the documentation of chat.update."""
    async with slack() as (_, bot):
        parent = await bot.chat_postMessage(channel="newsroom", text="first", blocks=[SECTION])
        await bot.chat_update(channel=parent["channel"], ts=parent["ts"], text="edited")
        (message,) = (await bot.conversations_history(channel=parent["channel"]))["messages"]
    assert message["text"] == "edited"
    assert "blocks" not in message


async def test_a_broadcast_reply_is_in_its_thread_and_in_the_channel() -> None:
    """Another reply is in its thread only; without a thread the argument means nothing."""
    async with slack() as (stand_in, bot):
        parent = await bot.chat_postMessage(channel="newsroom", text="first", reply_broadcast=True)
        place = {"channel": parent["channel"], "thread_ts": parent["ts"]}
        await bot.chat_postMessage(text="quiet", **place)
        await bot.chat_postMessage(text="loud", reply_broadcast=True, **place)
        history = (await bot.conversations_history(channel=parent["channel"]))["messages"]
        thread = await bot.conversations_replies(channel=parent["channel"], ts=parent["ts"])
        async with httpx.AsyncClient() as browser:
            page = (await browser.get(f"{stand_in.base_url}?channel=newsroom")).text
    assert [each["text"] for each in history] == ["loud", "first"]
    assert [each.get("subtype") for each in history] == ["thread_broadcast", None]
    assert [each["text"] for each in thread["messages"]] == ["first", "quiet", "loud"]
    assert page.count("Also sent to the channel") == 1
    kept = [parse_event(post.to_line()) for post in stand_in.posts]
    assert [each.is_broadcast for each in kept] == [False, False, True]  # type: ignore[union-attr]


async def test_a_thread_an_edit_and_a_reaction() -> None:
    """What the bot does to a message is there when it reads it again."""
    async with slack() as (stand_in, bot):
        parent = await bot.chat_postMessage(channel="newsroom", text="first", blocks=[SECTION])
        channel, ts = parent["channel"], parent["ts"]
        reply = await bot.chat_postMessage(channel=channel, text="second", thread_ts=ts)
        note = [{"color": "#9ca3af", "fallback": "two articles", "blocks": [SECTION]}]
        await bot.chat_update(channel=channel, ts=ts, attachments=note)
        await bot.reactions_add(channel=channel, timestamp=ts, name="eyes")
        history = (await bot.conversations_history(channel=channel))["messages"]
        thread = (await bot.conversations_replies(channel=channel, ts=ts))["messages"]
        found = await bot.reactions_get(channel=channel, timestamp=ts)
    assert [each["text"] for each in history] == ["first"]
    assert history[0]["blocks"] == [SECTION], "blocks stay if neither they nor a text are named"
    assert history[0]["attachments"] == note
    assert history[0]["edited"]["user"] == history[0]["user"]
    assert (history[0]["reply_count"], history[0]["latest_reply"]) == (1, reply["ts"])
    assert [each["text"] for each in thread] == ["first", "second"]
    assert thread[1]["thread_ts"] == ts
    (reaction,) = found["message"]["reactions"]
    assert (reaction["name"], reaction["count"]) == ("eyes", 1)
    assert [post.text for post in stand_in.posts] == ["first", "second"], "an edit is no post"


async def test_a_person_acknowledges_on_the_page() -> None:
    """The bot sees who reacted; pressed again, the reaction is gone."""
    async with slack() as (stand_in, bot), httpx.AsyncClient(trust_env=False) as browser:
        posted = await bot.chat_postMessage(channel="newsroom", text="acknowledge me")
        channel, ts = posted["channel"], posted["ts"]
        fields = {"channel": channel, "ts": ts, "user": "U0EDITOR", "name": "white_check_mark"}
        address = f"{stand_in.base_url}reactions"
        answer = await browser.post(address, data=fields)
        before = await bot.reactions_get(channel=channel, timestamp=ts)
        user = await bot.users_info(user="U0EDITOR")
        await browser.post(address, data=fields)
        after = await bot.reactions_get(channel=channel, timestamp=ts)
        wrong = [
            (await browser.post(address, data={**fields, name: value})).status_code
            for name, value in (("ts", NO_SUCH_TS), ("user", "U0NOBODY"), ("name", "<b>"))
        ]
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/archives/{channel}?user=U0EDITOR#p{ts.replace('.', '')}",
    )
    assert before["message"]["reactions"] == [
        {"name": "white_check_mark", "users": ["U0EDITOR"], "count": 1}
    ]
    assert user["user"]["profile"]["display_name"] == "Editor"
    assert "reactions" not in after["message"]
    assert wrong == [404, 400, 400]


async def test_refuses_as_slack_does() -> None:
    """Each wrong call gets the error that Slack documents for it."""
    workspace = SlackWorkspace(
        names={"newsroom", "old", "closed"}, archived={"old"}, not_joined={"closed"}
    )
    async with slack(workspace=workspace) as (stand_in, bot):
        posted = await bot.chat_postMessage(channel="#newsroom", text="hello")
        channel, ts = posted["channel"], posted["ts"]
        await bot.reactions_add(channel=channel, timestamp=ts, name="eyes")
        header = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
        post = bot.chat_postMessage
        cases: list[tuple[Awaitable[Any], str]] = [
            (post(channel="elsewhere", text="x"), "channel_not_found"),
            (post(channel="old", text="x"), "is_archived"),
            (post(channel="closed", text="x"), "not_in_channel"),
            (post(channel=channel, text=""), "no_text"),
            (post(channel=channel, text="x" * 40_001), "msg_too_long"),
            (post(channel=channel, text="x", blocks=[header]), "invalid_blocks"),
            (post(channel=channel, text="x", blocks="{no json"), "invalid_blocks_format"),
            (post(channel=channel, text="x", thread_ts="0"), "invalid_thread_ts"),
            (post(channel=channel, text="x", thread_ts=NO_SUCH_TS), "thread_not_found"),
            (bot.chat_update(channel=channel, ts=NO_SUCH_TS, text="x"), "message_not_found"),
            (bot.chat_update(channel="newsroom", ts=ts, text="x"), "channel_not_found"),
            (bot.reactions_add(channel=channel, timestamp=ts, name="eyes"), "already_reacted"),
            (bot.reactions_add(channel=channel, timestamp=ts, name="a b"), "invalid_name"),
            (bot.reactions_remove(channel=channel, timestamp=ts, name="x"), "no_reaction"),
            (bot.reactions_get(channel=channel, timestamp="soon"), "bad_timestamp"),
            (bot.reactions_get(channel=channel), "no_item_specified"),
            (bot.conversations_history(channel=channel_id("closed")), "not_in_channel"),
            (bot.conversations_history(channel=channel, cursor="?"), "invalid_cursor"),
            (bot.conversations_history(channel=channel, oldest="?"), "invalid_ts_oldest"),
            (bot.users_info(user="U0NOBODY"), "user_not_found"),
            (bot.api_call("chat.shout"), "unknown_method"),
            (client_of(stand_in, "xoxb-wrong").auth_test(), "invalid_auth"),
        ]
        results = [(await error_of(call), expected) for call, expected in cases]
        posts = len(stand_in.posts)
    assert [got for got, _ in results] == [expected for _, expected in results]
    assert posts == 1


async def test_a_token_is_needed() -> None:
    """A call without one, and one whose body is not what it says, are refused."""
    async with slack() as (stand_in, bot), httpx.AsyncClient(trust_env=False) as client:
        address = f"{stand_in.base_url}api/auth.test"
        answers = [
            (await client.post(address)).json(),
            (await client.post(address, json=[])).json(),
            (
                await client.post(
                    address, content=b"{", headers={"content-type": "application/json"}
                )
            ).json(),
            (
                await client.post(address, content=b"x", headers={"content-type": "text/plain"})
            ).json(),
            (await client.post(address, data={"token": stand_in.token})).json(),
        ]
        identity = await bot.auth_test()
    errors = [answer.get("error") for answer in answers]
    assert errors == ["not_authed", "json_not_object", "invalid_json", "invalid_post_type", None]
    assert identity["user_id"] == answers[-1]["user_id"]


async def test_messages_of_a_webhook_are_read_but_not_edited() -> None:
    """A bot may only edit what it posted itself."""
    async with slack() as (stand_in, bot), httpx.AsyncClient(trust_env=False) as client:
        await client.post(stand_in.url("newsroom"), json={"text": "from a webhook"})
        channel = channel_id("newsroom")
        (message,) = (await bot.conversations_history(channel=channel))["messages"]
        error = await error_of(bot.chat_update(channel=channel, ts=message["ts"], text="x"))
    assert (message["text"], message["subtype"]) == ("from a webhook", "bot_message")
    assert error == "cant_update_message"


async def test_keeps_the_pace_of_channels_and_methods() -> None:
    """A few messages at once in each channel, then 429 ``ratelimited``; reading has its own."""
    async with slack(per_second=0.001, per_minute=2) as (stand_in, bot):
        for _ in range(3):
            posted = await bot.chat_postMessage(channel="newsroom", text="x")
        with pytest.raises(SlackApiError) as caught:
            await bot.chat_postMessage(channel=posted["channel"], text="one too many")
        await bot.chat_postMessage(channel="ops", text="another channel")
        for _ in range(2):
            await bot.conversations_history(channel=posted["channel"])
        reading = await error_of(bot.conversations_history(channel=posted["channel"]))
    response: Any = caught.value.response
    assert (response.status_code, response["error"]) == (429, "ratelimited")
    assert response.headers["Retry-After"] == "1"
    assert reading == "ratelimited"
    assert len(stand_in.posts) == 4


async def test_history_comes_in_pages_of_a_time() -> None:
    """Newest first, each message once, between ``oldest`` and ``latest``."""
    async with slack() as (_, bot):
        posted = [await bot.chat_postMessage(channel="a", text=str(n)) for n in range(7)]
        channel, cursor = posted[0]["channel"], ""
        texts: list[list[str]] = []
        while not texts or cursor:
            page = await bot.conversations_history(channel=channel, limit=3, cursor=cursor or None)
            texts.append([each["text"] for each in page["messages"]])
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
        bounds = {"oldest": posted[2]["ts"], "latest": posted[4]["ts"]}
        between = await bot.conversations_history(channel=channel, **bounds)
        inclusive = await bot.conversations_history(channel=channel, **bounds, inclusive=True)
    assert texts == [["6", "5", "4"], ["3", "2", "1"], ["0"]]
    assert [each["text"] for each in between["messages"]] == ["3"]
    assert [each["text"] for each in inclusive["messages"]] == ["4", "3", "2"]


async def test_edits_threads_and_reactions_outlive_a_restart(tmp_path: Path) -> None:
    """The workspace is the same after it, and goes on."""
    file = MessageFile(tmp_path / "messages.jsonl")
    async with slack(message_file=file) as (_, bot):
        parent = await bot.chat_postMessage(channel="newsroom", text="first")
        channel, ts = parent["channel"], parent["ts"]
        await bot.chat_postMessage(channel=channel, text="second", thread_ts=ts)
        await bot.chat_update(channel=channel, ts=ts, text="edited")
        for name in ("eyes", "x"):
            await bot.reactions_add(channel=channel, timestamp=ts, name=name)
        await bot.reactions_remove(channel=channel, timestamp=ts, name="x")
        before = (await bot.conversations_replies(channel=channel, ts=ts))["messages"]
    async with slack(message_file=file) as (_, bot):
        after = (await bot.conversations_replies(channel=channel, ts=ts))["messages"]
        third = await bot.chat_postMessage(channel=channel, text="third")
    assert after == before
    assert [each["name"] for each in after[0]["reactions"]] == ["eyes"]
    assert third["ts"] > after[1]["ts"]


@pytest.mark.parametrize(
    ("word", "status", "error"),
    [
        ("rate_limited", 429, "ratelimited"),
        ("channel_is_archived", 200, "is_archived"),
        ("no_service", 200, "fatal_error"),
    ],
)
async def test_a_fault_speaks_the_language_of_what_was_asked(
    word: str, status: int, error: str
) -> None:
    """A script for webhooks and the bot alike: each answers with its own word and status."""
    async with slack(faults=[Fault(do="refuse", error=word)]) as (_, bot):
        with pytest.raises(SlackApiError) as caught:
            await bot.chat_postMessage(channel="newsroom", text="x")
    response: Any = caught.value.response
    assert (response.status_code, response["error"]) == (status, error)


async def test_calls_misbehave_by_method_and_channel() -> None:
    """A fault may name both; what it does not name is unharmed."""
    faults = [
        Fault(do="refuse", error="is_archived", channel="old", path="/chat.postMessage"),
        Fault(
            do="refuse", error="ratelimited", path="Message", channel="busy", times=1, retry_after=7
        ),
        Fault(do="refuse", error="fatal_error", path="/chat.update", accept=True),
    ]
    async with slack(faults=faults) as (stand_in, bot):
        archived = await error_of(bot.chat_postMessage(channel="old", text="x"))
        with pytest.raises(SlackApiError) as caught:
            await bot.chat_postMessage(channel="busy", text="x")
        posted = await bot.chat_postMessage(channel="busy", text="y")
        lost = await error_of(bot.chat_update(channel=posted["channel"], ts=posted["ts"], text="z"))
        message = stand_in.workspace.find("busy", posted["ts"])
    response: Any = caught.value.response
    assert (archived, lost) == ("is_archived", "fatal_error")
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    assert message is not None
    assert message.post.text == "z", "the answer was lost, the edit was not"
