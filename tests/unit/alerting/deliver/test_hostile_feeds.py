"""Whatever a feed writes, every message is accepted by its destination, and shows it as text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, get_args

import orjson
import pytest
from slack_sdk.models.blocks import Block, ContextBlock, SectionBlock

from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.channels.console import render_text
from services.alerting.deliver.channels.mrkdwn import ZERO_WIDTH, escape
from services.alerting.deliver.channels.slack_message import render, render_plain
from services.alerting.deliver.channels.slack_sizes import MESSAGE_CHARACTERS, refusal
from services.alerting.deliver.channels.webhook import build_payload
from services.console.fake_slack.page.mrkdwn import decode, render_mrkdwn
from shared.messages.schemas import (
    ActorOnDate,
    Excerpt,
    Notification,
    NotificationKind,
    NotifiedArticle,
    Span,
    TextChange,
    TimeSource,
)
from tests.feed_texts import FEED_TEXTS

Make = Callable[..., Notification]
KINDS = get_args(NotificationKind)
BOARD = "https://board.example"
OURS = re.compile(r"https://(?:wire|board)\.example/")
VISIBLE_FORMAT = re.compile(rf"(?<!{ZERO_WIDTH})[*_~`](?!{ZERO_WIDTH})")
BARE = re.compile(r"(?<!<)https?://[^\s<>|]+")
"""In a text that is verbatim, Slack makes no links of them."""
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def notification_of(make: Make, text: str, kind: NotificationKind) -> Notification:
    """Return a notification of this kind that says the text wherever a feed's text may stand."""
    excerpt = Excerpt(field="body", text=text, marks=(Span(start=0, end=3), Span(start=5, end=9)))
    base = make(
        headline=text,
        source=text,
        excerpts=(excerpt,),
        uri=text,
        actors=(ActorOnDate(actor="x", name=text),),
    )
    alert = base.alerts[0]
    article = NotifiedArticle(
        article_id=alert.article_id,
        revision="v1",
        version=1,
        source=text,
        headline=text,
        uri=text,
        url="https://wire.example/1",
        event_time=alert.event_time,
        event_time_source=TimeSource.PAGE,
        pubstatus="canceled" if kind == "withdrawal" else "usable",
    )
    return replace(
        base,
        kind=kind,
        reason=text if kind == "notice" else "2 articles within 1 h",
        alerts=() if kind == "notice" else (alert, replace(alert, rule_id="b", alert_id="c" * 32)),
        articles=(article, replace(article, article_id="d" * 32)),
        new_sentences=(text, text),
        changes=(TextChange(field="headline", before=text, after=f"{text} x"),),
        sources=(text, "Yonhap"),
        folded=2,
        omitted=1,
    )


def block_texts(payload: dict[str, Any]) -> Iterator[str]:
    for block in Block.parse_all(payload["blocks"]):
        assert isinstance(block, SectionBlock | ContextBlock)
        block.validate_json()
        elements = [block.text] if isinstance(block, SectionBlock) else block.elements
        for element in elements:
            assert element is not None
            element.validate_json()
            yield element.to_dict()["text"]


def visible(text: str) -> str:
    """Return the letters and digits that people see of a text."""
    return "".join(character for character in decode(text) if character.isalnum())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", FEED_TEXTS, ids=lambda text: ascii(text[:20]))
def test_slack_shows_it_as_text(make_notification: Make, text: str, kind: NotificationKind) -> None:
    """Slack's own models accept it; nothing pings, links, formats, or turns the direction."""
    notification = notification_of(make_notification, text, kind)
    payload = render(Post(notification=notification, is_possible_repeat=True), BOARD)
    texts = list(block_texts(payload))
    assert refusal(payload) is None
    assert sum(map(len, texts)) <= MESSAGE_CHARACTERS
    for shown in (*texts, payload["text"]):
        page = render_mrkdwn(BARE.sub("", shown))
        assert all(OURS.match(each) for each in re.findall(r'href="([^"]*)"', page))
        assert not re.search(r"<(?!https://(?:wire|board)\.example/)", shown)
        assert not re.search(r":[^\s:<>&\u200b]+:", re.sub(r"<https://[^|]*\|", "", shown))
        assert not TURNING.search(shown)
        assert not re.search(r"(?m)^\s*&gt;", shown)
        assert not any(c != "\n" and not c.isprintable() and ord(c) < 0xA0 for c in shown)
    if text.strip() and len(text) < 100:
        assert visible(escape(text)) in visible(texts[0]) or kind in (
            "burst",
            "digest",
        )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", FEED_TEXTS, ids=lambda text: ascii(text[:20]))
def test_other_forms_are_harmless(
    make_notification: Make, text: str, kind: NotificationKind
) -> None:
    """Slack's plain form has no control sequences, the console only printable lines, JSON parses."""
    post = Post(notification=notification_of(make_notification, text, kind))
    plain = render_plain(post)
    assert refusal(plain) is None
    assert "<" not in plain["text"]
    assert not TURNING.search(plain["text"])
    lines = render_text(post, BOARD).split("\n")
    assert all(re.sub("[\u200c\u200d]", "", each).isprintable() for each in lines)
    assert all(each.startswith("    ") for each in lines[1:])
    assert sum(map(len, lines)) < 12_000
    data = orjson.loads(orjson.dumps(build_payload(post)))
    assert data["data"]["articles"][0]["headline"] == text
    assert len(data["text"]) < 3_000


def test_only_our_own_stars_are_bold(make_notification: Make) -> None:
    """Each format character in the message belongs to a pair of ours."""
    notification = notification_of(make_notification, "*a* _b_ ~c~ `d`", "update")
    for text in block_texts(render(Post(notification=notification))):
        for row in text.splitlines():
            counts = [row.count(sign) for sign in "~`"]
            stars = len(VISIBLE_FORMAT.findall(row))
            assert stars % 2 == 0
            assert counts == [row.count(f"{ZERO_WIDTH}{sign}{ZERO_WIDTH}") for sign in "~`"]
