"""Charsets of pages and feeds: what a label means, and text from bytes with a declaration. Pure.

Labels mean what browsers take them to mean (WHATWG Encoding: latin-1 is windows-1252, gb2312 is
gb18030 …). Codecs that are no text encodings or take quadratic time (punycode, idna) are never
used.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16's, which is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_XML_STARTS: Final = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
"""How XML in UTF-16 starts that has no byte order mark (XML 1.0, appendix F)."""
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
_LABELS: Final = {
    label: codec
    for codec, labels in (
        ("utf-8", "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8"),
        ("iso8859-6", "csiso88596e csiso88596i iso-8859-6-e iso-8859-6-i"),
        ("iso8859-7", "sun_eu_greek"),
        ("iso8859-8", "csiso88598e csiso88598i iso-8859-8-e iso-8859-8-i visual logical"),
        ("iso8859-15", "csisolatin9"),
        ("koi8-r", "koi koi8"),
        ("koi8-u", "koi8-ru"),
        ("mac-roman", "csmacintosh mac x-mac-roman"),
        ("mac-cyrillic", "x-mac-cyrillic x-mac-ukrainian"),
        ("cp874", "dos-874 windows-874"),
        ("gb18030", "csgb2312 gb_2312 gb_2312-80 x-gbk"),
        ("big5", "cn-big5 x-x-big5"),
        ("euc_jp", "cseucpkdfmtjapanese x-euc-jp"),
        ("cp932", "windows-31j x-sjis"),
        ("cp949", "cseuckr csksc56011987 iso-ir-149 ks_c_5601-1989 ksc_5601 windows-949"),
        ("utf-16-be", "unicodefffe"),
        ("utf-16-le", "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff"),
    )
    for label in labels.split()
}
"""Labels of the WHATWG's table that Python does not know."""
_PREFIXED: Final = re.compile(r"x-(cp125[0-8])|iso(8859)-?(\d{1,2})")
_ALLOWED: Final = frozenset(
    ["utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5", "big5hkscs", "euc_jp", "iso2022_jp"]
    + ["cp932", "cp949", "koi8-r", "koi8-u", "cp866", "cp874", "mac-cyrillic", "mac-roman"]
    + [f"cp{number}" for number in range(1250, 1259)]
    + [f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)]
    + ["iso2022_kr"]  # no browser reads it any more, but old Korean feeds are written in it
)
_DEFAULT: Final = "cp1252"
"""What servers name that nobody has configured."""
_IN_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_IN_DOCUMENT: Final = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,400}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE
)
_HEAD_BYTES: Final = 4096
_MAX_BROKEN_SHARE: Final = 0.002
"""A truncated or spliced text may have a few broken bytes; a larger share is another encoding."""
_ASCII: Final = bytes(range(128))
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f]")
_FEW: Final = 3
_FEW_SHARE: Final = 0.01
"""In a short text, so many broken bytes and this share are few."""


@dataclass(frozen=True, slots=True)
class DecodedText:
    """Text, the codec that gave it, and what named the codec.

    ``provenance`` is bom, utf-8, header, page, detected or fallback.
    """

    text: str
    charset: str
    provenance: str


def codec_name(label: str) -> str | None:
    """Return the name of Python's codec for a label; None if it names no text encoding."""
    label = label.strip().lower()
    if prefixed := _PREFIXED.fullmatch(label):
        label = prefixed[1] or f"iso8859-{prefixed[3]}"
    try:
        name = codecs.lookup(_LABELS.get(label, label)).name
    except (LookupError, ValueError):
        return None
    name = _AS_BROWSERS.get(name, name)
    return name if name in _ALLOWED else None


def decode_as_declared(content: bytes, content_type: str) -> DecodedText | None:
    """Return the text by its mark, as UTF-8, or by a declaration; None if none of them fits.

    In this order: byte order mark; bytes that are valid UTF-8 (beyond a few letters, no other
    encoding's text is by chance); the HTTP header; the document's own declaration. A Latin charset
    in the header may be a server's default, so that there the document is asked first. Broken
    bytes become U+FFFD.
    """
    for mark, charset in _MARKS:
        if content.startswith(mark):
            text = content[len(mark) :].decode(charset, "replace")
            return DecodedText(text, charset, "bom")
    for start, charset in _XML_STARTS:
        if content.startswith(start):
            return DecodedText(content.decode(charset, "replace"), charset, "page")
    text = "" if _has_escapes(content) else content.decode("utf-8", "replace")
    if text and _is_utf8(text):
        return DecodedText(text, "utf-8", "utf-8")
    declared = next(_iter_declared(content, content_type), None)
    if declared or not (text and is_nearly_whole(text) and _has_sequences(content, text)):
        return declared
    return DecodedText(text, "utf-8", "utf-8")


def _iter_declared(content: bytes, content_type: str) -> Iterator[DecodedText]:
    """Yield the text in each declared charset that fits it, the most credible first."""
    in_page = _IN_DOCUMENT.search(content[:_HEAD_BYTES].replace(b"\0", b""))
    in_header = _IN_HEADER.search(content_type)
    header = (codec_name(in_header.group(1)) if in_header else None, "header")
    page = (codec_name(in_page.group(1).decode("ascii", "ignore")) if in_page else None, "page")
    for charset, provenance in (page, header) if header[0] == _DEFAULT else (header, page):
        text = content.decode(charset, "replace") if charset else ""
        if charset and is_nearly_whole(text):
            yield DecodedText(text, charset, provenance)


def _is_utf8(text: str) -> bool:
    """Return whether the text was UTF-8, as most of its letters beyond ASCII are unbroken.

    In texts of other encodings nearly all of them are broken.
    """
    if "\ufffd" not in text:
        return True
    return text.count("\ufffd") <= (len(text) - len(text.encode("ascii", "ignore"))) // 3


def _has_sequences(content: bytes, text: str) -> bool:
    """Return whether bytes beyond ASCII stand together in UTF-8's way, if only broken ones.

    A lone byte in a text of ASCII is rather a letter of another encoding.
    """
    beyond_ascii = len(content.translate(None, _ASCII))
    return beyond_ascii > text.count("\ufffd") or bool(_CONTROL.search(text))


def is_nearly_whole(text: str) -> bool:
    """Return whether so few characters are broken that the charset is the right one."""
    broken = text.count("\ufffd")
    return broken <= max(len(text) * _MAX_BROKEN_SHARE, min(_FEW, len(text) * _FEW_SHARE))


def _has_escapes(content: bytes) -> bool:
    """Return whether the bytes are ISO-2022 or UTF-16 rather than UTF-8.

    ISO-2022-JP is all ASCII bytes, so it looks like UTF-8; its escape sequences give it away.
    """
    return (b"\x1b" in content and b"\x1b$" in content) or b"\x00" in content[:_HEAD_BYTES]
