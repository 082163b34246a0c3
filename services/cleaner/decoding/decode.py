"""Step 1: bytes → text. Never raises on any bytes of a text; says what named the charset.

In this order: byte order mark, then bytes that are valid UTF-8 (beyond a few letters, no other
encoding's text is by chance), then the HTTP header, then the page's own declaration, then
detection. Labels mean what browsers take them to mean (WHATWG Encoding: latin-1 is windows-1252,
gb2312 is gb18030 …). Codecs that are no text encodings or take quadratic time (punycode, idna) are
never used.
"""

import codecs
import re
from dataclasses import dataclass, replace
from typing import Final

from charset_normalizer import from_bytes

from services.cleaner.article_draft import ArticleDraft, ContentFormat
from services.cleaner.decoding.decompress import decompress
from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.wire.newsml import is_newsml
from services.cleaner.wire.ninjs import is_ninjs
from shared.base.outcomes import Drop, InvalidMessage

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_AS_BROWSERS: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "utf-16": "utf-16-le",
}
_ALLOWED: Final = frozenset(
    ["utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5", "big5hkscs", "euc_jp", "iso2022_jp"]
    + ["cp932", "cp949", "koi8-r", "koi8-u", "cp866", "cp874", "mac-cyrillic", "mac-roman"]
    + [f"cp{number}" for number in range(1250, 1259)]
    + [f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)]
)
_IN_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_IN_PAGE: Final = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,400}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE
)
_HEAD_BYTES: Final = 4096
_SAMPLE_BYTES: Final = 16 * 1024
_MAX_BROKEN_SHARE: Final = 0.002
"""A truncated or spliced page may have a few broken bytes; a larger share is another encoding."""
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


@dataclass(frozen=True, slots=True)
class DecodedText:
    """Text, the codec that gave it, and what named the codec.

    ``provenance`` is bom, utf-8, header, page, detected or fallback.
    """

    text: str
    charset: str
    provenance: str


def decode(draft: ArticleDraft) -> ArticleDraft | Drop:
    """Fill ``text`` and ``content_format``.

    Raises InvalidMessage if the content is of a kind that holds no text (PDF, image, archive).
    """
    raw = draft.raw
    content = decompress(raw.content)
    _refuse_binary(content, raw.content_type)
    decoded = decode_bytes(content, raw.content_type)
    if not decoded.text.strip():
        return Drop(CleanDrop.EMPTY_CONTENT)
    content_format = detect_format(decoded.text, raw.content_type)
    charset = f"{decoded.provenance}: {decoded.charset}"
    draft = replace(draft, text=decoded.text, content_format=content_format)
    return draft.with_evidence(charset=charset)


def decode_bytes(content: bytes, content_type: str) -> DecodedText:
    """Return the text of the bytes; broken bytes become U+FFFD."""
    for mark, charset in _BOMS:
        if content.startswith(mark):
            text = content[len(mark) :].decode(charset, "replace")
            return DecodedText(text, charset, "bom")
    text = content.decode("utf-8", "replace")
    if text.count("\ufffd") <= len(content) * _MAX_BROKEN_SHARE and not _has_escapes(content):
        return DecodedText(text, "utf-8", "utf-8")
    decoded = _decode_as_declared(content, content_type) or _decode_as_detected(content)
    return decoded or DecodedText(text, "utf-8", "fallback")


def detect_format(text: str, content_type: str) -> ContentFormat:
    """Return the format that the text is to be parsed as."""
    if is_newsml(text):
        return ContentFormat.NEWSML
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


def _has_escapes(content: bytes) -> bool:
    """Return whether the bytes are ISO-2022-JP or UTF-16 rather than UTF-8.

    ISO-2022-JP is all ASCII bytes, so it looks like UTF-8; its escape sequences give it away.
    """
    return (b"\x1b" in content and b"\x1b$" in content) or b"\x00" in content[:_HEAD_BYTES]


def _decode_as_declared(content: bytes, content_type: str) -> DecodedText | None:
    in_page = _IN_PAGE.search(content[:_HEAD_BYTES])
    in_header = _IN_HEADER.search(content_type)
    labels = (
        (in_header.group(1) if in_header else "", "header"),
        (in_page.group(1).decode("ascii", "ignore") if in_page else "", "page"),
    )
    for label, provenance in labels:
        charset = _codec_name(label)
        if charset:
            text = content.decode(charset, "replace")
            if text.count("\ufffd") <= len(text) * _MAX_BROKEN_SHARE:
                return DecodedText(text, charset, provenance)
    return None


def _decode_as_detected(content: bytes) -> DecodedText | None:
    best = from_bytes(content[:_SAMPLE_BYTES]).best()
    charset = _codec_name(best.encoding) if best else None
    if not charset:
        return None
    return DecodedText(content.decode(charset, "replace"), charset, "detected")


def _codec_name(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _AS_BROWSERS.get(name, name)
    return name if name in _ALLOWED else None


def _refuse_binary(content: bytes, content_type: str) -> None:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type and not media_type.startswith(_TEXT_TYPES):
        raise InvalidMessage(
            f"content type {media_type[:80]} holds no article text: use HTML, plain text, ninjs "
            "or NewsML-G2"
        )
    for start, name in _BINARY_SIGNATURES.items():
        if content.startswith(start):
            raise InvalidMessage(f"the content is {name} data, not HTML or plain text")
