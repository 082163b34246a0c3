"""Every channel, with texts that no test of a single channel has: each message is harmless."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP
from functools import cache
from html.parser import HTMLParser
from typing import Any, Final, cast

import orjson
import pytest
from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import Block

from services.alerting.deliver.channels.addresses import Addresses
from services.alerting.deliver.channels.apprise.service_text import (
    BODY_CHARACTERS,
    PLAIN_CHARACTERS,
    TITLE_CHARACTERS,
)
from services.alerting.deliver.channels.apprise.service_urls import ServiceUrls
from services.alerting.deliver.channels.channel import NOW, Channel, Post
from services.alerting.deliver.channels.email.mail_settings import Mailboxes, SmtpServer
from services.alerting.deliver.channels.mrkdwn import ZERO_WIDTH
from services.alerting.deliver.channels.slack_bot.bot_settings import BotSettings
from services.alerting.deliver.channels.slack_bot.thread_state import build_state
from services.alerting.deliver.channels.slack_sizes import MESSAGE_CHARACTERS, refusal
from services.alerting.deliver.channels.table import ChannelAddresses, build_channels
from services.console.fake_slack.page.mrkdwn import render_mrkdwn
from shared.http.clients import delivery_client
from shared.messages.schemas import Notification, NotificationKind, Story, StoryThread
from tests.feed_texts import MORE_FEED_TEXTS
from tests.unit.alerting.deliver.test_hostile_feeds import BARE, BOARD, OURS, notification_of

Make = Callable[..., Notification]
KINDS: Final[tuple[NotificationKind, ...]] = ("first", "correction", "digest")
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
TEXTS = pytest.mark.parametrize("text", MORE_FEED_TEXTS, ids=lambda text: ascii(text[:20]))
IS_PLAIN = pytest.mark.parametrize("is_plain", [False, True], ids=["full", "plain"])
_JOINERS = re.compile("[\u200b\u200c\u200d]")


@cache
def channels() -> Mapping[str, Channel]:
    """Return every channel, with addresses that nothing is sent to."""
    addresses = ChannelAddresses(
        slack=Addresses(default="https://hooks.slack.example/x"),
        slack_bot=BotSettings(by_name={"bot": "C0123456789"}, token="xoxb-12345678"),
        smtp=SmtpServer(host="mail.example", port=465, is_tls=True),
        mailboxes=Mailboxes(by_name={"desk": ("a@wire.example",)}, sender="alerts@wire.example"),
        apprise=ServiceUrls(by_name={"desk": "ntfy://topic"}),
        board_url=BOARD,
    )
    return build_channels(delivery_client(hosts=[]), addresses)


def rendered(make: Make, channel: str, text: str, *, is_plain: bool) -> list[bytes]:
    """Return a message of each kind that says the text everywhere, as the channel sends it."""
    bodies = []
    for kind in KINDS:
        notification = replace(notification_of(make, text, kind), destination=channel)
        post = Post(
            notification=notification,
            times={NOW: 1_700_000_000_000},
            is_possible_repeat=True,
            is_plain=is_plain,
            thread=StoryThread(address="C0123456789", message="1503435956.000247"),
        )
        bodies.append(channels()[channel.partition(":")[0]].render(post))
    return bodies


@IS_PLAIN
@TEXTS
@pytest.mark.parametrize("destination", ["slack:hook", "slack:bot"])
def test_slack(make_notification: Make, text: str, destination: str, is_plain: bool) -> None:
    """Slack's models take it; nothing mentions, links, formats, is an emoji, or turns the text."""
    for body in rendered(make_notification, destination, text, is_plain=is_plain):
        payload = orjson.loads(body)
        assert refusal(payload) is None
        blocks = payload.get("blocks", [])
        for block in Block.parse_all(blocks):
            block.validate_json()
        shown = [payload["text"], *slack_texts(blocks)]
        assert sum(map(len, shown[1:])) <= MESSAGE_CHARACTERS
        for each in shown:
            check_slack_text(each)
        assert ("thread_ts" in payload) == (destination == "slack:bot")
        assert payload.get("reply_broadcast", False) in (False, True)


@TEXTS
def test_state_of_a_thread(text: str, make_notification: Make) -> None:
    """A source's name formats nothing below the first message, either."""
    article = notification_of(make_notification, text, "first").articles[0]
    thread = StoryThread(address="C0123456789", message="1503435956.000247", is_corrected=True)
    story = Story(
        story_id="s",
        destination="slack:bot",
        headline=text,
        seen_at=article.event_time,
        articles=(article,),
        article_ids=("a",),
        sources=(text, "Yonhap"),
        thread=thread,
    )
    (attachment,) = build_state(story, thread)["attachments"]
    blocks = [Block.parse(block) for block in attachment["blocks"]]
    BlockAttachment(blocks=cast("Any", blocks), color=attachment["color"]).validate_json()
    for each in (attachment["fallback"], *slack_texts(attachment["blocks"])):
        check_slack_text(each)
        assert len(each) < 500


