"""Parse RSS, Atom and RDF into entries with feedparser. Pure.

The shell runs this in a child process with limits. The bytes are decoded here, so that the text
that is checked for entity bombs is the text that is parsed, whatever its encoding.
"""

import calendar
import codecs
import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from typing import Any, Final

from services.fetcher.canonical_url import canonical_url
from services.fetcher.manifest import LANGUAGE
from shared.base.outcomes import InvalidMessage
from shared.messages.ids import content_id

LIBRARY: Final = "feedparser"
"""Imported on first use and preloaded by the child processes; the parent never needs it."""
MAX_BYTES: Final = 8 * 1024 * 1024
MAX_ENTRIES: Final = 500
MAX_TEXT: Final = 500
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARATION: Final = re.compile(r"\s*<\?xml\b[^>]*\?>")
_ENCODING: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_TAG: Final = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """An entry of a feed.

    ``key`` changes when the publisher marks the entry as changed: its page is then fetched again.
    """

    key: str
    url: str
    headline: str | None = None
    byline: str | None = None
    language: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """The valid entries of a feed in its order, each key and URL once, and its problems."""

    entries: tuple[FeedEntry, ...]
    problems: tuple[str, ...] = ()


def parse(data: bytes, content_type: str | None, url: str) -> ParsedFeed:
    """Parse a feed that was fetched from ``url``; InvalidMessage if it is not a safe feed."""
    import feedparser  # noqa: PLC0415 - see LIBRARY

    text = _decode(data, content_type)
    if re.search(r"<!DOCTYPE", text, re.IGNORECASE) and re.search(r"<!ENTITY", text, re.IGNORECASE):
        raise InvalidMessage(
            "its DOCTYPE declares entities, which are not allowed: they can expand to any size"
        )
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    # A stream, because feedparser takes bytes for a file name.
    utf8 = io.BytesIO(_DECLARATION.sub("", text, count=1).encode("utf-8", "replace"))
    parsed = feedparser.parse(
        utf8, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    xml_error = _describe_xml_error(parsed)
    if not parsed.version or (xml_error and not parsed.entries):
        reason = xml_error or "it has another root element"
        raise InvalidMessage(f"not an RSS, Atom or RDF feed: {reason}")
    problems = [f"read as far as possible: {xml_error}"] if xml_error else []
    return ParsedFeed(entries=tuple(_iter_entries(parsed, problems)), problems=tuple(problems))


def _decode(data: bytes, content_type: str | None) -> str:
    """Decode by BOM, as UTF-8, by the HTTP header, by the XML declaration, or as Windows-1252."""
    if not data.strip():
        raise InvalidMessage("it is empty")
    if len(data) > MAX_BYTES:
        raise InvalidMessage(f"larger than {MAX_BYTES} bytes")
    for encoding in _iter_encodings(data, content_type):
        try:
            return data.decode(encoding)
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def _iter_encodings(data: bytes, content_type: str | None) -> Iterator[str]:
    yield from (encoding for bom, encoding in _BOMS if data.startswith(bom))
    # UTF-16 (with NULs) and ISO-2022 (with escapes) would pass as UTF-8.
    if b"\0" not in data and b"\x1b" not in data:
        yield "utf-8"
    header = Message()
    header["content-type"] = (content_type or "").replace("\r", "").replace("\n", "")
    yield from (encoding for encoding in (header.get_content_charset(),) if encoding)
    declaration = _ENCODING.search(data[:1024].replace(b"\0", b""))
    yield from (name.decode() for name in (declaration.groups() if declaration else ()))
    yield "utf-8"


def _describe_xml_error(parsed: Any) -> str:
    """Say where and why the XML is not well-formed; empty if it is."""
    error = parsed.get("bozo_exception") if parsed.bozo else None
    if error is None:
        return ""
    if not hasattr(error, "getLineNumber"):
        return f"broken XML: {error}"[:200]
    line = error.getLineNumber() - 1  # feedparser puts a line of its own in front
    place = f" at line {line}, column {error.getColumnNumber() + 1}"
    return f"broken XML: {error.getMessage()}"[:200] + place


def _iter_entries(parsed: Any, problems: list[str]) -> Iterator[FeedEntry]:
    if len(parsed.entries) > MAX_ENTRIES:
        problems.append(f"only the newest {MAX_ENTRIES} of {len(parsed.entries)} entries are read")
    language = _normalise_language(parsed.feed.get("language"))
    keys, urls = set[str](), set[str]()
    for number, raw_entry in _newest(parsed.entries):
        try:
            entry = _build_entry(raw_entry, language)
        except InvalidMessage as error:
            problems.append(f"entry {number}: {error}")
            continue
        if entry.key not in keys and entry.url not in urls:
            yield entry
        keys.add(entry.key)
        urls.add(entry.url)


def _newest(entries: list[Any]) -> list[tuple[int, Any]]:
    """Return the newest entries, numbered from 1 and in the feed's order.

    Some feeds list the oldest first. Among entries with equal or no times the first ones count.
    """
    numbered = list(enumerate(entries, 1))
    if len(entries) <= MAX_ENTRIES:
        return numbered
    newest = sorted(
        numbered,
        key=lambda pair: tuple(
            pair[1].get("published_parsed") or _own_field(pair[1], "updated_parsed") or ()
        ),
        reverse=True,
    )
    return sorted(newest[:MAX_ENTRIES], key=lambda pair: pair[0])


def _build_entry(raw: Any, language: str | None) -> FeedEntry:
    link = raw.get("feedburner_origlink") or raw.get("link") or ""
    if not link:
        raise InvalidMessage("it has no link")
    url, headline = canonical_url(link), _plain_text(raw.get("title_detail"))
    changed = _own_field(raw, "updated") or raw.get("published") or ""
    return FeedEntry(
        key=content_id("entry", raw.get("id") or url, changed, headline or ""),
        url=url,
        headline=headline,
        byline=_plain_text({"value": raw.get("author")}),
        language=_normalise_language((raw.get("title_detail") or {}).get("language")) or language,
        published_at=_to_datetime(raw.get("published_parsed") or _own_field(raw, "updated_parsed")),
    )


def _own_field(raw: Any, name: str) -> Any:
    """Get a field of the entry itself; feedparser's get() would substitute another, and warn."""
    return dict.get(raw, name)


def _plain_text(detail: Any) -> str | None:
    """Return a text on one line, without markup if it is HTML."""
    value = str((detail or {}).get("value") or "")
    if "html" in ((detail or {}).get("type") or ""):
        value = html.unescape(_TAG.sub("", value))
    value = " ".join(value.encode("utf-8", "replace").decode().split())
    return value[:MAX_TEXT] or None


def _normalise_language(tag: str | None) -> str | None:
    """Turn ``EN_us`` into ``en-US``; None if it is not a language tag."""
    language, _, region = (tag or "").strip().replace("_", "-").partition("-")
    joined = language.lower() + (
        f"-{region.upper() if len(region) == 2 else region}" if region else ""
    )
    return joined if LANGUAGE.fullmatch(joined) else None


def _to_datetime(parsed: Any) -> datetime | None:
    """Convert feedparser's time tuple (UTC); None if it is not a valid time."""
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None
