"""Parse JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/). Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from services.fetcher.feed_error import UnreadableFeed
from services.fetcher.full_text.entry_content import EntryContent, html_of_text, read_content
from services.fetcher.parsing.entry_text import byline, language_tag, plain_text
from services.fetcher.parsing.feed_entry import (
    FeedEntry,
    ParsedFeed,
    article_url,
    build_entry,
    read_entries,
)
from services.fetcher.parsing.wire import ninjs
from shared.base.outcomes import InvalidMessage

_VERSIONS: Final = ("https://jsonfeed.org/version/1", "http://jsonfeed.org/version/1")
_WEB: Final = ("https://", "http://")


def is_json(text: str) -> bool:
    """Return whether the text is JSON and no XML."""
    return text.lstrip("\ufeff \t\r\n").startswith(("{", "["))


def parse(text: str, url: str) -> ParsedFeed:
    """Parse a JSON Feed, or ninjs, that was fetched from ``url``.

    InvalidMessage if it is other JSON.
    """
    try:
        feed = orjson.loads(text.lstrip("\ufeff").encode("utf-8", "replace"))
    except orjson.JSONDecodeError as error:
        raise UnreadableFeed(f"not a feed: broken JSON: {error}"[:300]) from None
    if not isinstance(feed, dict) or not _string(feed, "version").startswith(_VERSIONS):
        if items := ninjs.parse(feed):
            return items
        raise UnreadableFeed(
            "not a feed: it is JSON without the version of a JSON Feed, and without items of ninjs"
        )
    items = feed.get("items")
    if not isinstance(items, list):
        raise UnreadableFeed("not a feed: the JSON Feed has no list of items")
    problems = list[str]()
    language = language_tag(_string(feed, "language"))
    authors = _authors(feed)

    def build(item: object) -> FeedEntry:
        if not isinstance(item, dict):
            raise InvalidMessage("it is no object")
        return _build_entry(item, url, language, authors)

    entries = tuple(read_entries(items, build, _times, problems))
    version = _string(feed, "version").rpartition("/")[2]
    return ParsedFeed(
        entries=entries, problems=tuple(problems), format_name=f"JSON Feed {version[:10]}"
    )


def _build_entry(
    item: Mapping[str, Any], base: str, language: str | None, feed_authors: str | None
) -> FeedEntry:
    """Build an entry: without a ``url`` its id is the address if that is one, as many write it."""
    entry_id = _id(item)
    link = _string(item, "url") or (entry_id if entry_id.startswith(_WEB) else "")
    link = link or _string(item, "external_url")
    if not link:
        raise InvalidMessage("it has no url")
    return build_entry(
        entry_id=entry_id,
        url=article_url(base, link),
        changed=_string(item, "date_modified") or _string(item, "date_published"),
        times=_times(item),
        headline=plain_text(_string(item, "title"), is_html=False),
        byline=_authors(item) or feed_authors,
        language=language_tag(_string(item, "language")) or language,
        content=_read_content(item),
    )


def _read_content(item: Mapping[str, Any]) -> EntryContent | None:
    html = _string(item, "content_html") or html_of_text(_string(item, "content_text"))
    if html:
        return read_content([html], is_body=True)
    return read_content([html_of_text(_string(item, "summary"))], is_body=False)


def _id(item: Mapping[str, Any]) -> str:
    """Return the id; the specification has numbers taken for strings."""
    value = item.get("id")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else _string(item, "id")


def _authors(holder: Mapping[str, Any]) -> str | None:
    """Return the names of ``authors`` (1.1), or of ``author`` (1.0)."""
    authors = holder.get("authors")
    listed = authors if isinstance(authors, list) else [holder.get("author")]
    return byline(_string(author, "name") for author in listed if isinstance(author, dict))


def _times(item: object) -> list[str]:
    return list(_iter_times(item)) if isinstance(item, dict) else []


def _iter_times(item: Mapping[str, Any]) -> Iterator[str]:
    for name in ("date_published", "date_modified"):
        if text := _string(item, name):
            yield text


def _string(holder: Mapping[str, Any], name: str) -> str:
    value = holder.get(name)
    return value.strip() if isinstance(value, str) else ""
