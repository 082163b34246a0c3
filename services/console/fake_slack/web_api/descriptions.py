"""Messages as Slack's Web API describes them. Pure."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.console.fake_slack.events import BOT
from services.console.fake_slack.web_api.arguments import ApiArguments, ApiError
from services.console.fake_slack.workspace import SlackMessage, channel_id

MAX_LIMIT: Final = 999
_CONTENT: Final = ("blocks", "attachments")


def describe_message(message: SlackMessage, replies: Sequence[SlackMessage]) -> dict[str, Any]:
    """Return a message as the Web API does; ``replies`` are those of a parent."""
    post = message.post
    described: dict[str, Any] = {"type": "message", "text": post.text, "ts": post.ts}
    if post.hook:
        described |= {"subtype": "bot_message", "bot_id": f"B{post.hook[:9].upper()}"}
    else:
        described |= {"user": BOT, "bot_id": "B0SUMMITWIRE"}
    described |= {name: post.payload[name] for name in _CONTENT if post.payload.get(name)}
    if message.edited_ts:
        described["edited"] = {"user": BOT, "ts": message.edited_ts}
    if message.reactions:
        described["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions.items()
        ]
    return described | _describe_thread(message, replies)


def page_of(
    messages: Sequence[SlackMessage],
    arguments: ApiArguments,
    threads: Mapping[str, Sequence[SlackMessage]],
    default_limit: int,
) -> dict[str, Any]:
    """Return the part of ``messages`` that ``oldest``, ``latest``, ``cursor`` and ``limit`` name.

    ApiError if one of them is invalid.
    """
    limit = arguments.number("limit", default_limit)
    if not 1 <= limit <= MAX_LIMIT:
        raise ApiError("invalid_limit")
    matching = [each for each in messages if _is_between(each.post.ts, arguments)]
    start = _start(matching, arguments.text("cursor"))
    part = matching[start : start + limit]
    has_more = start + limit < len(matching)
    answer: dict[str, Any] = {
        "messages": [describe_message(each, threads.get(each.post.ts, ())) for each in part],
        "has_more": has_more,
        "pin_count": 0,
    }
    cursor = _encode_cursor(matching[start + limit].post.ts) if has_more else ""
    return answer | ({"response_metadata": {"next_cursor": cursor}} if has_more else {})


def permalink(url: str, message: SlackMessage) -> str:
    """Return the address of a message on the stand-in's page."""
    post = message.post
    anchor = f"p{post.ts.replace('.', '')}"
    return f"{url}archives/{channel_id(post.channel)}/{anchor}"


def _describe_thread(message: SlackMessage, replies: Sequence[SlackMessage]) -> dict[str, Any]:
    if message.post.thread_ts:
        broadcast = {"subtype": "thread_broadcast"} if message.post.is_broadcast else {}
        return {"thread_ts": message.post.thread_ts, "parent_user_id": BOT} | broadcast
    if not replies:
        return {}
    last = replies[-1].post.ts
    counts = {"reply_count": len(replies), "reply_users": [BOT], "reply_users_count": 1}
    return {"thread_ts": message.post.ts, "latest_reply": last, **counts}


def _is_between(ts: str, arguments: ApiArguments) -> bool:
    is_inclusive = arguments.flag("inclusive")
    time = _parse_time(ts, "ts")
    oldest, latest = (arguments.text(name) for name in ("oldest", "latest"))
    if oldest and time <= (limit := _parse_time(oldest, "oldest")):
        return is_inclusive and time == limit
    if latest and time >= (limit := _parse_time(latest, "latest")):
        return is_inclusive and time == limit
    return True


def _parse_time(text: str, name: str) -> int:
    """Return microseconds of a Unix time. ApiError if it is none."""
    seconds, _, fraction = text.partition(".")
    if not seconds.isdecimal() or len(seconds) > 12 or (fraction and not fraction.isdecimal()):
        raise ApiError(f"invalid_ts_{name}")
    return int(seconds) * 1_000_000 + int(fraction[:6].ljust(6, "0"))


def _encode_cursor(ts: str) -> str:
    return base64.b64encode(f"next_ts:{ts}".encode()).decode()


def _start(messages: Sequence[SlackMessage], cursor: str) -> int:
    """Return where the cursor's page starts. ApiError if there is no such page."""
    if not cursor:
        return 0
    try:
        ts = base64.b64decode(cursor, validate=True).decode().removeprefix("next_ts:")
        return [each.post.ts for each in messages].index(ts)
    except (ValueError, binascii.Error):
        raise ApiError("invalid_cursor") from None
