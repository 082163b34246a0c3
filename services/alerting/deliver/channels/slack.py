"""Slack's incoming webhooks: the message, and the shell that posts it. ``render`` and ``plain`` are pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from services.alerting.deliver.channels import wording
from services.alerting.deliver.channels.addresses import Addresses
from services.alerting.deliver.channels.answers import Answer, Verdict, classify
from services.alerting.deliver.channels.channel import Post, repeat_mark
from services.alerting.deliver.channels.http_post import exchange
from services.alerting.deliver.channels.mrkdwn import (
    bold_marks,
    clip,
    escape,
    fit,
    link,
    literal,
    one_line,
    window,
)
from services.alerting.deliver.channels.slack_limits import (
    HEADER_CHARACTERS,
    SECTION_CHARACTERS,
    mistakes,
)
from shared.base.outcomes import InvalidMessage
from shared.http.clients import Client
from shared.messages.schemas import Alert, Excerpt

Payload = dict[str, Any]

SHOWN_EXCERPTS: Final = 3
SHOWN_ACTORS: Final = 6
SHOWN_SIMILAR: Final = 6
SHOWN_OF_BURST: Final = 20
LISTED_CHARACTERS: Final = 80
HEADLINE_CHARACTERS: Final = 250
EXCERPT_CHARACTERS: Final = 400
NAME_CHARACTERS: Final = 80
PLAIN_CHARACTERS: Final = 1_000
"""Before escaping, which makes one character nine at most (``&`` alone in a mark): what is cut to these lengths fits Slack's limits."""
_QUIET: Final = {"unfurl_links": False, "unfurl_media": False}


def render(post: Post) -> Payload:
    """The message in Slack's blocks, with the ``text`` fallback that a phone shows."""
    alerts, mark = post.notification.alerts, repeat_mark(post)
    fallback = literal(clip(wording.summary(post), PLAIN_CHARACTERS))
    blocks = list(_alert_blocks(post, alerts[0])) if alerts else [_section(fallback)]
    blocks += [_context([mark])] if mark and not alerts else []
    return {"text": " · ".join(filter(None, [mark, fallback])), "blocks": blocks, **_QUIET}


def render_plain(post: Post) -> Payload:
    """The least Slack takes: one text without any markup. For the one retry after Slack found the full form malformed."""
    url = next((alert.url for alert in post.notification.alerts if alert.url), None)
    parts = filter(
        None, [repeat_mark(post), clip(wording.summary(post), PLAIN_CHARACTERS), url or ""]
    )
    return {"text": escape(one_line(" · ".join(parts))), "mrkdwn": False, **_QUIET}


def check_limits(payload: Mapping[str, Any]) -> None:
    """Raise InvalidMessage where Slack would refuse the blocks for their size or shape; says which and how much."""
    found = list(mistakes(payload.get("blocks", [])))
    if found:
        raise InvalidMessage(f"Slack would refuse this message: {'; '.join(found[:5])}")


def classify_response(
    status: int, body: bytes, headers: Mapping[str, str], now: datetime
) -> Answer:
    """Slack says ``ok`` with its 200: who answers 200 with other words is not Slack, and nobody reads what it took."""
    if status == 200 and body.strip() not in (b"ok", b""):
        return Answer(verdict=Verdict.GONE, detail="200 without ok: not a Slack webhook")
    return classify(status, body, headers, now=now)


@dataclass(frozen=True, slots=True)
class Slack:
    """The channel ``slack``: each name is one incoming webhook, whose address is a secret."""

    addresses: Addresses
    client: Client

    def rate_limit_key(self, name: str) -> str | None:
        """One lane a webhook: Slack counts messages per webhook, whatever we call it."""
        return self.addresses.rate_limit_key(name)

    def render(self, post: Post) -> bytes:
        """The message as JSON; InvalidMessage where Slack would refuse its size."""
        payload = render_plain(post) if post.plain else render(post)
        check_limits(payload)
        return orjson.dumps(payload)

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:  # noqa: ARG002 - a webhook has no place for an id
        """One post to the name's webhook."""
        return await exchange(
            self.client,
            self.addresses.url_for(name),
            body,
            {"content-type": "application/json"},
            classify_response,
        )


def _alert_blocks(post: Post, alert: Alert) -> Iterator[Payload]:
    yield _header(f"{alert.severity.capitalize()} · {alert.rule_title}")
    if told := wording.burst(post):
        yield _section(f"*{literal(clip(told, NAME_CHARACTERS))}*, the last:")
    yield _section("\n".join(_headline(alert)))
    for excerpt in alert.excerpts[:SHOWN_EXCERPTS]:
        yield _section(_excerpt(excerpt))
    if alert.actors:
        yield _context([_actors(alert)])
    others = post.notification.alerts[1:]
    if wording.burst(post):
        yield from map(_section, _packed(_listed(others)))
    elif others:
        yield _context([_similar(others)])
    yield _context(_footer(post, alert))


def _headline(alert: Alert) -> Iterator[str]:
    yield f"*{link(alert.url, clip(alert.headline.strip() or alert.uri, HEADLINE_CHARACTERS))}*"
    facts = [clip(alert.source, NAME_CHARACTERS), wording.when(alert), wording.withdrawn(alert)]
    yield literal(" · ".join(filter(None, facts)))


def _excerpt(excerpt: Excerpt) -> str:
    return bold_marks(*window(excerpt.text, excerpt.marks, EXCERPT_CHARACTERS)) or literal(
        excerpt.field
    )


def _actors(alert: Alert) -> str:
    shown = [
        literal(clip(wording.actor(found), NAME_CHARACTERS))
        for found in alert.actors[:SHOWN_ACTORS]
    ]
    more = [f"+{len(alert.actors) - SHOWN_ACTORS} more"] if len(alert.actors) > SHOWN_ACTORS else []
    return " · ".join(shown + more)


def _listed(alerts: Sequence[Alert]) -> Iterator[str]:
    """A line an alert; each fits Slack's section by itself, whatever escaping makes of it."""
    for alert in alerts[:SHOWN_OF_BURST]:
        shown = link(alert.url, clip(alert.headline.strip() or alert.uri, LISTED_CHARACTERS))
        yield f"• {shown} · {literal(clip(alert.source, LISTED_CHARACTERS))}"
    if len(alerts) > SHOWN_OF_BURST:
        yield f"and {len(alerts) - SHOWN_OF_BURST} more"


def _packed(lines: Iterable[str]) -> Iterator[str]:
    """The lines in as few texts as Slack's section allows."""
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
    shown = ", ".join(literal(clip(source, NAME_CHARACTERS)) for source in sources[:SHOWN_SIMILAR])
    return f"+{len(alerts)} similar: {shown}" + (", …" if len(sources) > SHOWN_SIMILAR else "")


def _footer(post: Post, alert: Alert) -> list[str]:
    said = [
        f"rule {clip(alert.rule_id, NAME_CHARACTERS)}",
        wording.latency(post),
        repeat_mark(post),
    ]
    opens = link(alert.url, "Open")
    return [
        *([opens] if opens != "Open" else []),
        " · ".join(literal(each) for each in said if each),
    ]


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
