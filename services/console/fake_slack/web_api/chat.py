"""``chat.postMessage``, ``chat.update`` and ``chat.getPermalink``. Pure."""

from collections.abc import Mapping
from typing import Any

from services.alerting.deliver.channels.slack_sizes import find_problems, refusal
from services.console.fake_slack.events import BOT, AcceptedPost, MessageEdit
from services.console.fake_slack.web_api.arguments import ApiArguments, ApiError
from services.console.fake_slack.web_api.call import TS, ApiCall, Json, Outcome
from services.console.fake_slack.web_api.descriptions import describe_message, permalink
from services.console.fake_slack.workspace import SlackMessage, channel_id


def post_message(call: ApiCall) -> Outcome:
    """Post a message, or a reply to ``thread_ts``; ApiError says why not."""
    channel = call.channel(by_name=True)
    if channel in call.workspace.archived:
        raise ApiError("is_archived")
    if channel in call.workspace.not_joined:
        raise ApiError("not_in_channel")
    payload, parent = _content(call.arguments, {}), _parent(call, channel)
    post = AcceptedPost(
        hook="",
        payload=payload,
        at_s=call.now_s,
        channel=channel,
        ts=call.workspace.next_ts(call.now_s),
        thread_ts=parent,
        is_broadcast=parent is not None and call.arguments.flag("reply_broadcast"),
    )
    message = describe_message(SlackMessage(post), ())
    return {"channel": channel_id(channel), "ts": post.ts, "message": message}, post


def _parent(call: ApiCall, channel: str) -> str | None:
    """Return the parent of a reply, None for a message of its own. ApiError without such one."""
    thread_ts = call.arguments.text("thread_ts")
    if not thread_ts:
        return None
    if not TS.fullmatch(thread_ts):
        raise ApiError("invalid_thread_ts", f"[ERROR] {thread_ts[:40]} is not a valid thread_ts")
    message = call.workspace.find(channel, thread_ts)
    if message is None:
        raise ApiError("thread_not_found")
    return message.post.thread_ts or message.post.ts


def update(call: ApiCall) -> Outcome:
    """Replace the content of one of the bot's messages; ApiError says why not."""
    message = call.message("ts")
    if message.post.hook:
        raise ApiError("cant_update_message")
    if message.post.channel in call.workspace.archived:
        raise ApiError("is_inactive")
    payload = _content(call.arguments, message.post.payload)
    edit = MessageEdit(
        channel=message.post.channel,
        ts=message.post.ts,
        edited_ts=call.workspace.next_ts(call.now_s),
        payload=payload,
    )
    text = str(payload.get("text") or "")
    answer = {"channel": channel_id(edit.channel), "ts": edit.ts, "text": text}
    return answer | {"message": {"type": "message", "user": BOT, **payload}}, edit


def _content(arguments: ApiArguments, previous: Mapping[str, Any]) -> Json:
    """Return a message's content. ApiError if Slack would refuse it.

    Blocks and attachments that are not named stay as they were (chat.update), but that a text
    without blocks replaces them.
    """
    payload: Json = {}
    if "text" in arguments.values or previous.get("text"):
        payload["text"] = arguments.values.get("text", previous.get("text"))
    for name, error in (
        ("blocks", "invalid_blocks_format"),
        ("attachments", "invalid_attachments"),
    ):
        value = arguments.list_of(name, error)
        if name in arguments.values:
            payload |= {name: value} if value else {}
        elif previous.get(name) and not (name == "blocks" and "text" in arguments.values):
            payload[name] = previous[name]
    word = refusal(payload)
    if word is not None:
        is_about_blocks = word == "invalid_blocks"
        problems = find_problems(payload["blocks"]) if is_about_blocks else ()
        raise ApiError(word, *(f"[ERROR] {problem}" for problem in problems))
    return payload


def get_permalink(call: ApiCall) -> Outcome:
    """Return a message's address; ApiError says why not."""
    message = call.message("message_ts")
    channel = channel_id(message.post.channel)
    return {"channel": channel, "permalink": permalink(call.url, message)}, None
