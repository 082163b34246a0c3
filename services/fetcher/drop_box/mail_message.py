"""An e-mail (RFC 5322) → entries: the wire documents attached to it, or else its text. Pure."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from itertools import islice
from typing import Final
from urllib.parse import quote

from services.fetcher.parsing import feed_parser
from services.fetcher.parsing.entry_text import byline, plain_text
from services.fetcher.parsing.feed_entry import (
    EntryDocument,
    FeedEntry,
    ParsedFeed,
    stated_time,
)
from shared.base.outcomes import InvalidMessage
from shared.messages.ids import content_id

MAX_PARTS: Final = 100
_HEAD_BYTES: Final = 16 * 1024
_FIELD: Final = re.compile(rb"(?:From |[!-9;-~]{1,76}:)")
_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")
_OWN_FIELDS: Final = re.compile(
    rb"^(?:message-id|mime-version|received|return-path):", re.IGNORECASE | re.MULTILINE
)
_FROM: Final = re.compile(rb"^from:", re.IGNORECASE | re.MULTILINE)
_WIRE_FORMATS: Final = frozenset(("ninjs", "NewsML-G2", "NITF"))
_WIRE_TYPES: Final = re.compile(r"application/(?:.*[+.])?(?:json|xml|octet-stream)|text/xml")
_DEFECTS: Final = (AttributeError, IndexError, KeyError, LookupError, TypeError, ValueError)
"""What the standard library raises for some headers that are no headers."""


def is_mail(data: bytes) -> bool:
    """Return whether a file is an e-mail: its head names a sender, and has a field of mail only."""
    if not _FIELD.match(data):
        return False
    end = _END_OF_HEAD.search(data, 0, _HEAD_BYTES)
    head = data[: end.start() if end else _HEAD_BYTES]
    return bool(_FROM.search(head) and _OWN_FIELDS.search(head))


def read_mail(data: bytes, source: str) -> ParsedFeed:
    """Read an e-mail; InvalidMessage if it has neither a wire document nor a text."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        if items := {entry.key: entry for entry in _iter_wire_entries(message, source)}:
            entries = tuple(items.values())
            return ParsedFeed(entries=entries, format_name="e-mail with wire documents")
        return ParsedFeed(entries=(_build_entry(message, data, source),), format_name="e-mail")
    except InvalidMessage:
        raise
    except _DEFECTS as error:
        raise InvalidMessage(f"the e-mail is broken: {error!r}"[:200]) from error


def _iter_wire_entries(message: EmailMessage, source: str) -> Iterator[FeedEntry]:
    for part in islice(message.walk(), MAX_PARTS):
        if part.is_multipart() or not _WIRE_TYPES.fullmatch(part.get_content_type()):
            continue
        try:
            payload = part.get_payload(decode=True)
            data = payload if isinstance(payload, bytes) else b""
            parsed = feed_parser.parse(data, None, f"https://{source}.invalid/")
        except InvalidMessage:
            continue  # another attachment: a table, a logo
        if parsed.format_name in _WIRE_FORMATS:
            yield from parsed.entries


def _build_entry(message: EmailMessage, data: bytes, source: str) -> FeedEntry:
    body = message.get_body(("html", "plain"))
    payload = body.get_payload(decode=True) if body is not None else None
    if body is None or not isinstance(payload, bytes) or not payload.strip():
        raise InvalidMessage("the e-mail has no text and no wire document")
    charset = body.get_content_charset()
    content_type = body.get_content_type() + (f"; charset={charset}" if charset else "")
    message_id = str(message["message-id"] or "").strip().strip("<>")
    number = content_id("mail", data)
    uri = (
        f"mid:{quote(message_id, '@')}" if message_id else f"urn:summitwire:mail:{source}/{number}"
    )
    stated = stated_time([str(message["date"] or "")])
    return FeedEntry(
        key=content_id("entry", uri, payload),
        url=uri,
        uri=uri,
        headline=plain_text(str(message["subject"] or ""), is_html=False),
        byline=byline([str(message["from"] or "")]),
        published_at=stated.moment if stated else None,
        published_precision=stated.precision if stated else "moment",
        document=EntryDocument(data=payload, content_type=content_type),
    )
