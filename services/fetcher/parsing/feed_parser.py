"""Parse a feed of any format into entries: RSS, Atom and RDF with feedparser. Pure.

The shell runs this in a child process with limits. The bytes are decoded and their XML is repaired
here, so that the text that is checked for entity bombs is the text that is parsed, whatever its
encoding.
"""

import io
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from services.fetcher.feed_error import UnreadableFeed
from services.fetcher.parsing import json_feed, sitemap
from services.fetcher.parsing.entry_text import byline, language_tag, plain_text
from services.fetcher.parsing.feed_entry import (
    FeedEntry,
    ParsedFeed,
    article_url,
    build_entry,
    read_entries,
)
from services.fetcher.parsing.feed_text import decode_feed
from services.fetcher.parsing.formats import name_format
from services.fetcher.parsing.wire import newsml, nitf
from services.fetcher.parsing.xml_repair import RepairedXml, repair_xml
from shared.base.outcomes import InvalidMessage

_NO_TIME: Final = (0,) * 9
"""Any nine numbers: feedparser then asks none of its eight parsers of times."""
_VERSION: Final = re.compile(r"(rss|atom)(\d+)[a-z]*")
_CUT_OFF: Final = re.compile(r"[a-z]{1,20}(?!\w)")


def parse(data: bytes, content_type: str | None, url: str) -> ParsedFeed:
    """Parse a feed that was fetched from ``url``; InvalidMessage if it is not a safe feed."""
    text = decode_feed(data, content_type)
    if json_feed.is_json(text):
        return json_feed.parse(text, url)
    document = repair_xml(text)
    if document.root.lower() in sitemap.ROOTS:
        return sitemap.parse(document, url)
    if document.root.lower() in newsml.ROOTS:
        return newsml.parse(document)
    if document.root.lower() == nitf.ROOT:
        return nitf.parse(document)
    return _parse_rss_or_atom(data, text, document, url)


def _parse_rss_or_atom(data: bytes, text: str, document: RepairedXml, url: str) -> ParsedFeed:
    parsed = _parse_xml(document, url)
    xml_error = _describe_xml_error(parsed)
    if not parsed.version or (xml_error and not parsed.entries):
        format_name = name_format(data, text, document.root, url)
        reason = f"it is {format_name}" if format_name else xml_error or "it has no known version"
        raise UnreadableFeed(f"not a feed: {reason}")
    problems = [f"read as far as possible: {xml_error}"] if xml_error else []
    problems += document.problems
    language = language_tag(parsed.feed.get("language"))
    is_html = not str(parsed.version).startswith("atom")

    def build(raw: Any) -> FeedEntry:
        return _build_entry(raw, url, language, is_html=is_html)

    entries = tuple(read_entries(parsed.entries, build, _times, problems))
    return ParsedFeed(
        entries=entries, problems=tuple(problems), format_name=_name_version(str(parsed.version))
    )


def _name_version(version: str) -> str:
    """Return feedparser's name of a format as people write it: ``rss20`` is RSS 2.0."""
    match = _VERSION.fullmatch(version)
    if match is None:
        return version
    family = {"rss": "RSS", "atom": "Atom"}.get(match[1], match[1])
    return f"{family} {match[2][0]}.{match[2][1:]}" if len(match[2]) > 1 else f"{family} {match[2]}"


@cache
def _load_library() -> Any:
    """Import feedparser, and spare it the reading of times, a twentieth of its work.

    See ``_times`` for why nobody uses what it reads.
    """
    import feedparser  # noqa: PLC0415 - warmup.py loads it in the children; the parent never needs it

    feedparser.registerDateHandler(lambda _text: _NO_TIME)
    return feedparser


def _parse_xml(document: RepairedXml, url: str) -> Any:
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    # A stream, because feedparser takes bytes for a file name.
    utf8 = io.BytesIO(document.text.encode("utf-8", "replace"))
    return _load_library().parse(
        utf8, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )


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


def _build_entry(raw: Any, base: str, language: str | None, *, is_html: bool) -> FeedEntry:
    link = _own_field(raw, "feedburner_origlink") or _own_field(raw, "link") or ""
    if not link:
        raise InvalidMessage("it has no link")
    title = _own_field(raw, "title_detail") or {}
    return build_entry(
        entry_id=_own_field(raw, "id") or "",
        url=article_url(base, link),
        changed=_own_field(raw, "updated") or _own_field(raw, "published") or "",
        times=_times(raw),
        headline=_text(title, is_html),
        byline=byline(_iter_authors(raw)),
        language=language_tag(title.get("language")) or language,
    )


def _text(detail: Any, is_html: bool) -> str | None:
    """Return a text; RSS does not say which ones are HTML, so that there each may be."""
    is_html = is_html or "html" in str(detail.get("type") or "")
    return plain_text(str(detail.get("value") or ""), is_html=is_html)


def _iter_authors(raw: Any) -> Iterator[str]:
    """Yield the authors' names, some with an address.

    feedparser cuts an address after four letters of its top-level domain (``jane@wire.exam``,
    ``ple (Jane Doe``). Only of the last author it keeps the text as well.
    """
    authors, text = _own_field(raw, "authors") or [], str(_own_field(raw, "author") or "")
    for number, author in enumerate(authors, start=1):
        name, email = str(author.get("name") or ""), str(author.get("email") or "")
        if number == len(authors) and email and email in text:
            yield text
        elif len(email.rpartition(".")[2]) == 4:
            yield _CUT_OFF.sub("", name, count=1) if _CUT_OFF.match(name) else name
        else:
            yield name


def _own_field(raw: Any, name: str) -> Any:
    """Get a field of the entry itself.

    feedparser's get() would substitute another, and warn; it also takes twenty times as long.
    """
    return dict.get(raw, name)


def _times(raw: Any) -> list[str]:
    """Return the times of an entry as they are written.

    feedparser's own reading of times is not used: it takes an unknown zone for UTC, and what it
    does not understand for another date.
    """
    names = ("published", "updated", "created")
    return [text for name in names if (text := str(_own_field(raw, name) or ""))]
