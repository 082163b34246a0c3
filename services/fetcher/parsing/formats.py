"""Name the format of a document that is no feed, so that its error says what was fetched. Pure."""

import re
from typing import Final
from urllib.parse import urljoin

from services.fetcher.parsing.character_references import unescape_references

_HEAD: Final = 64 * 1024
_SIGNATURES: Final = (
    (b"%PDF-", "a PDF file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP file"),
)
_ROOTS: Final = {
    "opml": "an OPML list of feeds",
    "newsitem": "a NewsML-G2 item",
    "newsmessage": "a NewsML-G2 message",
    "svg": "an SVG image",
    **dict.fromkeys(("html", "head", "body", "title", "meta", "script", "div"), "an HTML page"),
}
_FEED_ROOTS: Final = frozenset(("rss", "feed", "rdf"))
_HTML: Final = re.compile(r"<!doctype\s+html\b", re.IGNORECASE)
_LINK: Final = re.compile(r"<link\b[^<>]{0,2000}>", re.IGNORECASE)
_FEED_TYPE: Final = re.compile(
    r"\btype\s*=\s*[\"']?application/(?:rss\+xml|atom\+xml|feed\+json)", re.IGNORECASE
)
_HREF: Final = re.compile(r"\bhref\s*=\s*[\"']?([^\"'\s<>]{1,500})", re.IGNORECASE)


def name_format(data: bytes, text: str, root: str, url: str) -> str:
    """Return what a document is, with a hint for its feed; empty if it seems to be a feed."""
    for start, name in _SIGNATURES:
        if data.startswith(start):
            return name
    beginning = text.lstrip("\ufeff \t\r\n")[:_HEAD]
    if _HTML.match(beginning) or _ROOTS.get(root.lower()) == "an HTML page":
        return f"an HTML page{_feed_hint(beginning, url)}"
    if root.lower() in _FEED_ROOTS or not root:
        return ""
    return _ROOTS.get(root.lower(), f"XML with the root element {root[:40]}")


def _feed_hint(page: str, url: str) -> str:
    """Return where the page says that its feed is."""
    for link in _LINK.finditer(page):
        href = _HREF.search(link[0])
        if href and _FEED_TYPE.search(link[0]):
            return f", whose feed is {_join(url, unescape_references(href[1]))}"
    return ""


def _join(url: str, reference: str) -> str:
    try:
        return urljoin(url, reference)
    except ValueError:
        return reference