@IS_PLAIN
@TEXTS
@pytest.mark.parametrize("channel", ["webhook", "file"])
def test_json(make_notification: Make, text: str, channel: str, is_plain: bool) -> None:
    """One line of JSON that says what the feed wrote; its text for people is harmless."""
    for body in rendered(make_notification, f"{channel}:desk", text, is_plain=is_plain):
        assert body.count(b"\n") == (channel == "file")
        payload = json.loads(body)
        assert payload["data"]["articles"][0]["headline"] == text
        check_unknown_markup(payload["text"], urls=False)
        assert len(payload["text"]) <= 1_000


@IS_PLAIN
@TEXTS
def test_email(make_notification: Make, text: str, is_plain: bool) -> None:
    """Its headers are ours alone, its text is lines, and its HTML has only our elements."""
    for body in rendered(make_notification, "email:desk", text, is_plain=is_plain):
        assert body.isascii()
        assert all(len(line) <= 998 for line in body.split(b"\r\n"))
        assert b"\r" not in body.replace(b"\r\n", b"")
        message = message_from_bytes(body, policy=SMTP)
        assert not message.defects
        names = [name for name in message.keys() if not name.startswith("Content-")]  # noqa: SIM118 - each occurrence
        expected = ["Subject", "From", "To", "Date", "Message-ID", "References"]
        assert [name for name in names if name not in ("Auto-Submitted", "MIME-Version")] in (
            expected,
            expected[:-1],
        )
        assert message["To"] == "a@wire.example"
        assert _JOINERS.sub("", message["Subject"]).isprintable()
        parts = [part for part in message.walk() if not part.is_multipart()]
        kinds = ["text/plain", "text/html"]
        assert [part.get_content_type() for part in parts] == kinds[: 1 if is_plain else 2]
        for line in parts[0].get_content().splitlines():
            assert _JOINERS.sub("", line).isprintable()
        if not is_plain:
            check_html(parts[1].get_content())


@TEXTS
def test_console(make_notification: Make, text: str) -> None:
    """Each line is printable, and what a feed writes begins none at the margin."""
    for body in rendered(make_notification, "console:x", text, is_plain=False):
        first, *others = body.decode().removesuffix("\n").split("\n")
        assert all(_JOINERS.sub("", line).isprintable() for line in (first, *others))
        assert all(line.startswith("    ") for line in others)
        assert len(body) < 60_000


@IS_PLAIN
@TEXTS
def test_apprise(make_notification: Make, text: str, is_plain: bool) -> None:
    """No service sees a mention, markup, emoji or link in it; it fits the smallest."""
    for body in rendered(make_notification, "apprise:desk", text, is_plain=is_plain):
        message = orjson.loads(body)
        assert len(message["title"]) <= TITLE_CHARACTERS
        limit = PLAIN_CHARACTERS + 100 if is_plain else BODY_CHARACTERS
        assert len(message["body"]) <= limit
        for line in (message["title"], *message["body"].split("\n")):
            check_unknown_markup(line.removeprefix("- ").removeprefix("+ "), urls=True)


def test_most_is_still_said(make_notification: Make) -> None:
    """Without zero-width spaces the text for unknown services is what the feed wrote."""
    text = "Kim & Moon: *second* summit [3] at 9.30 (local time) #1"
    (body, *_) = rendered(make_notification, "apprise:desk", text, is_plain=False)
    assert orjson.loads(body)["title"].replace(ZERO_WIDTH, "") == f"High · {text}"


def slack_texts(blocks: list[dict[str, Any]]) -> list[str]:
    elements = [each for block in blocks for each in (block.get("elements") or [block["text"]])]
    assert all(each["verbatim"] for each in elements)
    return [each["text"] for each in elements]


def check_slack_text(text: str) -> None:
    page = render_mrkdwn(BARE.sub("", text))
    assert all(OURS.match(each) for each in re.findall(r'href="([^"]*)"', page))
    assert not re.search(r"<(?!https://(?:wire|board)\.example/)", text)
    assert not re.search(r":[^\s:<>&\u200b]+:", re.sub(r"<https://[^|]*\|", "", text))
    assert not TURNING.search(text)
    assert not re.search(r"(?m)^\s*&gt;", text)
    assert not any(c != "\n" and not c.isprintable() and ord(c) < 0xA0 for c in text)


def check_unknown_markup(line: str, *, urls: bool) -> None:
    """Check one line: every sign stands between zero-width spaces, and only our addresses link."""
    words = [word for word in line.split(" ") if not (urls and OURS.match(word))]
    rest = " ".join(words)
    assert _JOINERS.sub("", rest).isprintable()
    for sign in re.finditer(r"[*_~`|@#<>&\[\](){}\\$^!]", rest):
        assert rest[sign.start() - 1] == rest[sign.end()] == ZERO_WIDTH
    assert not re.search(r":[^\s\u200b]", rest)
    assert not re.search(r"[^\W_]\.[^\W_]", rest)
    assert not re.match(r"[-+=\d]", rest)


class _Tags(HTMLParser):
    """Collects what a page consists of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= set(attrs)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


def check_html(page: str) -> None:
    tags = _Tags()
    tags.feed(page)
    tags.close()
    assert tags.tags <= {"meta", "h3", "p", "b", "i", "ul", "li", "a", "bdi"}
    assert not tags.others
    for name, value in tags.attributes:
        assert (name, value) == ("charset", "utf-8") or (
            name == "href" and OURS.match(value or "") is not None
        )
    assert page.count("<bdi>") == page.count("</bdi>")
    assert not TURNING.search(page)
