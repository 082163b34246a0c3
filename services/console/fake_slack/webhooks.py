"""What an incoming webhook takes and refuses. Pure."""

from collections.abc import Set
from typing import Any, Final
from urllib.parse import parse_qs

import orjson

from services.alerting.deliver.channels.slack_sizes import refusal
from services.console.fake_slack.events import AcceptedPost
from services.console.fake_slack.web_api.arguments import FORM
from services.console.fake_slack.workspace import SlackWorkspace

PREFIX: Final = "/services/"
"""How a webhook's path begins; Slack's own go on with T…/B…/secret. Others are ``no_service``."""


def hook_of(path: str) -> str:
    """Return the name of a webhook: the end of its path."""
    return path.removeprefix(PREFIX).rpartition("/")[2]


def is_webhook(path: str, gone: Set[str]) -> bool:
    """Return whether there is a webhook at this path."""
    return path.startswith(PREFIX) and bool(hook_of(path)) and hook_of(path) not in gone


def read_payload(body: bytes, content_type: str) -> Any:
    """Return the payload, None if it is not JSON; a form has it in its field ``payload``."""
    if content_type == FORM:
        fields = parse_qs(body.decode("utf-8", "replace"))
        body = fields.get("payload", [""])[0].encode()
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def judge(payload: Any, channel: str, workspace: SlackWorkspace) -> str | None:
    """Return the word with which Slack refuses a payload, None if it takes it."""
    if channel in workspace.archived:
        return "channel_is_archived"
    if word := refusal(payload):
        return word
    thread_ts = payload.get("thread_ts")
    if thread_ts is not None and _parent(thread_ts, channel, workspace) is None:
        return "invalid_payload"
    return None


def build_post(
    payload: dict[str, Any], hook: str, workspace: SlackWorkspace, now_s: float
) -> AcceptedPost:
    """Build the post of a payload that ``judge`` takes; a webhook's channel has its name."""
    thread_ts = payload.get("thread_ts")
    return AcceptedPost(
        hook=hook,
        payload=payload,
        at_s=now_s,
        channel=hook,
        ts=workspace.next_ts(now_s),
        thread_ts=_parent(thread_ts, hook, workspace) if thread_ts is not None else None,
    )


def _parent(thread_ts: object, channel: str, workspace: SlackWorkspace) -> str | None:
    """Return the parent that a reply to ``thread_ts`` goes to, None if there is no such message."""
    message = workspace.find(channel, thread_ts) if isinstance(thread_ts, str) else None
    return (message.post.thread_ts or message.post.ts) if message else None
