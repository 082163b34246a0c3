"""Find the hub of a feed, and the address under which the hub knows it. Pure.

https://www.w3.org/TR/websub/#discovery: Link headers come first, then the links of the document,
which is Atom, RSS, JSON Feed or HTML.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import orjson

from services.fetcher.parsing.character_references import unescape_references

MAX_URL: Final = 2_048
MAX_HUBS: Final = 5
_HEAD_BYTES: Final = 256 * 1024
"""Feeds name their hub before their entries."""
_LINK_VALUE: Final = re.compile(r"<([^<>]{1,2048})>((?:[^,<\"]|\"[^\"]{0,2048}\")*)")
_PARAMETER: Final = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
_ELEMENT: Final = re.compile(r"<(?:[a-z][a-z0-9]{0,20}:)?link\b([^<>]{1,3000})>", re.IGNORECASE)
_REL: Final = re.compile(r"\brel\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>/]+))", re.IGNORECASE)
_HREF: Final = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLinks:
    """The hubs of a feed in its order, and its address there."""

    hubs: tuple[str, ...]
    topic: str


def find_hub(headers: Mapping[str, str], body: bytes, url: str) -> HubLinks | None:
    """Return the links of a document that was fetched from ``url``; None without hub or self.

    Header names are in lower case.
    """
    in_headers = list(_header_links(headers.get("link", "")))
    in_document = list(_document_links(body[:_HEAD_BYTES]) if b"hub" in body else ())
    # Whatever the headers say counts; what they do not say is taken from the document.
    hubs = _targets(in_headers, "hub", url) or _targets(in_document, "hub", url)
    topics = _targets(in_headers, "self", url) or _targets(in_document, "self", url)
    return HubLinks(hubs=hubs[:MAX_HUBS], topic=topics[0]) if hubs and topics else None


def _targets(links: Iterable[tuple[str, str]], rel: str, base: str) -> tuple[str, ...]:
    targets = (_join(base, target) for rels, target in links if rel in rels.lower().split())
    return tuple(dict.fromkeys(filter(None, targets)))


def _join(base: str, target: str) -> str:
    """Return the absolute web address of a link; "" if it is none."""
    try:
        joined = urljoin(base, target.strip())
        parts = urlsplit(joined)
    except ValueError:
        return ""
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    return joined.partition("#")[0] if is_web and len(joined) <= MAX_URL else ""


def _header_links(value: str) -> Iterator[tuple[str, str]]:
    """Yield relations and target of each link of a header (RFC 8288)."""
    for link in _LINK_VALUE.finditer(value[:_HEAD_BYTES]):
        rel = _PARAMETER.search(link[2])
        if rel:
            yield rel[1] or rel[2] or "", link[1]


def _document_links(body: bytes) -> Iterator[tuple[str, str]]:
    text = body.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    yield from _json_links(body) if text.startswith("{") else _element_links(text)


def _element_links(text: str) -> Iterator[tuple[str, str]]:
    """Yield the links of XML and HTML; an entry's own links do not count."""
    channel = re.split(r"<(?:entry|item)\b", text, maxsplit=1, flags=re.IGNORECASE)[0]
    for element in _ELEMENT.finditer(channel):
        rel, href = _REL.search(element[1]), _HREF.search(element[1])
        if rel and href:
            yield _group(rel), unescape_references(_group(href))


def _group(match: re.Match[str]) -> str:
    return next((group for group in match.groups() if group is not None), "")


def _json_links(body: bytes) -> Iterator[tuple[str, str]]:
    """Yield the hubs and the address of a JSON Feed."""
    try:
        feed: Any = orjson.loads(body.lstrip(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return
    if isinstance(feed.get("feed_url"), str):
        yield "self", feed["feed_url"]
    hubs = feed.get("hubs")
    for hub in hubs if isinstance(hubs, list) else ():
        if isinstance(hub, dict) and str(hub.get("type", "")).lower() == "websub":
            yield "hub", str(hub.get("url", ""))
