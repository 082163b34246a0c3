"""E-mails as files: a Maildir is a drop box, too."""

from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.drop_box.dropped_file import read_dropped_file
from services.fetcher.drop_box.mail_message import is_mail, read_mail
from services.fetcher.parsing.feed_entry import FeedEntry
from shared.base.outcomes import InvalidMessage

TEXT = "The two delegations will meet again on Thursday, officials said."
PAGE = f"<html><body><p>{TEXT}</p></body></html>"
ITEM = {"uri": "urn:wire:1", "headline": "H", "body_text": TEXT}


def mail(text: str | None = TEXT, html: str | None = None, **fields: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Außenamt Presse <press@ministry.example>"
    message["Subject"] = "Gespräche in Hanoi"
    message["Date"] = "Wed, 27 Feb 2019 21:00:00 +0900"
    message["Message-ID"] = "<1.a/b@ministry.example>"
    for name, value in fields.items():
        del message[name]
        message[name] = value
    if text is not None:
        message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


def only(message: EmailMessage | bytes) -> FeedEntry:
    data = message if isinstance(message, bytes) else message.as_bytes()
    (entry,) = read_dropped_file(data, "1551268800.M1P2.host", "ministry").entries
    return entry


def test_a_text_mail_is_an_article() -> None:
    """With its subject, sender and date; its id is the article's identity."""
    entry = only(mail())
    assert (entry.uri, entry.headline, entry.byline, entry.published_at) == (
        "mid:1.a%2Fb@ministry.example",
        "Gespräche in Hanoi",
        "Außenamt Presse",
        datetime(2019, 2, 27, 12, tzinfo=UTC),
    )
    assert entry.document is not None
    assert entry.document.data.decode().strip() == TEXT
    assert entry.document.content_type == "text/plain; charset=utf-8"


def test_of_text_and_page_the_page_is_taken() -> None:
    """Its paragraphs are marked up; its charset is the part's."""
    entry = only(mail(html=PAGE))
    assert entry.document is not None
    assert entry.document.content_type.startswith("text/html")
    assert TEXT.encode() in entry.document.data


def test_an_attached_wire_document_is_the_article() -> None:
    """The covering text is none, and a picture is ignored."""
    message = mail("See attachment.")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
    message.add_attachment(b"{}", maintype="application", subtype="json", filename="other.json")
    for subtype in ("json", "octet-stream"):
        message.add_attachment(
            orjson.dumps({**ITEM, "uri": f"urn:{subtype}"}),
            maintype="application",
            subtype=subtype,
            filename="a.bin",
        )
    parsed = read_mail(message.as_bytes(), "wire")
    assert [entry.uri for entry in parsed.entries] == ["urn:json", "urn:octet-stream"]


@pytest.mark.parametrize("charset", ["iso-8859-1", "euc-kr", "utf-8"])
def test_charsets_and_transfer_encodings(charset: str) -> None:
    """The bytes are those of the part, and its charset is stated beside them."""
    text = {"euc-kr": "회담이 목요일에 다시 열린다"}.get(charset, "Gespräche über Hanoi")
    message = mail(None)
    message.set_content(text, charset=charset, cte="base64")
    entry = only(message)
    assert entry.document is not None
    assert text in entry.document.data.decode(charset)
    assert entry.document.content_type == f"text/plain; charset={charset}"


def test_without_an_id_the_content_is_the_identity() -> None:
    """The same mail twice is one article."""
    message = mail()
    del message["Message-ID"]
    data = message.as_bytes()
    assert (only(data).uri or "").startswith("urn:summitwire:mail:ministry/")
    assert only(data).uri == only(data).uri


def test_a_mail_without_text_says_so() -> None:
    """A picture is no article."""
    message = mail(None)
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png")
    with pytest.raises(InvalidMessage, match="no text and no wire document"):
        only(message)


@pytest.mark.parametrize(
    "data",
    [
        b"Slug: HANOI\nFrom: our correspondent\n\nText",
        b"SEOUL (Wire) - From: here\n\nMessage-ID: quoted",
        b"Message-ID: <a@b>\n\nFrom: in the text",
        b"",
    ],
)
def test_a_wire_s_text_with_fields_is_no_mail(data: bytes) -> None:
    """A mail has a sender and a field that only mails have, both in its head."""
    assert not is_mail(data)


@given(st.binary(max_size=300))
def test_anything_may_claim_to_be_a_mail(rest: bytes) -> None:
    """It is read, or refused with a reason."""
    data = b"From: a@b.example\nMIME-Version: 1.0\n" + rest
    assert is_mail(data)
    with suppress(InvalidMessage):
        assert read_mail(data, "wire").entries
