"""RSS, Atom and RDF bytes → entries (feedparser reads them). Pure; the shell runs it in a limited child process.

The bytes are decoded here, so that what is checked for entity bombs is the very text that is parsed, whatever encoding hides it.
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

import feedparser

from services.fetcher.canonical_url import canonical_url
from services.fetcher.manifest import LANGUAGE
from shared.base.outcomes import InvalidMessage
from shared.messages.ids import content_id

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
_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_TAG: Final = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry of a feed. ``key`` changes when the publisher marks the entry as changed, so that a correction is fetched again."""

    key: str
    url: str
    headline: str | None = None
    byline: str | None = None
    language: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed as it was read: its good entries in its order, each key and URL once, and what is wrong with the rest."""

    entries: tuple[FeedEntry, ...]
    problems: tuple[str, ...] = ()


def parse(data: bytes, content_type: str | None, url: str) -> ParsedFeed:
    """Read a feed that was fetched from ``url``. InvalidMessage says why it is none, or why it is not read."""
    text = _text(data, content_type)
    if re.search(r"<!DOCTYPE", text, re.IGNORECASE) and re.search(r"<!ENTITY", text, re.IGNORECASE):
        raise InvalidMessage(
            "its DOCTYPE declares entities, which are not read: they can blow up to any size"
        )
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    utf8 = io.BytesIO(
        _DECLARATION.sub("", text, count=1).encode("utf-8", "replace")
    )  # a stream: feedparser opens bytes as a file name
    parsed = feedparser.parse(
        utf8, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    broken = _broken(parsed)
    if not parsed.version or (broken and not parsed.entries):
        raise InvalidMessage(f"no RSS, Atom or RDF feed: {broken or 'it has another root element'}")
    problems = [f"read as far as it goes: {broken}"] if broken else []
    return ParsedFeed(entries=tuple(_entries(parsed, problems)), problems=tuple(problems))


def _text(data: bytes, content_type: str | None) -> str:
    """The feed as text: by its BOM, as UTF-8, as the server says, as it says itself, and else as Windows-1252."""
    if not data.strip():
        raise InvalidMessage("it is empty")
    if len(data) > MAX_BYTES:
        raise InvalidMessage(f"larger than {MAX_BYTES} bytes")
    for encoding in _encodings(data, content_type):
        try:
            return data.decode(encoding)
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def _encodings(data: bytes, content_type: str | None) -> Iterator[str]:
    yield from (encoding for bom, encoding in _BOMS if data.startswith(bom))
    if (
        b"\0" not in data and b"\x1b" not in data
    ):  # neither UTF-16 nor ISO-2022, which would pass as UTF-8
        yield "utf-8"
    header = Message()
    header["content-type"] = (content_type or "").replace("\r", "").replace("\n", "")
    yield from (encoding for encoding in (header.get_content_charset(),) if encoding)
    declared = _DECLARED.search(data[:1024].replace(b"\0", b""))
    yield from (match.decode() for match in (declared.groups() if declared else ()))
    yield "utf-8"


def _broken(parsed: Any) -> str:
    """Where and why the XML is not well-formed; empty where it is."""
    error = parsed.get("bozo_exception") if parsed.bozo else None
    if error is None:
        return ""
    if not hasattr(error, "getLineNumber"):
        return f"broken XML: {error}"[:200]
    line, column = (
        error.getLineNumber() - 1,
        error.getColumnNumber() + 1,
    )  # feedparser puts a line before ours
    return f"broken XML: {error.getMessage()}"[:200] + f" at line {line}, column {column}"


def _entries(parsed: Any, problems: list[str]) -> Iterator[FeedEntry]:
    if len(parsed.entries) > MAX_ENTRIES:
        problems.append(f"only the newest {MAX_ENTRIES} of {len(parsed.entries)} entries are read")
    language = _language(parsed.feed.get("language"))
    keys, urls = set[str](), set[str]()
    for number, found in _newest(parsed.entries):
        try:
            entry = _entry(found, language)
        except InvalidMessage as error:
            problems.append(f"entry {number}: {error}")
            continue
        if entry.key not in keys and entry.url not in urls:
            yield entry
        keys.add(entry.key)
        urls.add(entry.url)


def _newest(entries: list[Any]) -> list[tuple[int, Any]]:
    """Number the entries and keep the newest, in the feed's order; some feeds list the oldest first. Of equal or no time the first ones."""
    numbered = list(enumerate(entries, 1))
    if len(entries) <= MAX_ENTRIES:
        return numbered
    newest = sorted(
        numbered,
        key=lambda each: tuple(
            each[1].get("published_parsed") or _own(each[1], "updated_parsed") or ()
        ),
        reverse=True,
    )
    return sorted(newest[:MAX_ENTRIES], key=lambda each: each[0])


def _entry(found: Any, language: str | None) -> FeedEntry:
    link = found.get("feedburner_origlink") or found.get("link") or ""
    if not link:
        raise InvalidMessage("it has no link")
    url, headline = canonical_url(link), _plain(found.get("title_detail"))
    changed = _own(found, "updated") or found.get("published") or ""
    return FeedEntry(
        key=content_id("entry", found.get("id") or url, changed, headline or ""),
        url=url,
        headline=headline,
        byline=_plain({"value": found.get("author")}),
        language=_language((found.get("title_detail") or {}).get("language")) or language,
        published_at=_moment(found.get("published_parsed") or _own(found, "updated_parsed")),
    )


def _own(found: Any, name: str) -> Any:
    """The entry's field itself: feedparser's own get() would put another one in its place, and warn."""
    return dict.get(found, name)


def _plain(detail: Any) -> str | None:
    """A text on one line, without markup where it is HTML."""
    value = str((detail or {}).get("value") or "")
    if "html" in ((detail or {}).get("type") or ""):
        value = html.unescape(_TAG.sub("", value))
    value = " ".join(value.encode("utf-8", "replace").decode().split())
    return value[:MAX_TEXT] or None


def _language(tag: str | None) -> str | None:
    """``EN_us`` as ``en-US``; None where it is no language tag."""
    language, _, region = (tag or "").strip().replace("_", "-").partition("-")
    joined = language.lower() + (
        f"-{region.upper() if len(region) == 2 else region}" if region else ""
    )
    return joined if LANGUAGE.fullmatch(joined) else None


def _moment(parsed: Any) -> datetime | None:
    """feedparser's nine numbers, UTC, as a moment; None where they name none."""
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None
