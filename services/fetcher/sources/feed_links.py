"""Where a page says that its feeds are. Pure, and in linear time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from services.fetcher.parsing.character_references import unescape_references

MAX_LINKS: Final = 50
_LINK: Final = re.compile(r"<(link|a)\b([^<>]{0,2000})>", re.IGNORECASE)
_FEED_TYPE: Final = re.compile(
    r"\btype\s*=\s*[\"']?application/(?:rss\+xml|atom\+xml|feed\+json)", re.IGNORECASE
)
_HREF: Final = re.compile(
    r"\bhref\s*=\s*(?:\"([^\"]{1,1000})\"|'([^']{1,1000})'|([^\"'\s<>]{1,500}))", re.IGNORECASE
)
_TITLE: Final = re.compile(r"\btitle\s*=\s*(?:\"([^\"]{1,200})\"|'([^']{1,200})')", re.IGNORECASE)
_FEED_PATH: Final = re.compile(
    r"(?:^|[/?&=._-])(?:rss|atom|feeds?|rdf)(?:[/?&=._-]|\d|$)|\.(?:rss|atom|rdf)$", re.IGNORECASE
)
_WEB: Final = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class FeedLink:
    """The address of what is, or seems to be, a feed; ``is_stated``: the page says so."""

    url: str
    title: str = ""
    is_stated: bool = True


def find_feed_links(page: str, url: str) -> tuple[FeedLink, ...]:
    """Return the feeds that the page at ``url`` states, then links that look like feeds."""
    links = dict[str, FeedLink]()
    for link in sorted(_iter_links(page, url), key=lambda link: not link.is_stated):
        links.setdefault(link.url, link)
        if len(links) >= MAX_LINKS:
            break
    return tuple(links.values())


def _iter_links(page: str, url: str) -> Iterator[FeedLink]:
    for tag in _LINK.finditer(page):
        attributes = tag[2]
        is_stated = tag[1].lower() == "link" and bool(_FEED_TYPE.search(attributes))
        href = _value(_HREF, attributes)
        if not href or not (is_stated or (tag[1].lower() == "a" and _FEED_PATH.search(href))):
            continue
        target = _join(url, href)
        if target.startswith(_WEB):
            title = " ".join(_value(_TITLE, attributes).split())
            yield FeedLink(target.partition("#")[0], title, is_stated)


def _value(attribute: re.Pattern[str], attributes: str) -> str:
    match = attribute.search(attributes)
    text = next(filter(None, match.groups()), "") if match else ""
    return unescape_references(text).strip()


def _join(url: str, reference: str) -> str:
    try:
        return urljoin(url, reference)
    except ValueError:
        return ""
