"""Parse sitemaps of news, and indexes of sitemaps (https://www.sitemaps.org/protocol.html). Pure.

https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final
from xml.etree import ElementTree

from services.fetcher.feed_error import UnreadableFeed
from services.fetcher.parsing.entry_text import language_tag, plain_text
from services.fetcher.parsing.feed_entry import (
    FeedEntry,
    ParsedFeed,
    article_url,
    build_entry,
    read_entries,
    seconds_of,
    stated_time,
)
from services.fetcher.parsing.xml_repair import RepairedXml
from shared.base.outcomes import InvalidMessage

ROOTS: Final = frozenset(("urlset", "sitemapindex"))
MAX_PARTS: Final = 5
"""Sitemaps of an index that are read: the newest, where the news is."""
RECENT: Final = timedelta(days=2)
"""Google's limit for news sitemaps."""
_MAX_LISTED: Final = 50_000
"""The protocol's own limit of a sitemap and of an index."""
_ENTRY: Final = frozenset(("url", "sitemap"))
_NAMESPACES: Final = re.compile(
    r"\{(?:[^}]*sitemaps\.org/|[^}]*/sitemap/|[^}]*sitemap-news/)[^}]*\}"
)
"""Those of the protocol, also its oldest, and of news; an image has an address and a title, too."""


def parse(document: RepairedXml, url: str) -> ParsedFeed:
    """Parse a sitemap or an index that was fetched from ``url``.

    Of pages without a headline only those are read that changed within two days before the latest
    change: a sitemap may list all that a site has ever published.
    """
    problems = list(document.problems)
    listed = list(_iter_listed(document, problems))
    if document.root.lower() == "sitemapindex":
        parts = _newest_parts(listed, url)
        return ParsedFeed(
            entries=(), problems=tuple(problems), parts=parts, format_name="index of sitemaps"
        )
    news = list(_iter_news(listed))
    if len(news) < len(listed):
        problems.append(f"{len(listed) - len(news)} older pages without a headline are left out")

    def build(fields: Mapping[str, str]) -> FeedEntry:
        return _build_entry(fields, url)

    entries = tuple(read_entries(news, build, _times, problems))
    return ParsedFeed(entries=entries, problems=tuple(problems), format_name="sitemap")


def _iter_news(listed: Sequence[Mapping[str, str]]) -> Iterator[Mapping[str, str]]:
    changes = [stated_time([fields.get("lastmod", "")]) for fields in listed]
    latest = max((change.moment for change in changes if change), default=None)
    for fields, change in zip(listed, changes, strict=True):
        if fields.get("title") or (latest and change and latest - change.moment <= RECENT):
            yield fields


def _build_entry(fields: Mapping[str, str], base: str) -> FeedEntry:
    if not fields.get("loc"):
        raise InvalidMessage("it has no address (loc)")
    return build_entry(
        entry_id="",
        url=article_url(base, fields["loc"]),
        changed=fields.get("lastmod") or fields.get("publication_date", ""),
        times=_times(fields),
        headline=plain_text(fields.get("title", ""), is_html=False),
        language=language_tag(fields.get("language")),
    )


def _times(fields: Mapping[str, str]) -> list[str]:
    """Return the time of publication: the last change of a page is none."""
    return [fields["publication_date"]] if fields.get("publication_date") else []


def _newest_parts(listed: Sequence[Mapping[str, str]], base: str) -> tuple[str, ...]:
    """Return the addresses of the sitemaps that changed last; without dates, of the last ones."""

    def age_key(pair: tuple[int, Mapping[str, str]]) -> tuple[float, int]:
        number, fields = pair
        return seconds_of([fields.get("lastmod", "")]), number

    newest = sorted(enumerate(listed), key=age_key, reverse=True)
    return tuple(
        article_url(base, fields["loc"]) for _, fields in newest[:MAX_PARTS] if fields.get("loc")
    )


def _iter_listed(document: RepairedXml, problems: list[str]) -> Iterator[Mapping[str, str]]:
    """Yield the texts of each entry by element name; a broken document is read up to its break."""
    fields = dict[str, str]()
    count = 0
    # Entities are gone by now: xml_repair.py has replaced them within bounds.
    reader = ElementTree.iterparse(io.BytesIO(document.text.encode("utf-8", "replace")))  # noqa: S314
    try:
        for _, element in reader:
            name = element.tag.rpartition("}")[2]
            if name not in _ENTRY:
                if "}" not in element.tag or _NAMESPACES.match(element.tag):
                    fields.setdefault(name, (element.text or "").strip())
                continue
            count += 1
            if count > _MAX_LISTED:
                problems.append(f"only the first {_MAX_LISTED} entries are read")
                return
            yield fields
            fields = {}
            element.clear()
    except ElementTree.ParseError as error:
        if not count:
            raise UnreadableFeed(f"not a feed: broken XML: {error}") from None
        problems.append(f"read as far as possible: broken XML: {error}")
