"""Name the format of a document that is no feed, so that its error says what was fetched. Pure."""

import re
from typing import Final

from services.fetcher.sources.feed_links import find_feed_links

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
    **dict.fromkeys(
        (
            *("html", "head", "body", "title", "meta", "script", "div", "p", "h1", "link", "style"),
            *("article", "main", "header", "center", "table"),
        ),
        "an HTML page",
    ),
}
_FEED_ROOTS: Final = frozenset(("rss", "feed", "rdf"))
_HTML: Final = re.compile(r"<!doctype\s+html\b", re.IGNORECASE)


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
    """Return where the page says that its feeds are."""
    stated = [link.url for link in find_feed_links(page, url) if link.is_stated]
    if not stated:
        return "; `summitwire feeds discover` may find its feed"
    more = f" (and {len(stated) - 1} more)" if len(stated) > 1 else ""
    return f", whose feed is {stated[0]}{more}"
