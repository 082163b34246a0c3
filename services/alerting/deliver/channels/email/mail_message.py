"""A notification as an e-mail: plain text, and the same as minimal HTML. Pure.

The HTML has no image, style or script; what feeds write is text in it, and only web addresses of
articles and of the board are linked. Messages of a story are a thread.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Final

from services.alerting.deliver.channels.channel import NOW, Post, repeat_mark
from services.alerting.deliver.channels.message import plain_text
from services.alerting.deliver.channels.message.content import (
    ArticleLine,
    MessageContent,
    RuleLine,
    compose,
)
from services.alerting.deliver.channels.message.plain_text import printable
from services.alerting.deliver.channels.message.shorten import clip_around_marks
from services.alerting.deliver.channels.mrkdwn import ZERO_WIDTH, one_line
from services.alerting.deliver.channels.templates.macros import BUILT_IN, MessageTemplate
from shared.messages.schemas import Excerpt
from shared.text.spans import merge_spans

SUBJECT_CHARACTERS: Final = 180
_WEB_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'\\^`{|}]+", re.IGNORECASE)
_ENCODED_WORD: Final = re.compile(r"=\?")
"""email.message decodes it, and a line break in it (=0A) would begin another header."""
_POLICY: Final = SMTP.clone(max_line_length=76)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends a message, and who receives it."""

    sender: str
    recipients: Sequence[str]


def render_email(
    post: Post, envelope: Envelope, board_url: str = "", template: MessageTemplate = BUILT_IN
) -> bytes:
    """Return the whole message with CRLF line ends; a plain post has only the text."""
    content, notification = compose(post, board_url), post.notification
    footer = template.render("footer", content)
    if footer is not None:
        content = replace(content, notes=tuple(footer.splitlines()))
    message = EmailMessage(policy=_POLICY)
    domain = envelope.sender.partition("@")[2]
    message["Subject"] = _subject(post, content, template)
    message["From"] = envelope.sender
    message["To"] = ", ".join(envelope.recipients)
    if NOW in post.times:
        message["Date"] = format_datetime(datetime.fromtimestamp(post.times[NOW] / 1000, UTC))
    message["Message-ID"] = f"<{notification.notification_id}@{domain}>"
    if notification.story_id:
        message["References"] = f"<{_token(notification.story_id)}.story@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    sections = plain_text.render_sections(content)
    text = "\n\n".join("\n".join(lines) for lines in sections if lines)
    message.set_content(text + "\n", cte="quoted-printable")
    if not post.is_plain:
        page = "\n".join(_html(content))
        message.add_alternative(page + "\n", subtype="html", cte="quoted-printable")
        message.set_boundary(f"=_{notification.notification_id}")
    return message.as_bytes()


def _subject(post: Post, content: MessageContent, template: MessageTemplate) -> str:
    title = template.render("subject", content) or plain_text.title_of(content)
    subject = printable(" · ".join(filter(None, [repeat_mark(post), title])), SUBJECT_CHARACTERS)
    return _ENCODED_WORD.sub(f"={ZERO_WIDTH}?", subject)


def _token(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "", text)[:64]


def _html(content: MessageContent) -> Iterator[str]:
    yield "<!doctype html><meta charset=utf-8>"
    labels = "".join(f"{_text(label)} · " for label in content.labels)
    yield f"<h3>{labels}{_link(content.url, content.headline)}</h3>"
    if content.facts:
        yield f"<p>{_join(content.facts)}</p>"
    if content.statement:
        yield f"<p><b>{_text(content.statement)}</b></p>"
    changes = [
        f"{'' if each.before.field == 'body' else f'{each.before.field}: '}"
        f"{_bold_marks(each.before)} → {_bold_marks(each.after)}"
        for each in content.changes
    ]
    yield from _list(changes)
    yield from _list([_text(sentence) for sentence in content.new_sentences])
    yield from _list([_rule(rule) for rule in content.rules])
    yield from _list([_article(article) for article in (*content.listed, *content.also)])
    if content.actors:
        yield f"<p>{_join(content.actors)}</p>"
    links = [_link(link.url, link.label) for link in content.links]
    yield f"<p>{' · '.join([*links, *(_text(note) for note in content.notes)])}</p>"


def _rule(rule: RuleLine) -> str:
    source = f" ({_text(rule.source)})" if rule.source else ""
    sentence = f" — {_bold_marks(rule.excerpt)}" if rule.excerpt else ""
    return f"<i>{_link(rule.url, rule.title)}</i>{source}{sentence}"


def _article(article: ArticleLine) -> str:
    return " · ".join([_link(article.url, article.headline), *map(_text, article.facts)])


def _list(items: Sequence[str]) -> Iterator[str]:
    if items:
        more = len(items) - 100
        counted = [f"and {more} more"] if more > 0 else []
        yield "<ul>\n" + "\n".join(f"<li>{item}" for item in [*items[:100], *counted]) + "\n</ul>"


def _join(texts: Sequence[str]) -> str:
    return " · ".join(map(_text, texts))


def _link(url: str | None, label: str) -> str:
    """Return the label as a link, or as text if the address is none of the web."""
    if url is None or not _WEB_ADDRESS.fullmatch(url.strip()):
        return _text(label)
    return f'<a href="{escape(url.strip())}">{_text(label)}</a>'


def _text(text: str) -> str:
    """Return the text for HTML, with a direction of its own."""
    return f"<bdi>{escape(printable(text))}</bdi>"


def _bold_marks(excerpt: Excerpt) -> str:
    text, marks = clip_around_marks(excerpt.text, excerpt.marks, plain_text.TEXT_CHARACTERS)
    text, parts, end = one_line(text), list[str](), 0
    for mark in merge_spans(marks, touching=True):
        parts += [escape(text[end : mark.start]), f"<b>{escape(text[mark.start : mark.end])}</b>"]
        end = mark.end
    return f"<bdi>{''.join([*parts, escape(text[end:])])}</bdi>"
