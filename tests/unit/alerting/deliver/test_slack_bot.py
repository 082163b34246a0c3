"""Slack by a bot's token: threads, the edited first message, and what each answer means."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import Block

from services.alerting.deliver.channels.addresses import AddressError, Addresses
from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.channel import Post, ThreadingChannel
from services.alerting.deliver.channels.slack_bot.api_answers import THREAD_LOST, classify_call
from services.alerting.deliver.channels.slack_bot.bot_settings import (
    API_URL,
    BotSettings,
    parse_bot_settings,
)
from services.alerting.deliver.channels.slack_bot.parent_edits import MAX_PENDING, ParentEdits
from services.alerting.deliver.channels.slack_bot.thread_state import build_state
from services.alerting.deliver.channels.table import ChannelAddresses, build_channels
from services.alerting.deliver.grouping.threads import thread_after
from services.alerting.settings import AlertingSettings
from services.console.fake_slack.faults import Fault
from services.console.fake_slack.refusals import API_ERRORS
from services.console.fake_slack.server import FakeSlack
from services.console.fake_slack.workspace import SlackWorkspace, channel_id
from shared.base.exits import ConfigurationError
from shared.http.clients import delivery_client
from shared.messages.codec import decode, encode
from shared.messages.schemas import Notification, NotifiedArticle, Story, StoryThread, TimeSource

Make = Callable[..., Notification]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
NOON = datetime(2018, 9, 10, 12, 5, tzinfo=UTC)
TOKEN = "xoxb-verysecret-token"
CHANNEL = channel_id("newsroom")


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        *((error, "unsent") for error in ("ratelimited", "rate_limited", "request_timeout")),
        *((error, "unsent") for error in sorted(THREAD_LOST)),
        *((error, "in_doubt") for error in ("fatal_error", "internal_error")),
        ("service_unavailable", "in_doubt"),
        *((error, "malformed") for error in ("invalid_blocks", "msg_too_long", "no_text")),
        *((error, "malformed") for error in ("too_many_attachments", "msg_blocks_too_long")),
        *((error, "malformed") for error in ("invalid_blocks_format", "invalid_arguments")),
        *((error, "gone") for error in ("channel_not_found", "is_archived", "not_in_channel")),
        *((error, "gone") for error in ("invalid_auth", "not_authed", "token_revoked")),
        *((error, "gone") for error in ("token_expired", "account_inactive", "missing_scope")),
        *((error, "gone") for error in ("ekm_access_denied", "restricted_action", "no_permission")),
        *((error, "gone") for error in ("org_login_required", "a_word_of_tomorrow", "")),
    ],
)
def test_verdict_of_an_error(error: str, verdict: str) -> None:
    """Each error has one meaning; one that nobody knows refuses the channel, and loses nothing."""
    body = orjson.dumps({"ok": False, "error": error})
    answer, ts = classify_call(200, body, {"retry-after": "7"}, NOW)
    assert (answer.verdict, ts) == (verdict, "")
    assert answer.is_thread_lost == (error in THREAD_LOST)
    asked = {"unsent": 0.0 if error in THREAD_LOST else 7.0}.get(verdict)
    assert answer.retry_after_s == asked


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, b'{"ok":true,"ts":"1.2"}', "accepted"),
        (200, b'{"ok":true}', "accepted"),
        (200, b"", "in_doubt"),
        (200, b"ok", "in_doubt"),
        (200, b'{"ok":tr', "in_doubt"),
        (200, b"[1]", "in_doubt"),
        (200, b'{"ok":"yes"}', "in_doubt"),
        (200, b"<html>Log in", "gone"),
        (200, b"Please sign in to continue. " * 9, "gone"),
        (429, b'{"ok":false,"error":"ratelimited"}', "unsent"),
        (302, b"", "gone"),
        (401, b"", "gone"),
        (500, b"", "in_doubt"),
        (503, b'{"ok":false,"error":"service_unavailable"}', "in_doubt"),
        (413, b"", "malformed"),
    ],
)
def test_verdict_of_a_response(status: int, body: bytes, verdict: str) -> None:
    """A status other than 200 means what it means for a webhook; 200 without ok accepts nothing."""
    assert classify_call(status, body, {}, NOW)[0].verdict == verdict


def test_no_answer_repeats_what_was_sent() -> None:
    """Only a short error word is shown."""
    body = orjson.dumps({"ok": False, "error": f"invalid {TOKEN}", "message": {"text": TOKEN}})
    assert classify_call(200, body, {}, NOW)[0].detail == "200 that refuses"


def test_settings_of_the_bot() -> None:
    """One channel for all names, or one for each; the rest of the names have the webhook."""
    one = parse_bot_settings(CHANNEL, TOKEN, API_URL)
    assert (one.channel_id("any"), one.hosts()) == (CHANNEL, frozenset({"slack.com"}))
    two = parse_bot_settings(
        "desk: C0123456789\nops: G0123456789", TOKEN, "https://slack-gov.com/api"
    )
    assert [two.channel_id(name) for name in ("desk", "ops", "any")] == [
        "C0123456789",
        "G0123456789",
        None,
    ]
    assert two.api_url == "https://slack-gov.com/api/"
    none = parse_bot_settings(None, TOKEN, API_URL)
    assert (none.channel_id("desk"), none.hosts()) == (None, frozenset())
    assert TOKEN not in repr((one, two))


@pytest.mark.parametrize(
    ("document", "token", "api_url", "problem"),
    [
        ("desk: '#newsroom'", TOKEN, API_URL, "SLACK_CHANNELS: desk: is not a channel's id"),
        ("newsroom", TOKEN, API_URL, "SLACK_CHANNELS: is not a channel's id"),
        ("[C0123456789]", TOKEN, API_URL, "SLACK_CHANNELS: is not a channel's id"),
        ("desk: {", TOKEN, API_URL, "SLACK_CHANNELS: neither YAML nor JSON"),
        ("desk: C0123456789", None, API_URL, "set SLACK_BOT_TOKEN or SLACK_BOT_TOKEN_FILE"),
        ("desk: C0123456789", f"{TOKEN}\nx", API_URL, "SLACK_BOT_TOKEN is not a token"),
        ("desk: C0123456789", TOKEN, "http://slack.com/api/", "SLACK_API_URL is not encrypted"),
    ],
)
def test_mistakes_in_the_settings(
    document: str, token: str | None, api_url: str, problem: str
) -> None:
    """Each says what is wrong and shows no token."""
    with pytest.raises(AddressError) as error:
        parse_bot_settings(document, token, api_url)
    assert problem in str(error.value)
    assert TOKEN not in str(error.value)


def test_a_name_leads_to_one_place() -> None:
    """Two addresses for one name, or for all names, are an error."""
    hook = "https://hooks.slack.example/x"
    settings = AlertingSettings(
        slack_webhooks=f"desk: {hook}", slack_channels="desk: C0123456789", slack_bot_token=TOKEN
    )
    with pytest.raises(ConfigurationError, match="desk: in SLACK_CHANNELS and in SLACK_WEBHOOKS"):
        settings.channel_addresses()
    settings = AlertingSettings(
        slack_webhook_url=hook, slack_channels="C0123456789", slack_bot_token=TOKEN
    )
    with pytest.raises(ConfigurationError, match="both say where all names lead"):
        settings.channel_addresses()
    settings = AlertingSettings(
        slack_webhook_url=hook, slack_channels="desk: C0123456789", slack_bot_token=TOKEN
    )
    assert settings.channel_addresses().hosts() == {"hooks.slack.example", "slack.com"}
    assert TOKEN not in repr(settings.channel_addresses())


async def test_a_story_is_a_thread_and_its_first_message_is_edited(
    make_notification: Make,
) -> None:
    """Replies go to the thread, a correction to the channel, too; the first message is no reply."""
    async with FakeSlack(workspace=SlackWorkspace(names={"newsroom"}), per_second=1e5) as slack:
        bot = bot_of(slack)
        channel = build_channels(delivery_client(hosts=bot.hosts(), allowed=["127.0.0.1"]), bot)[
            "slack"
        ]
        assert isinstance(channel, ThreadingChannel)
        first = await post(channel, replace(make_notification(), kind="first"))
        update = await post(channel, replace(make_notification(), kind="update"), first.thread)
        fixed = await post(channel, replace(make_notification(), kind="correction"), first.thread)
        channel.show_state("newsroom", story_of(3, thread=first.thread))
        edits: ParentEdits = channel.bot.edits  # type: ignore[attr-defined]  # it is a SlackChannel
        edits.sleep = no_sleep
        await edits.wait()
    assert first.thread == StoryThread(address=CHANNEL, message=slack.posts[0].ts)
    assert (update.thread, fixed.thread) == (None, None)
    assert [each.thread_ts for each in slack.posts] == [None, slack.posts[0].ts, slack.posts[0].ts]
    assert [each.is_broadcast for each in slack.posts] == [False, False, True]
    parent = slack.workspace.channels["newsroom"][slack.posts[0].ts].post.payload
    assert parent["blocks"] == slack.posts[0].payload["blocks"]
    assert "3 articles" in parent["attachments"][0]["fallback"]
    assert slack.calls["chat.update", "newsroom"] == 1


async def test_a_thread_that_is_lost_or_elsewhere_is_begun_anew(make_notification: Make) -> None:
    """A deleted message answers thread_not_found; another channel is not asked at all."""
    async with FakeSlack(workspace=SlackWorkspace(names={"newsroom"}), per_second=1e5) as slack:
        bot = bot_of(slack)
        channel = build_channels(delivery_client(hosts=bot.hosts(), allowed=["127.0.0.1"]), bot)[
            "slack"
        ]
        deleted = StoryThread(address=CHANNEL, message="1503435956.000247")
        lost = await post(channel, make_notification(), deleted)
        elsewhere = StoryThread(address="C0THERPLACE", message="1503435956.000247")
        moved = await post(channel, make_notification(), elsewhere)
    assert (lost.verdict, lost.is_thread_lost, lost.retry_after_s) == ("unsent", True, 0.0)
    assert moved.thread is not None
    assert [each.thread_ts for each in slack.posts] == [None]


@pytest.mark.parametrize("error", sorted(API_ERRORS))
async def test_an_edit_that_fails_is_given_up(error: str) -> None:
    """No error of chat.update raises or stays; three tries are all."""
    tries = list[bytes]()

    async def edit(body: bytes) -> Answer:
        tries.append(body)
        answer, _ = classify_call(200, orjson.dumps({"ok": False, "error": error}), {}, NOW)
        return answer

    edits = ParentEdits(edit, sleep=no_sleep)
    edits.add((CHANNEL, "1.2"), b"x")
    await edits.wait()
    assert 1 <= len(tries) <= 3


async def test_only_the_last_state_is_edited() -> None:
    """Of many states of a message the last counts; of too many messages the oldest are left out."""
    bodies = list[bytes]()

    async def edit(body: bytes) -> Answer:
        bodies.append(body)
        return Answer(verdict=Verdict.ACCEPTED)

    edits = ParentEdits(edit, sleep=no_sleep)
    for number in range(5):
        edits.add((CHANNEL, "1.2"), b"%d" % number)
    await edits.wait()
    assert bodies == [b"4"]
    bodies.clear()
    for number in range(MAX_PENDING + 3):
        edits.add((CHANNEL, f"{number}"), b"%d" % number)
    await edits.wait()
    assert (len(bodies), bodies[0]) == (MAX_PENDING, b"3")


@pytest.mark.parametrize(
    ("changes", "shown", "hidden"),
    [
        ({}, ["3 articles", "last: Wire 2, published 10 Sep 2018, 12:05 UTC"], ["Corrected"]),
        ({"sources": ("a", "b", "c")}, ["3 independent sources"], []),
        ({"is_corrected": True}, ["*Corrected, see the thread*", "#d97706"], ["ithdrawn"]),
        ({"withdrawn": 1}, ["*1 of 3 withdrawn*", "#b91c1c"], ["*Withdrawn*"]),
        ({"withdrawn": 3}, ["*Withdrawn*"], ["of 3"]),
    ],
)
def test_state_of_a_story(changes: dict[str, Any], shown: list[str], hidden: list[str]) -> None:
    """It says the number of articles, the last source, and what was corrected or withdrawn."""
    is_corrected = changes.pop("is_corrected", False)
    thread = StoryThread(address=CHANNEL, message="1.2", is_corrected=is_corrected)
    state = build_state(story_of(3, thread=thread, **changes), thread)
    text = orjson.dumps(state).decode()
    assert all(each in text for each in shown)
    assert not [each for each in hidden if each in text]
    (attachment,) = state["attachments"]
    blocks = [Block.parse(block) for block in attachment["blocks"]]
    BlockAttachment(blocks=blocks, color=attachment["color"]).validate_json()  # type: ignore[arg-type]
    assert "blocks" not in state, "chat.update keeps what is not named"
    assert "text" not in state


def test_a_source_cannot_format_the_state() -> None:
    """A source's name is a feed's text."""
    story = story_of(1, source="<!channel> *Wire* :fire:" + "x" * 500)
    thread = StoryThread(address=CHANNEL, message="1.2")
    text = build_state(story, thread)["attachments"][0]["fallback"]
    assert "<!channel>" not in text
    assert "*Wire*" not in text
    assert ":fire:" not in text
    assert len(text) < 300


def test_what_an_answer_makes_of_a_thread(make_notification: Make) -> None:
    """An accepted first post begins it, a correction marks it, a lost one is forgotten."""
    thread = StoryThread(address=CHANNEL, message="1.2")
    story, accepted = story_of(1, thread=thread), Answer(verdict=Verdict.ACCEPTED)
    news = replace(make_notification(), kind="update")
    fix = replace(news, kind="correction")
    assert thread_after(story_of(1), news, accepted) is None
    assert thread_after(story_of(1), news, replace(accepted, thread=thread)) == thread
    assert thread_after(story, news, accepted) == thread
    assert thread_after(story, news, Answer(verdict=Verdict.IN_DOUBT)) == thread
    assert thread_after(story, news, Answer(verdict=Verdict.UNSENT, is_thread_lost=True)) is None
    corrected = thread_after(story, fix, accepted)
    assert corrected is not None
    assert corrected.is_corrected
    still = thread_after(replace(story, thread=corrected), news, accepted)
    assert still == corrected


def test_a_story_without_a_thread_reads_as_before() -> None:
    """Yesterday's stories have none, and yesterday's reader ignores it."""
    story = story_of(2, thread=StoryThread(address=CHANNEL, message="1.2"))
    assert decode(encode(story), Story) == story
    old = orjson.loads(encode(story))
    del old["thread"]
    assert decode(orjson.dumps(old), Story) == replace(story, thread=None)


async def test_faults_of_the_web_api(make_notification: Make) -> None:
    """Each is the answer that the ledger needs; the token is in no answer."""
    faults = [
        Fault(do="status", at=1, status=429, retry_after=2),
        Fault(do="reset", at=2, accept=True),
        Fault(do="refuse", at=3, error="is_archived"),
        Fault(do="status", at=4, status=200, content_type="text/html", body="<html>Log in</html>"),
    ]
    workspace = SlackWorkspace(names={"newsroom"})
    async with FakeSlack(workspace=workspace, per_second=1e5, faults=faults) as slack:
        bot = bot_of(slack)
        channel = build_channels(delivery_client(hosts=bot.hosts(), allowed=["127.0.0.1"]), bot)[
            "slack"
        ]
        answers = [await post(channel, make_notification()) for _ in range(5)]
        wrong = replace(bot, slack_bot=replace(bot.slack_bot, token="xoxb-wrong-token"))
        client = delivery_client(hosts=bot.hosts(), allowed=["127.0.0.1"])
        refused = await post(build_channels(client, wrong)["slack"], make_notification())
    verdicts = ["unsent", "in_doubt", "gone", "gone", "accepted"]
    assert [str(each.verdict) for each in answers] == verdicts
    assert answers[0].retry_after_s == 2.0
    assert (refused.verdict, refused.detail) == ("gone", "200 that refuses: invalid_auth")
    assert slack.token not in repr((answers, refused))


def bot_of(slack: FakeSlack) -> ChannelAddresses:
    bot = BotSettings(
        by_name={"newsroom": CHANNEL}, token=slack.token, api_url=f"{slack.base_url}api/"
    )
    return ChannelAddresses(slack=Addresses(), slack_bot=bot)


async def post(
    channel: Any, notification: Notification, thread: StoryThread | None = None
) -> Answer:
    body = channel.render(Post(notification=notification, thread=thread))
    answer: Answer = await channel.send("newsroom", body, notification.notification_id)
    return answer


async def no_sleep(_seconds: float) -> None:
    return


def story_of(
    count: int,
    *,
    thread: StoryThread | None = None,
    withdrawn: int = 0,
    sources: tuple[str, ...] = (),
    source: str = "",
) -> Story:
    articles = tuple(
        NotifiedArticle(
            article_id=f"a{number}",
            revision="v1",
            version=1,
            source=source or f"Wire {number}",
            headline="Headline",
            uri=f"urn:{number}",
            url=None,
            event_time=NOON,
            event_time_source=TimeSource.PAGE,
            pubstatus="canceled" if number < withdrawn else "usable",
        )
        for number in range(count)
    )
    return Story(
        story_id="s",
        destination="slack:newsroom",
        headline="Headline",
        seen_at=NOON,
        articles=articles,
        article_ids=tuple(each.article_id for each in articles),
        sources=sources,
        thread=thread,
    )
