"""Step 1: bytes → text. Never raises on any bytes; says which witness named the charset.

Order: byte order mark, then bytes that are valid UTF-8 (no other encoding's text is, by chance, beyond a few letters), then the HTTP
header, then the page's own declaration, then detection. Labels mean what browsers take them to mean (WHATWG Encoding: latin-1 is
windows-1252, gb2312 is gb18030 …); codecs that are no text encodings or take quadratic time (punycode, idna) are not among them.
"""

import codecs
import re
from dataclasses import dataclass, replace
from typing import Final

from charset_normalizer import from_bytes

from services.cleaner.article_draft import ArticleDraft, ContentFormat
from services.cleaner.decoding.decompress import unpacked
from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.wire.newsml import is_newsml
from services.cleaner.wire.ninjs import is_ninjs
from shared.base.outcomes import Drop, InvalidMessage

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BROWSERS_READ: Final = {
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
_READABLE: Final = frozenset(
    [
        "utf-8",
        "utf-16-le",
        "utf-16-be",
        "gb18030",
        "big5",
        "big5hkscs",
        "euc_jp",
        "iso2022_jp",
        "cp932",
        "cp949",
        "koi8-r",
        "koi8-u",
        "cp866",
    ]
    + ["cp874", "mac-cyrillic", "mac-roman"]
    + [f"cp{number}" for number in range(1250, 1259)]
    + [f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)]
)
_IN_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_IN_PAGE: Final = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,400}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE
)
_HEAD_BYTES: Final = 4096
_SAMPLE_BYTES: Final = 16 * 1024
_TOLERATED: Final = 0.002
"""A cut or spliced page may hold a few broken bytes; more of them than this share means another encoding."""
_HTML_START: Final = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE
)
_HTML_TAG: Final = re.compile(
    r"<(?:!doctype\s+html|html|head|body|article|div|p|h1|meta|title)\b[^<>]{0,400}>", re.IGNORECASE
)
_READ_TYPES: Final = (
    *(
        "text/",
        "application/xhtml+xml",
        "application/xml",
        "application/octet-stream",
        "application/json",
    ),
    *("application/gzip", "application/x-gzip", "application/vnd.iptc."),
)
_SIGNATURES: Final = {
    b"%PDF-": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"PK\x03\x04": "ZIP",
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the codec that gave it, and the witness that named the codec: bom, utf-8, header, page, detected or fallback."""

    text: str
    charset: str
    witness: str


def decode(draft: ArticleDraft) -> ArticleDraft | Drop:
    """Fill ``text`` and ``form``. InvalidMessage: the content is of a kind that holds no text (PDF, image, archive)."""
    raw = draft.raw
    content = unpacked(raw.content)
    _refuse_binary(content, raw.content_type)
    found = decoded(content, raw.content_type)
    if not found.text.strip():
        return Drop(CleanDrop.EMPTY_CONTENT)
    return replace(draft, text=found.text, form=form_of(found.text, raw.content_type)).knowing(
        charset=f"{found.witness}: {found.charset}"
    )


def decoded(content: bytes, content_type: str) -> Decoded:
    """The text of the bytes; broken bytes become U+FFFD."""
    for mark, charset in _BOMS:
        if content.startswith(mark):
            return Decoded(content[len(mark) :].decode(charset, "replace"), charset, "bom")
    as_utf8 = content.decode("utf-8", "replace")
    if as_utf8.count("\ufffd") <= len(content) * _TOLERATED and not _escaped(content):
        return Decoded(as_utf8, "utf-8", "utf-8")
    return (
        _declared(content, content_type)
        or _detected(content)
        or Decoded(as_utf8, "utf-8", "fallback")
    )


def form_of(text: str, content_type: str) -> ContentFormat:
    """What the text is to be read as."""
    if is_newsml(text):
        return ContentFormat.NEWSML
    if is_ninjs(text, content_type):
        return ContentFormat.NINJS
    return ContentFormat.HTML if is_html(text, content_type) else ContentFormat.TEXT


def is_html(text: str, content_type: str) -> bool:
    """Whether to read the text as a page: it starts like one, or its type says so, or nothing is said and it has tags."""
    kind = content_type.partition(";")[0].strip().lower()
    if _HTML_START.match(text):
        return True
    if kind in {"text/html", "application/xhtml+xml"}:
        return True
    return kind != "text/plain" and bool(_HTML_TAG.search(text[:_HEAD_BYTES]))


def _escaped(content: bytes) -> bool:
    """ISO-2022-JP is all ASCII bytes, so it looks like UTF-8; its escapes give it away."""
    return (b"\x1b" in content and b"\x1b$" in content) or b"\x00" in content[:_HEAD_BYTES]


def _declared(content: bytes, content_type: str) -> Decoded | None:
    in_page = _IN_PAGE.search(content[:_HEAD_BYTES])
    in_header = _IN_HEADER.search(content_type)
    labels = (
        (in_header.group(1) if in_header else "", "header"),
        (in_page.group(1).decode("ascii", "ignore") if in_page else "", "page"),
    )
    for label, witness in labels:
        charset = _codec(label)
        if charset:
            text = content.decode(charset, "replace")
            if text.count("\ufffd") <= len(text) * _TOLERATED:
                return Decoded(text, charset, witness)
    return None


def _detected(content: bytes) -> Decoded | None:
    best = from_bytes(content[:_SAMPLE_BYTES]).best()
    charset = _codec(best.encoding) if best else None
    return Decoded(content.decode(charset, "replace"), charset, "detected") if charset else None


def _codec(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _BROWSERS_READ.get(name, name)
    return name if name in _READABLE else None


def _refuse_binary(content: bytes, content_type: str) -> None:
    kind = content_type.partition(";")[0].strip().lower()
    if kind and not kind.startswith(_READ_TYPES):
        raise InvalidMessage(
            f"content type {kind[:80]} holds no article text: only HTML, plain text, ninjs and NewsML-G2 are read"
        )
    for start, name in _SIGNATURES.items():
        if content.startswith(start):
            raise InvalidMessage(f"the content is {name} data, not HTML or plain text")
