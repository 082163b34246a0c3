"""Parse RSS, Atom and RDF into entries with feedparser. Pure.

The shell runs this in a child process with limits. The bytes are decoded and their XML is repaired
here, so that the text that is checked for entity bombs is the text that is parsed, whatever its
encoding.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final
from urllib.parse import urljoin

from services.fetcher.canonical_url import canonical_url
from services.fetcher.parsing.entry_text import byline, language_tag, plain_text
from services.fetcher.parsing.feed_text import decode_feed
from services.fetcher.parsing.formats import name_format
from services.fetcher.parsing.xml_repair import RepairedXml, repair_xml
from services.fetcher.wrapped_url import unwrap
from shared.base.outcomes import InvalidMessage
from shared.dates.stated_time import StatedTime, parse_stated_time
from shared.messages.ids import content_id
from shared.messages.schemas import TimePrecision

MAX_ENTRIES: Final = 500
_NO_TIME: Final = (0,) * 9
"""Any nine numbers: feedparser then asks none of its eight parsers of times."""
_ABSOLUTE: Final = re.compile(
    r"https?://[\w.-]+(?:/[\w/.~%+:@=-]*)?(?:\?[\w/.~%+:@=&-]+)?", re.ASCII
)
"""An address that remains as it is when it is joined with another, as most are."""
_CUT_OFF: Final = re.compile(r"[a-z]{1,20}(?!\w)")


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
    published_precision: TimePrecision = "moment"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """The valid entries of a feed in its order, each key and URL once, and its problems."""

    entries: tuple[FeedEntry, ...]
    problems: tuple[str, ...] = ()


def parse(data: bytes, content_type: str | None, url: str) -> ParsedFeed:
    """Parse a feed that was fetched from ``url``; InvalidMessage if it is not a safe feed."""
    text = decode_feed(data, content_type)
    document = repair_xml(text)
    parsed = _parse_xml(document, url)
    xml_error = _describe_xml_error(parsed)
    if not parsed.version or (xml_error and not parsed.entries):
        format_name = name_format(data, text, document.root, url)
        reason = f"it is {format_name}" if format_name else xml_error or "it has no known version"
        raise InvalidMessage(f"not an RSS, Atom or RDF feed: {reason}")
    problems = [f"read as far as possible: {xml_error}"] if xml_error else []
    problems += document.problems
    return ParsedFeed(entries=tuple(_iter_entries(parsed, url, problems)), problems=tuple(problems))


@cache
def _load_library() -> Any:
    """Import feedparser, and spare it the reading of times, a twentieth of its work.

    See ``_stated_time`` for why nobody uses what it reads.
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


def _iter_entries(parsed: Any, url: str, problems: list[str]) -> Iterator[FeedEntry]:
    if len(parsed.entries) > MAX_ENTRIES:
        problems.append(f"only the newest {MAX_ENTRIES} of {len(parsed.entries)} entries are read")
    language = language_tag(parsed.feed.get("language"))
    is_atom = str(parsed.version).startswith("atom")
    keys, urls = set[str](), set[str]()
    for number, raw_entry in _newest(parsed.entries):
        try:
            entry = _build_entry(raw_entry, url, language, is_html=not is_atom)
        except InvalidMessage as error:
            problems.append(f"entry {number}: {error}")
            continue
        if entry.published_at is None and (times := list(_iter_times(raw_entry))):
            problems.append(f"entry {number}: its time is not understood: {times[0][:60]!r}")
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
    newest = sorted(numbered, key=lambda pair: _age_key(pair[1]), reverse=True)
    return sorted(newest[:MAX_ENTRIES], key=lambda pair: pair[0])


def _age_key(raw: Any) -> float:
    stated = _stated_time(raw)
    return stated.moment.timestamp() if stated else float("-inf")


def _build_entry(raw: Any, base: str, language: str | None, *, is_html: bool) -> FeedEntry:
    link = _own_field(raw, "feedburner_origlink") or _own_field(raw, "link") or ""
    if not link:
        raise InvalidMessage("it has no link")
    title = _own_field(raw, "title_detail") or {}
    url = canonical_url(unwrap(_join(base, link)))
    headline, stated = _text(title, is_html), _stated_time(raw)
    changed = _own_field(raw, "updated") or _own_field(raw, "published") or ""
    return FeedEntry(
        key=content_id("entry", _own_field(raw, "id") or url, changed, headline or ""),
        url=url,
        headline=headline,
        byline=byline(_iter_authors(raw)),
        language=language_tag(title.get("language")) or language,
        published_at=stated.moment.astimezone(UTC) if stated else None,
        published_precision=stated.precision if stated else "moment",
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


def _join(base: str, link: str) -> str:
    link = link.strip()
    if _ABSOLUTE.fullmatch(link):
        return link
    try:
        return urljoin(base, link)
    except ValueError:
        raise InvalidMessage("its link is not a URL") from None


def _own_field(raw: Any, name: str) -> Any:
    """Get a field of the entry itself.

    feedparser's get() would substitute another, and warn; it also takes twenty times as long.
    """
    return dict.get(raw, name)


def _stated_time(raw: Any) -> StatedTime | None:
    """Return the entry's time: the first exact one, else the first that is understood.

    feedparser's own reading of times is not used: it takes an unknown zone for UTC, and what it
    does not understand for another date.
    """
    stated = [time for text in _iter_times(raw) if (time := parse_stated_time(text))]
    return next((time for time in stated if time.precision == "moment"), next(iter(stated), None))


def _iter_times(raw: Any) -> Iterator[str]:
    for name in ("published", "updated", "created"):
        if text := str(_own_field(raw, name) or ""):
            yield text
