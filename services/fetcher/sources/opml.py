"""Read and write OPML 2.0, in which feed readers exchange lists of feeds. Pure.

http://opml.org/spec2.opml. A feed that is not polled is a comment there (``isComment``).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from xml.etree import ElementTree

from services.fetcher.addresses.canonical_url import canonical_url
from services.fetcher.parsing.entry_text import language_tag, plain_text
from services.fetcher.parsing.feed_text import decode_feed
from services.fetcher.parsing.xml_repair import repair_xml
from services.fetcher.seeds.manifest import SOURCE
from services.fetcher.sources.feeds_file import MAX_NAME, FeedSpec
from shared.base.outcomes import InvalidMessage

MAX_FEEDS: Final = 10_000
_SERVERS: Final = ("www.", "feeds.", "feed.", "rss.", "news.", "en.")
"""First labels of host names that say nothing about whose host it is."""
_FEED_SCHEME: Final = re.compile(r"^feed:(?://)?(https?://)?(?://)?", re.IGNORECASE)
"""Old readers write feed://host/rss, and feed:https://host/rss."""
_HOSTING: Final = ("feedburner.com", "feeds.feedburner.com", "feedproxy.google.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlFeed:
    """A feed of an OPML list, with the source id that its host suggests."""

    url: str
    source: str
    name: str | None = None
    language: str | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class OpmlList:
    """The feeds of a list in its order, each address once, and what was left out.

    ``repairs`` say what was wrong with the XML and cost nothing.
    """

    feeds: tuple[OpmlFeed, ...]
    problems: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()


def read_opml(data: bytes) -> OpmlList:
    """Read a list; InvalidMessage if it is none, or would expand without bound."""
    document = repair_xml(decode_feed(data, None))
    if document.root.lower() != "opml":
        name = f"XML with the root element {document.root[:40]}" if document.root else "no XML"
        raise InvalidMessage(f"not an OPML list: it is {name}")
    try:
        # No DOCTYPE is left: repair_xml() has expanded its entities, within a bound.
        root = ElementTree.fromstring(document.text.encode("utf-8", "replace"))  # noqa: S314
    except ElementTree.ParseError as error:
        line, column = error.position
        raise InvalidMessage(f"broken XML at line {line}, column {column + 1}") from None
    feeds, problems = dict[str, OpmlFeed](), list[str]()
    for outline in _iter_outlines(root):
        try:
            feed = _read_feed(outline)
        except InvalidMessage as error:
            name = outline.get("title") or outline.get("text") or "a feed without a name"
            problems.append(f"{name[:60]}: {error}")
            continue
        feeds.setdefault(feed.url, feed)
        if len(feeds) >= MAX_FEEDS:
            problems.append(f"only the first {MAX_FEEDS} feeds are read")
            break
    return OpmlList(tuple(feeds.values()), tuple(problems), document.problems)


def write_opml(feeds: Iterable[FeedSpec], title: str) -> str:
    """Return the list of some feeds. Headers and tokens are no part of it."""
    opml = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(opml, "head"), "title").text = title
    body = ElementTree.SubElement(opml, "body")
    for feed in feeds:
        name = feed.name or feed.source
        attributes = {"type": "rss", "text": name, "title": name, "xmlUrl": feed.url}
        if feed.language:
            attributes["language"] = feed.language
        if not feed.enabled:
            attributes["isComment"] = "true"
        ElementTree.SubElement(body, "outline", attributes)
    ElementTree.indent(opml)
    text = ElementTree.tostring(opml, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _iter_outlines(root: ElementTree.Element) -> Iterator[Mapping[str, str]]:
    """Yield the attributes of each outline that is a feed; many writers vary their case."""
    for element in root.iter():
        attributes = {name.lower(): value for name, value in element.attrib.items()}
        if str(element.tag).rpartition("}")[2].lower() == "outline" and attributes.get("xmlurl"):
            yield attributes


def _read_feed(outline: Mapping[str, str]) -> OpmlFeed:
    written = outline["xmlurl"].strip().partition("#")[0]
    url = _FEED_SCHEME.sub(lambda match: match[1] or "https://", written)
    canonical_url(url)
    name = plain_text(outline.get("title") or outline.get("text") or "", is_html=False)
    return OpmlFeed(
        url=url,
        source=_suggest_source(url, outline.get("htmlurl", "")),
        name="".join(filter(str.isprintable, name or ""))[:MAX_NAME].strip() or None,
        language=language_tag(outline.get("language")),
        enabled=outline.get("iscomment", "").strip().lower() != "true",
    )


def _suggest_source(url: str, site: str) -> str:
    """Return the name of the host: the site's if the feed is with a service for feeds."""
    host = _host(url)
    if host in _HOSTING:
        host = _host(site) or host
    for server in _SERVERS:
        if host.startswith(server) and host.count(".") > 1:
            host = host.removeprefix(server)
    return host[:64] if SOURCE.fullmatch(host[:64]) else "unknown"


def _host(url: str) -> str:
    """Return the host's name in ASCII, an IPv6 address with hyphens; empty if there is none."""
    try:
        host = urlsplit(canonical_url(url)).hostname or ""
    except InvalidMessage:
        return ""
    return host.replace(":", "-").strip("-")
