"""Step 1: bytes → text. Never raises on any bytes of a text; says what named the charset.

What a declaration says is tried first (shared/text/charsets.py), then undeclared.py.
"""

import re
from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import ArticleDraft, ContentFormat
from services.cleaner.decoding.decompress import decompress
from services.cleaner.decoding.undeclared import decode_undeclared
from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.wire.newsml import is_newsml
from services.cleaner.wire.ninjs import is_ninjs
from services.cleaner.wire.nitf import is_nitf
from shared.base.outcomes import Drop, InvalidMessage
from shared.text.charsets import DecodedText, decode_as_declared

_HEAD_BYTES: Final = 4096
_HTML_START: Final = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE
)
_HTML_TAG: Final = re.compile(
    r"<(?:!doctype\s+html|html|head|body|article|div|p|h1|meta|title)\b[^<>]{0,400}>", re.IGNORECASE
)
_TEXT_TYPES: Final = (
    *("text/", "application/xhtml+xml", "application/xml", "application/octet-stream"),
    *("application/json", "application/gzip", "application/x-gzip", "application/vnd.iptc."),
)
_BINARY_SIGNATURES: Final = {
    b"%PDF-": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"PK\x03\x04": "ZIP",
}


def decode(draft: ArticleDraft) -> ArticleDraft | Drop:
    """Fill ``text`` and ``content_format``.

    Raises InvalidMessage if the content is of a kind that holds no text (PDF, image, archive).
    """
    raw = draft.raw
    content = decompress(raw.content)
    _refuse_binary(content, raw.content_type)
    decoded = decode_bytes(
        content, raw.content_type, headline=raw.headline or "", language=raw.language or ""
    )
    if not decoded.text.strip():
        return Drop(CleanDrop.EMPTY_CONTENT)
    content_format = detect_format(decoded.text, raw.content_type)
    charset = f"{decoded.provenance}: {decoded.charset}"
    draft = replace(draft, text=decoded.text, content_format=content_format)
    return draft.with_evidence(charset=charset)


def decode_bytes(
    content: bytes, content_type: str, *, headline: str = "", language: str = ""
) -> DecodedText:
    """Return the text of the bytes; broken bytes become U+FFFD.

    ``headline`` and ``language``: what the feed says of the article, if anything.
    """
    decoded = decode_as_declared(content, content_type)
    decoded = decoded or decode_undeclared(content, headline, language)
    return decoded or DecodedText(content.decode("utf-8", "replace"), "utf-8", "fallback")


def detect_format(text: str, content_type: str) -> ContentFormat:
    """Return the format that the text is to be parsed as."""
    if is_newsml(text):
        return ContentFormat.NEWSML
    if is_nitf(text):
        return ContentFormat.NITF
    if is_ninjs(text, content_type):
        return ContentFormat.NINJS
    return ContentFormat.HTML if is_html(text, content_type) else ContentFormat.TEXT


def is_html(text: str, content_type: str) -> bool:
    """Return whether the text is a page.

    It is if it starts like one, or its type says so, or if it has no type and has tags.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if _HTML_START.match(text):
        return True
    if media_type in {"text/html", "application/xhtml+xml"}:
        return True
    return media_type != "text/plain" and bool(_HTML_TAG.search(text[:_HEAD_BYTES]))


def _refuse_binary(content: bytes, content_type: str) -> None:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type and not media_type.startswith(_TEXT_TYPES):
        raise InvalidMessage(
            f"content type {media_type[:80]} holds no article text: use HTML, plain text, ninjs, "
            "NewsML-G2 or NITF"
        )
    for start, name in _BINARY_SIGNATURES.items():
        if content.startswith(start):
            raise InvalidMessage(f"the content is {name} data, not HTML or plain text")
