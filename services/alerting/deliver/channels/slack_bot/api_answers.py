"""What an answer of Slack's Web API means for a notification. Pure.

It answers 200 whether it takes a call or not: ``ok`` says so, and ``error`` why not. The words are
those of docs.slack.dev, chat.postMessage.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import orjson

from services.alerting.deliver.channels.answers import Answer, Verdict, classify, error_word

THREAD_LOST: Final = frozenset(
    {
        *("thread_not_found", "invalid_thread_ts", "message_not_found"),
        *("cannot_reply_to_message", "restricted_action_thread_locked"),
    }
)
"""The thread does not exist any more, or takes no replies: the message begins another one."""
_WORDS: Final[Mapping[Verdict, frozenset[str]]] = MappingProxyType(
    {
        Verdict.UNSENT: frozenset(
            {
                *("ratelimited", "rate_limited", "message_limit_exceeded", "request_timeout"),
                *("team_added_to_org", "accesslimited"),
            }
        ),
        Verdict.IN_DOUBT: frozenset({"fatal_error", "internal_error", "service_unavailable"}),
        Verdict.MALFORMED: frozenset(
            {
                *("no_text", "msg_too_long", "msg_blocks_too_long", "too_many_attachments"),
                *("invalid_blocks", "invalid_blocks_format", "invalid_attachments"),
                *("attachment_payload_limit_exceeded", "invalid_arguments", "invalid_arg_name"),
                *("invalid_array_arg", "invalid_charset", "invalid_json", "json_not_object"),
                *("invalid_post_type", "missing_post_type", "markdown_text_conflict"),
            }
        ),
    }
)
"""Every other word refuses the token or the channel: invalid_auth, token_revoked, is_archived."""
_VERDICTS: Final = {word: verdict for verdict, words in _WORDS.items() for word in words}
_WORD_BYTES: Final = 64
"""A longer answer that is not JSON is a page of something else."""


def classify_call(
    status: int, body: bytes, headers: Mapping[str, str], now: datetime
) -> tuple[Answer, str]:
    """Classify the response to a call; also return the ``ts`` of a message that was accepted."""
    if status != 200:
        return classify(status, b"", headers, now), ""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict) or not isinstance(value.get("ok"), bool):
        return _no_answer(body.strip()), ""
    if value["ok"]:
        return Answer(verdict=Verdict.ACCEPTED, detail="200 ok"), _text(value.get("ts"))
    error = _text(value.get("error"))
    if error in THREAD_LOST:
        lost = Answer(
            verdict=Verdict.UNSENT, detail=f"200 {error}", retry_after_s=0.0, is_thread_lost=True
        )
        return lost, ""
    verdict = _VERDICTS.get(error, Verdict.GONE)
    asked = classify(429, b"", headers, now).retry_after_s if verdict is Verdict.UNSENT else None
    detail = f"200 that refuses: {error_word(error.encode())}".rstrip(": ")
    return Answer(verdict=verdict, detail=detail, retry_after_s=asked), ""


def _no_answer(body: bytes) -> Answer:
    """Classify a 200 that is none of Slack's; an empty one may have lost its body on the way."""
    if len(body) > _WORD_BYTES or body.startswith(b"<"):
        return Answer(verdict=Verdict.GONE, detail="200 without ok: not Slack's Web API")
    return Answer(verdict=Verdict.IN_DOUBT, detail="200 without ok")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
