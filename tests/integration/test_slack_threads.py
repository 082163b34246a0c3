"""Stories as threads of Slack, with a real broker: they survive restarts and other owners."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from services.alerting.deliver.channels.slack_bot.bot_settings import BotSettings
from services.console.fake_slack.faults import Fault
from services.console.fake_slack.server import FakeSlack
from services.console.fake_slack.workspace import SlackMessage, SlackWorkspace, channel_id
from shared.kafka.cluster import Cluster
from shared.messages.schemas import Change, Dispatch
from tests.delivery_tools import create_topics, delivering, dispatch, publish, states, until


def correction_of(number: int, version: int = 2) -> Dispatch:
    """Return the correction of an invented dispatch's article."""
    first = dispatch(number)
    assert first.article is not None
    article = replace(
        first.article.article,
        revision=f"v{version}",
        version=version,
        headline=f"Corrected {version} {first.article.article.headline}",
        changes=(Change(field="headline", start=0, end=11, removed="Mistaken"),),
    )
    return replace(
        first,
        dispatch_id=f"correction-{number}-{version}",
        kind="revision",
        article=replace(first.article, article=article),
        alerts=(),
    )


def withdrawal_of(number: int) -> Dispatch:
    """Return the withdrawal of an invented dispatch's article."""
    first = dispatch(number)
    assert first.article is not None
    article = replace(first.article.article, revision="v9", version=9, pubstatus="canceled")
    return replace(
        first,
        dispatch_id=f"withdrawal-{number}",
        kind="withdrawal",
        article=replace(first.article, article=article),
        alerts=(),
    )


@asynccontextmanager
async def slack(faults: list[Fault] | None = None) -> AsyncIterator[tuple[FakeSlack, BotSettings]]:
    """Run the stand-in with one channel, and yield it with the bot's settings."""
    workspace = SlackWorkspace(names={"desk"})
    async with FakeSlack(workspace=workspace, per_second=1e5, faults=faults or []) as stand_in:
        yield (
            stand_in,
            BotSettings(
                by_name={"newsroom": channel_id("desk")},
                token=stand_in.token,
                api_url=f"{stand_in.base_url}api/",
            ),
        )


def messages_of(stand_in: FakeSlack) -> list[SlackMessage]:
    return list(stand_in.workspace.channels.get("desk", {}).values())


async def test_a_story_stays_one_thread_over_restarts(cluster: Cluster) -> None:
    """Each deliverer replies to the first message, which says what the story has come to."""
    await create_topics(cluster)
    async with slack() as (stand_in, bot):
        async with delivering(cluster, {}, bot=bot):
            await publish(cluster, dispatch(1), dispatch(2))
            await until(lambda: len(stand_in.posts) == 2, "two first messages")
        async with delivering(cluster, {}, bot=bot):
            await publish(cluster, correction_of(1))
            await until(lambda: len(stand_in.posts) == 3, "the correction")
            await until(lambda: bool(messages_of(stand_in)[0].edited_ts), "the edit")
        edited = messages_of(stand_in)[0].edited_ts
        shown = str(messages_of(stand_in)[0].post.payload["attachments"])
        async with delivering(cluster, {}, bot=bot):
            await publish(cluster, withdrawal_of(1))
            await until(lambda: len(stand_in.posts) == 4, "the withdrawal")
            await until(lambda: messages_of(stand_in)[0].edited_ts != edited, "another edit")
    first, other, correction, withdrawal = stand_in.posts
    assert [first.thread_ts, other.thread_ts] == [None, None]
    assert [correction.thread_ts, withdrawal.thread_ts] == [first.ts, first.ts]
    assert correction.is_broadcast
    assert withdrawal.is_broadcast
    assert "1 article · last: Example Wire" in shown
    assert "Corrected" in shown
    parent = messages_of(stand_in)[0].post.payload
    assert "*Withdrawn*" in str(parent["attachments"])
    assert parent["blocks"] == first.payload["blocks"], "the message itself stays"
    assert messages_of(stand_in)[1].edited_ts is None
    assert not [post for post in stand_in.posts if "possible repeat" in post.text]
    assert (await states(cluster))["delivered"] == 4


async def test_edits_that_fail_hold_nothing_up(cluster: Cluster) -> None:
    """While chat.update hangs or is refused, every message arrives once, unmarked."""
    await create_topics(cluster)
    faults = [
        Fault(do="hang", path="/chat.update", at=1, seconds=30),
        Fault(do="refuse", path="/chat.update", error="cant_update_message"),
    ]
    async with slack(faults) as (stand_in, bot), delivering(cluster, {}, bot=bot, read_s=1.0):
        await publish(cluster, dispatch(1))
        await until(lambda: len(stand_in.posts) == 1, "the first message")
        for version in (2, 3):
            await publish(cluster, correction_of(1, version))
            await until(lambda: len(stand_in.posts) == version, "a correction")  # noqa: B023 - it is awaited in the loop
        await until(lambda: stand_in.calls["chat.update", "desk"] > 1, "the edits were tried")
    assert not [post for post in stand_in.posts if "possible repeat" in post.text]
    assert messages_of(stand_in)[0].edited_ts is None


async def test_a_deleted_first_message_begins_another_thread(cluster: Cluster) -> None:
    """What follows goes to the channel at once, unmarked, and later replies go there."""
    await create_topics(cluster)
    async with slack() as (stand_in, bot), delivering(cluster, {}, bot=bot):
        await publish(cluster, dispatch(1))
        await until(lambda: len(stand_in.posts) == 1, "the first message")
        stand_in.workspace.channels["desk"].clear()
        await publish(cluster, correction_of(1))
        await until(lambda: len(stand_in.posts) == 2, "the correction")
        await publish(cluster, correction_of(1, 3))
        await until(lambda: len(stand_in.posts) == 3, "its correction")
    assert [post.thread_ts for post in stand_in.posts] == [None, None, stand_in.posts[1].ts]
    assert not [post for post in stand_in.posts if "possible repeat" in post.text]
