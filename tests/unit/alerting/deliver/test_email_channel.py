"""E-mails: what they say, whom they reach, and what an SMTP server's replies mean."""

import email
import re
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from services.alerting.deliver.channels.addresses import AddressError
from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.channels.email.email_channel import EmailChannel
from services.alerting.deliver.channels.email.mail_message import Envelope, render_email
from services.alerting.deliver.channels.email.mail_settings import (
    Mailboxes,
    SmtpServer,
    parse_mailboxes,
    parse_smtp_url,
)
from shared.messages.schemas import ActorOnDate, Excerpt, Notification, Span
from tests.feed_texts import FEED_TEXTS
from tests.smtp_server import certificate_for, smtp_server

Make = Callable[..., Notification]
DESK = ("a@desk.example", "b@desk.example")
BOXES = Mailboxes(by_name={"desk": DESK}, sender="alerts@wire.example")


def mail(post: Post) -> EmailMessage:
    data = render_email(post, Envelope("alerts@wire.example", DESK), "https://board.example")
    assert all(len(line) < 998 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    parsed = email.message_from_bytes(data, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def parts(message: EmailMessage) -> tuple[str, str]:
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    return plain.get_content(), page.get_content() if page else ""


def test_mail_says_what_slack_says(make_notification: Make) -> None:
    """The subject has severity, kind and headline; the text each rule's sentence."""
    notification = replace(make_notification(destination="email:desk"), story_id="s1")
    post = Post(notification=notification, times={"t-published": 1_000, "now": 2_800})
    message = mail(post)
    text, page = parts(message)
    assert message["Subject"] == "High · Second summit near"
    assert message["To"] == ", ".join(DESK)
    assert message["Message-ID"] == f"<{notification.notification_id}@wire.example>"
    assert message["References"] == "<s1.story@wire.example>"
    assert message["Date"] == "Thu, 01 Jan 1970 00:00:02 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "- A second summit: Trump said a second summit with Kim was close." in text
    assert f"Why: https://board.example/why/{notification.alerts[0].alert_id}" in text
    assert "<b>second</b> <b>summit</b>" in page
    assert '<a href="https://wire.example/1"><bdi>Second summit near</bdi></a>' in page
    assert "published → here 1.8 s" in page


def test_the_same_notification_is_the_same_mail(make_notification: Make) -> None:
    """Nothing in it is random; a repeat says so; the plain form has no HTML."""
    post = Post(notification=make_notification(), is_possible_repeat=True)
    assert mail(post).as_bytes() == mail(post).as_bytes()
    assert mail(post)["Subject"].startswith("possible repeat · id ")
    assert parts(mail(replace(post, is_plain=True)))[1] == ""


@pytest.mark.parametrize("text", FEED_TEXTS, ids=lambda text: ascii(text[:20]))
def test_feeds_cannot_add_headers_or_markup(make_notification: Make, text: str) -> None:
    """Whatever they write, the headers are ours, and the HTML has no tag or link of theirs."""
    notification = make_notification(
        headline=text,
        source=text,
        url=text,
        uri=text,
        excerpts=(Excerpt(field="body", text=text, marks=(Span(start=0, end=4),)),),
        actors=(ActorOnDate(actor="x", name=text),),
    )
    notification = replace(notification, new_sentences=(text,), kind="update", sources=(text, "B"))
    message = mail(Post(notification=notification))
    plain, page = parts(message)
    assert set(message.keys()) <= {
        "Subject",
        "From",
        "To",
        "Message-ID",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
    }
    assert message["Bcc"] is None
    targets = re.findall(r'href="([^"]*)"', page)
    assert all(target.startswith("https://board.example/why/") for target in targets)
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert not any(c in plain + page for c in "\x00\x07\x1b\x9b\u202e\u2067")
    assert len(plain) < 10_000


@pytest.mark.parametrize(
    ("replies", "verdict", "detail"),
    [
        ({}, "accepted", "SMTP 250"),
        ({"HELLO": "421 busy"}, "unsent", "SMTP 421"),
        ({"HELLO": "554 go away"}, "gone", "SMTP 554"),
        ({"HELLO": ""}, "unsent", "no answer: SMTPServerDisconnected"),
        ({"MAIL": "451 later"}, "unsent", "SMTP 451: sender refused"),
        ({"MAIL": "550 who?"}, "gone", "SMTP 550: sender refused"),
        ({"RCPT": "550 nobody"}, "gone", "SMTP 550: recipient refused"),
        ({"RCPT a@desk.example": "550 x"}, "accepted", "SMTP 250, 1 of 2 recipients refused"),
        ({"RCPT b@desk.example": "450 grey"}, "unsent", "SMTP 450: recipient refused"),
        ({"DATA": "452 full"}, "unsent", "SMTP 452: message refused"),
        ({"DATA": "554 no"}, "gone", "SMTP 554: message refused"),
        ({"DATA": ""}, "unsent", "no answer: SMTPServerDisconnected"),
        ({"CONTENT": "451 later"}, "unsent", "SMTP 451: message refused"),
        ({"CONTENT": "552 too large"}, "malformed", "SMTP 552: message refused"),
        ({"CONTENT": ""}, "in_doubt", "no answer: SMTPServerDisconnected"),
        ({"QUIT": "500 what?"}, "accepted", "SMTP 250"),
        ({"QUIT": ""}, "accepted", "SMTP 250"),
    ],
)
async def test_verdict_of_a_reply(
    make_notification: Make, replies: dict[str, str], verdict: str, detail: str
) -> None:
    """4xx is tried again, 5xx refuses the address or the message; only a lost end is in doubt."""
    async with smtp_server(replies) as script:
        server = SmtpServer(host="127.0.0.1", port=script.port, is_tls=False)
        channel = EmailChannel(server, BOXES, timeout_s=5.0)
        post = Post(notification=make_notification(destination="email:desk"))
        answer = await channel.send("desk", channel.render(post), "id")
    assert (answer.verdict, answer.detail) == (verdict, detail)
    assert len(script.messages) == (verdict == "accepted")


async def test_what_arrives_is_what_was_rendered(make_notification: Make) -> None:
    """A line that is only a dot does not end the message."""
    excerpt = Excerpt(field="body", text=".", marks=())
    post = Post(notification=make_notification(destination="email:desk", excerpts=(excerpt,)))
    async with smtp_server() as script:
        server = SmtpServer(host="127.0.0.1", port=script.port, is_tls=False)
        channel = EmailChannel(server, BOXES)
        body = channel.render(post) + b".\r\n..\r\nend\r\n"
        await channel.send("desk", body, "id")
    (content,) = script.messages
    assert content.replace(b"\r\n..", b"\r\n.") == body + b".\r\n"


async def test_nothing_is_sent_without_the_tls_it_needs(make_notification: Make) -> None:
    """A password never goes over a connection that anyone can read."""
    async with smtp_server() as script:
        server = SmtpServer(
            host="127.0.0.1", port=script.port, is_tls=False, user="u", password="secret"
        )
        channel = EmailChannel(server, BOXES)
        body = channel.render(Post(notification=make_notification(destination="email:desk")))
        answer = await channel.send("desk", body, "id")
    assert (answer.verdict, answer.detail) == ("gone", "the server offers no STARTTLS")
    assert not [command for command in script.commands if command.startswith(("AUTH", "MAIL"))]


@pytest.mark.parametrize("is_tls", [True, False])
async def test_log_in_over_tls(
    make_notification: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_tls: bool
) -> None:
    """TLS from the first byte or by STARTTLS; a certificate that nobody vouches for is refused."""
    context, certificate = certificate_for("127.0.0.1", tmp_path)
    replies = {"EHLO": "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN", "STARTTLS": "220 go on"}
    async with smtp_server(replies, tls=context if is_tls else None, starttls=context) as script:
        server = SmtpServer(
            host="127.0.0.1", port=script.port, is_tls=is_tls, user="u", password="secret"
        )
        channel = EmailChannel(server, BOXES, timeout_s=5.0)
        body = channel.render(Post(notification=make_notification(destination="email:desk")))
        refused = await channel.send("desk", body, "id")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        answer = await channel.send("desk", body, "id")
    assert refused.verdict == "gone"
    assert "certificate" in refused.detail
    assert (answer.verdict, len(script.messages)) == ("accepted", 1)
    assert any(command.startswith("AUTH PLAIN ") for command in script.commands)


async def test_nobody_listens(make_notification: Make) -> None:
    """A refused connection is certainly unsent."""
    async with smtp_server() as script:
        port = script.port
    channel = EmailChannel(SmtpServer(host="127.0.0.1", port=port, is_tls=False), BOXES)
    body = channel.render(Post(notification=make_notification(destination="email:desk")))
    assert (await channel.send("desk", body, "id")).verdict == "unsent"


def test_smtp_url() -> None:
    """Ports follow the scheme; a user needs a password; no error shows what was written."""
    server = parse_smtp_url("smtps://me%40x:p%3Aw@mail.example")
    assert (server.host, server.port, server.is_tls) == ("mail.example", 465, True)
    assert (server.user, server.password) == ("me@x", "p:w")
    assert "p:w" not in repr(server)
    assert parse_smtp_url("smtp://mail:2525").port == 2525
    assert parse_smtp_url("smtp://mail.example").needs_tls
    assert not parse_smtp_url("smtp://localhost:25").needs_tls
    for wrong in ("mail.example", "http://mail.example", "smtp://", "smtp://u@x", "smtp://x:pw1"):
        with pytest.raises(AddressError) as error:
            parse_smtp_url(wrong)
        assert "pw1" not in str(error.value)


def test_mailboxes() -> None:
    """A name has one address or several; every mistake is reported, and none of the addresses."""
    boxes = parse_mailboxes("desk: [a@x.example, b@x.example]\nboss: c@x.example\n", "me@x.example")
    assert boxes.by_name == {"desk": ("a@x.example", "b@x.example"), "boss": ("c@x.example",)}
    assert boxes.rate_limit_key("desk") != boxes.rate_limit_key("boss")
    assert boxes.rate_limit_key("nobody") is None
    assert parse_mailboxes(None, "") == Mailboxes()
    wrong = 'a: secret\nb: []\nc: "x@y.example\\nBcc: z@y.example"\nd: [5]\n'
    with pytest.raises(AddressError) as error:
        parse_mailboxes(wrong, "")
    assert str(error.value).splitlines() == [
        "EMAIL_ADDRESSES: a: is not an address; write name@example.org",
        "EMAIL_ADDRESSES: b: needs 1 to 50 addresses",
        "EMAIL_ADDRESSES: c: is not an address; write name@example.org",
        "EMAIL_ADDRESSES: d: is not an address; write name@example.org",
        "EMAIL_FROM is not an address; write alerts@example.org",
    ]
