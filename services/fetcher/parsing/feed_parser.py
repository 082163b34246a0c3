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
from services.fetcher.full_text.entry_content import EntryContent, html_of_text, read_content
from services.fetcher.parsing import json_feed, sitemap
from services.fetcher.parsing.entry_link import find_link
from services.fetcher.parsing.entry_text import byline, language_tag, plain_text
from services.fetcher.parsing.feed_entry import (
    FeedEntry,
    ParsedFeed,
    article_url,
    build_entry,
    read_entries,
)
from services.fetcher.parsing.feed_hints import read_hints
from services.fetcher.parsing.feed_text import decode_feed
from services.fetcher.parsing.formats import name_format
from services.fetcher.parsing.wire import newsml, nitf
from services.fetcher.parsing.xml_repair import RepairedXml, repair_xml
from shared.base.outcomes import InvalidMessage
from shared.messages.schemas import FeedHints

_NO_TIME: Final = (0,) * 9
"""Any nine numbers: feedparser then asks none of its eight parsers of times."""
_VERSION: Final = re.compile(r"(rss|atom)(\d+)[a-z]*")
_HTML_TYPES: Final = ("text/html", "application/xhtml+xml")
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
    feed_byline = None if is_html else byline(_iter_authors(parsed.feed))

    def build(raw: Any) -> FeedEntry:
        return _build_entry(raw, url, language, feed_byline, is_html=is_html)

    entries = tuple(read_entries(parsed.entries, build, _times, problems))
    return ParsedFeed(
        entries=entries,
        problems=tuple(problems),
        format_name=_name_version(str(parsed.version)),
        hints=_read_hints(document.text, parsed.feed),
    )


def _read_hints(xml: str, feed: Any) -> FeedHints:
    names = ("ttl", "sy_updateperiod", "sy_updatefrequency")
    return read_hints(xml, *(str(_own_field(feed, name) or "") for name in names))


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
    headers = {"content-type": "application/xml; charset=utf-8"}
    if "base" in document.text:
        # Else we join links ourselves: feedparser would join the base at every element.
        headers["content-location"] = url
    # A stream, because feedparser takes bytes for a file name.
    utf8 = io.BytesIO(document.text.encode("utf-8", "replace"))
    try:
        return _load_library().parse(
            utf8, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        # feedparser expects elements in their places: a textInput in an item is a KeyError.
        raise InvalidMessage(f"feedparser cannot read it: {error!r}"[:300]) from error


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


def _build_entry(
    raw: Any, base: str, language: str | None, feed_byline: str | None, *, is_html: bool
) -> FeedEntry:
    """Build an entry; in Atom, the feed's authors are those of entries without any."""
    title = _own_field(raw, "title_detail") or {}
    return build_entry(
        entry_id=_own_field(raw, "id") or "",
        url=article_url(base, find_link(raw)),
        changed=_own_field(raw, "updated") or _own_field(raw, "published") or "",
        times=_times(raw),
        headline=_headline(raw, title, is_html=is_html),
        byline=byline(_iter_authors(raw)) or feed_byline,
        language=language_tag(title.get("language") or _own_field(raw, "language")) or language,
        content=_read_content(raw),
    )


def _read_content(raw: Any) -> EntryContent | None:
    """Return the text that the feed carries: the entry's content, or else its description."""
    body = read_content(map(_as_html, _own_field(raw, "content") or []), is_body=True)
    if body is not None:
        return body
    summary = _own_field(raw, "summary_detail")
    return read_content([_as_html(summary)] if summary else [], is_body=False)


def _as_html(detail: Any) -> str:
    """Return a text as HTML; empty if it is another kind of data."""
    value, type_ = str(detail.get("value") or ""), str(detail.get("type") or "text/html")
    if type_ == "text/plain":
        return html_of_text(value)
    return value if type_ in _HTML_TYPES else ""


def _headline(raw: Any, detail: Any, *, is_html: bool) -> str | None:
    """Return the title; RSS does not say which ones are HTML, so that there each may be.

    ``detail`` may be that of an image inside the entry, the title never is.
    """
    is_html = is_html or "html" in str(detail.get("type") or "")
    return plain_text(str(_own_field(raw, "title") or ""), is_html=is_html)


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
