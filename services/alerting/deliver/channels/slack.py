"""Messages to Slack's incoming webhooks, and what Slack's answers mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

import orjson

from services.alerting.deliver.channels.addresses import Addresses
from services.alerting.deliver.channels.answers import Answer, Verdict, classify, error_word
from services.alerting.deliver.channels.channel import Post, PostingPace
from services.alerting.deliver.channels.http_post import exchange
from services.alerting.deliver.channels.slack_message import render, render_plain
from services.alerting.deliver.channels.slack_sizes import find_problems
from services.alerting.deliver.channels.templates.macros import BUILT_IN, MessageTemplate
from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.http.clients import Client

log = get(__name__)

PACE: Final = PostingPace(spacing_s=1.0)
"""One message per second per incoming webhook and per channel (docs.slack.dev, rate limits).

Slack allows short bursts, and does not say how short.
"""
_ACCEPTANCES: Final = frozenset((b"", b"ok", b"success", b"accepted", b"sent", b"posted", b"done"))
_WORD_BYTES: Final = 64
"""A longer answer that is not JSON is a page of something else."""
_FAILURES: Final = {
    "ok": (False,),
    "success": (False, "false"),
    "result": ("error", "failure"),
    "status": ("error", "failure", "failed"),
}


def check_limits(payload: Mapping[str, Any]) -> None:
    """Raise InvalidMessage, with reasons, if Slack would refuse the blocks' size or shape."""
    problems = list(find_problems(payload.get("blocks", [])))
    if problems:
        raise InvalidMessage(f"Slack would refuse this message: {'; '.join(problems[:5])}")


def classify_response(
    status: int, body: bytes, headers: Mapping[str, str], now: datetime
) -> Answer:
    """Classify the response of Slack, or of a server that is compatible with it.

    A 200 with a page is no webhook, and nobody reads the post.
    """
    refusal = _refusal(body.strip()) if status == 200 else None
    return refusal or classify(status, body, headers, now=now)


def _refusal(body: bytes) -> Answer | None:
    """Return what a 200 means that accepts nothing, or not certainly; None if it accepts.

    Slack says ``ok``; Rocket.Chat, Zulip and others say the same in JSON.
    """
    if body.lower() in _ACCEPTANCES:
        return None
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        if len(body) > _WORD_BYTES or body.startswith(b"<"):
            return Answer(verdict=Verdict.GONE, detail="200 without ok: not a Slack webhook")
        return Answer(verdict=Verdict.IN_DOUBT, detail="200 without ok")
    if not isinstance(value, dict) or not any(
        value.get(key) in _FAILURES[key] for key in _FAILURES
    ):
        return None
    word = error_word(str(value.get("error") or "").encode())
    return Answer(verdict=Verdict.UNSENT, detail=f"200 that refuses: {word}".rstrip(": "))


def build_message(post: Post, board_url: str, template: MessageTemplate) -> dict[str, Any]:
    """Build the message. InvalidMessage if Slack would refuse its size."""
    payload = render_plain(post) if post.is_plain else _render_blocks(post, board_url, template)
    check_limits(payload)
    return payload


def _render_blocks(post: Post, board_url: str, template: MessageTemplate) -> dict[str, Any]:
    """Render the full form, without the template where it fails."""
    try:
        return render(post, board_url, template)
    except Exception as error:
        if template is BUILT_IN:
            raise
        log.error("a template failed", channel="slack", error=str(error))  # noqa: TRY400 - the template's fault
        return render(post, board_url)


@dataclass(frozen=True, slots=True)
class SlackWebhooks:
    """Posts to incoming webhooks, one per name; their addresses are secret."""

    pace: ClassVar[PostingPace] = PACE
    addresses: Addresses
    client: Client
    board_url: str = ""
    template: MessageTemplate = BUILT_IN

    def rate_limit_key(self, name: str) -> str | None:
        """Return one key per webhook: Slack counts messages per webhook, whatever its name."""
        return self.addresses.rate_limit_key(name)

    def render(self, post: Post) -> bytes:
        """Render the message as JSON. InvalidMessage if Slack would refuse its size."""
        return orjson.dumps(build_message(post, self.board_url, self.template))

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:  # noqa: ARG002 - webhooks take no id
        """Post to the webhook of this name."""
        return await exchange(
            self.client,
            self.addresses.url_for(name),
            body,
            {"content-type": "application/json"},
            classify_response,
        )
