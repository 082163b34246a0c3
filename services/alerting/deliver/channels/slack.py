"""The channel ``slack``: messages to Slack's incoming webhooks.

``render`` and ``render_plain`` are pure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from services.alerting.deliver.channels import wording
from services.alerting.deliver.channels.addresses import Addresses
from services.alerting.deliver.channels.answers import Answer, Verdict, classify, error_word
from services.alerting.deliver.channels.channel import Post, repeat_mark
from services.alerting.deliver.channels.http_post import exchange
from services.alerting.deliver.channels.mrkdwn import (
    bold_marks,
    clip,
    clip_around_marks,
    escape,
    fit,
    link,
    literal,
    one_line,
    without_emoji,
)
from services.alerting.deliver.channels.slack_sizes import (
    HEADER_CHARACTERS,
    SECTION_CHARACTERS,
    find_problems,
)
from shared.base.outcomes import InvalidMessage
from shared.http.clients import Client
from shared.messages.schemas import Alert, Excerpt

Payload = dict[str, Any]

SHOWN_EXCERPTS: Final = 5
SHOWN_ACTORS: Final = 6
SHOWN_SIMILAR: Final = 6
SHOWN_OF_BURST: Final = 20
LISTED_CHARACTERS: Final = 80
HEADLINE_CHARACTERS: Final = 250
EXCERPT_CHARACTERS: Final = 400
NAME_CHARACTERS: Final = 80
PLAIN_CHARACTERS: Final = 1_000
"""All lengths are before escaping: texts cut to them fit Slack's limits.

Escaping turns one character into nine at most (``&`` alone in a mark).
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
_QUIET: Final = {"unfurl_links": False, "unfurl_media": False}


def render(post: Post) -> Payload:
    """Render the message as Slack blocks, with the ``text`` that notifications on phones show."""
    alerts, mark = post.notification.alerts, repeat_mark(post)
    fallback = literal(clip(wording.summary(post), PLAIN_CHARACTERS))
    blocks = list(_alert_blocks(post, alerts[0])) if alerts else [_section(fallback)]
    blocks += [_context([mark])] if mark and not alerts else []
    return {"text": " · ".join(filter(None, [mark, fallback])), "blocks": blocks, **_QUIET}


def render_plain(post: Post) -> Payload:
    """Render the minimal message, one text without markup.

    It is for the one retry after Slack called the full form malformed.
    """
    url = next((alert.url for alert in post.notification.alerts if alert.url), None)
    summary = without_emoji(clip(wording.summary(post), PLAIN_CHARACTERS))
    parts = filter(None, [repeat_mark(post), summary, url or ""])
    return {"text": escape(one_line(" · ".join(parts))), "mrkdwn": False, **_QUIET}


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


@dataclass(frozen=True, slots=True)
class Slack:
    """Posts to incoming webhooks, one per name; their addresses are secret."""

    addresses: Addresses
    client: Client

    def rate_limit_key(self, name: str) -> str | None:
        """Return one key per webhook: Slack counts messages per webhook, whatever its name."""
        return self.addresses.rate_limit_key(name)

    def render(self, post: Post) -> bytes:
        """Render the message as JSON. InvalidMessage if Slack would refuse its size."""
        payload = render_plain(post) if post.is_plain else render(post)
        check_limits(payload)
        return orjson.dumps(payload)

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:  # noqa: ARG002 - webhooks take no id
        """Post to the webhook of this name."""
        return await exchange(
            self.client,
            self.addresses.url_for(name),
            body,
            {"content-type": "application/json"},
            classify_response,
        )


def _alert_blocks(post: Post, alert: Alert) -> Iterator[Payload]:
    yield _header(f"{alert.severity.capitalize()} · {alert.rule_title}")
    burst = wording.burst_text(post)
    if burst:
        yield _section(f"*{literal(clip(burst, NAME_CHARACTERS))}*, the last:")
    yield _section("\n".join(_headline(alert)))
    for excerpt in alert.excerpts[:SHOWN_EXCERPTS]:
        yield _section(_excerpt(excerpt))
    if alert.actors:
        yield _context([_actors(alert)])
    further = post.notification.alerts[1:]
    if burst:
        yield from map(_section, _pack(_list_lines(further)))
    elif further:
        yield _context([_similar(further)])
    yield _context(_footer(post, alert))


def _headline(alert: Alert) -> Iterator[str]:
    yield f"*{link(alert.url, clip(alert.headline.strip() or alert.uri, HEADLINE_CHARACTERS))}*"
    facts = [clip(alert.source, NAME_CHARACTERS), wording.publication_time(alert)]
    facts.append(wording.withdrawal_note(alert))
    yield literal(" · ".join(filter(None, facts)))


def _excerpt(excerpt: Excerpt) -> str:
    text, marks = clip_around_marks(excerpt.text, excerpt.marks, EXCERPT_CHARACTERS)
    return bold_marks(text, marks) or literal(excerpt.field)


def _actors(alert: Alert) -> str:
    names = [wording.format_actor(actor) for actor in alert.actors[:SHOWN_ACTORS]]
    parts = [literal(clip(name, NAME_CHARACTERS)) for name in names]
    if len(alert.actors) > SHOWN_ACTORS:
        parts.append(f"+{len(alert.actors) - SHOWN_ACTORS} more")
    return " · ".join(parts)


def _list_lines(alerts: Sequence[Alert]) -> Iterator[str]:
    """Yield a line per alert; each fits into a section of its own, however it is escaped."""
    for alert in alerts[:SHOWN_OF_BURST]:
        headline = link(alert.url, clip(alert.headline.strip() or alert.uri, LISTED_CHARACTERS))
        yield f"• {headline} · {literal(clip(alert.source, LISTED_CHARACTERS))}"
    if len(alerts) > SHOWN_OF_BURST:
        yield f"and {len(alerts) - SHOWN_OF_BURST} more"


def _pack(lines: Iterable[str]) -> Iterator[str]:
    """Join the lines into as few texts as Slack's section limit allows."""
    text = ""
    for line in lines:
        if text and len(text) + 1 + len(line) > SECTION_CHARACTERS:
            yield text
            text = ""
        text = f"{text}\n{line}" if text else line
    if text:
        yield text


def _similar(alerts: Sequence[Alert]) -> str:
    sources = list(dict.fromkeys(alert.source for alert in alerts))
    names = ", ".join(literal(clip(source, NAME_CHARACTERS)) for source in sources[:SHOWN_SIMILAR])
    return f"+{len(alerts)} similar: {names}" + (", …" if len(sources) > SHOWN_SIMILAR else "")


def _footer(post: Post, alert: Alert) -> list[str]:
    rule = f"rule {clip(alert.rule_id, NAME_CHARACTERS)}"
    facts = " · ".join(filter(None, [rule, wording.latency(post), repeat_mark(post)]))
    open_link = link(alert.url, "Open")
    return [*([open_link] if open_link != "Open" else []), literal(facts)]


def _header(text: str) -> Payload:
    return {
        "type": "header",
        "text": {"type": "plain_text", "text": fit(text, HEADER_CHARACTERS), "emoji": False},
    }


def _section(text: str) -> Payload:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(texts: Sequence[str]) -> Payload:
    return {"type": "context", "elements": [_mrkdwn(text) for text in texts]}


def _mrkdwn(text: str) -> Payload:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
