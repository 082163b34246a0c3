"""The address that a page states as its own, ``<link rel=canonical>``. Pure."""

import re
from typing import Final
from urllib.parse import urljoin

from services.fetcher.addresses.canonical_url import canonical_url
from services.fetcher.addresses.comparable_address import comparable_address
from services.fetcher.parsing.character_references import unescape_references
from shared.base.outcomes import InvalidMessage

HEAD_BYTES: Final = 256 * 1024
_LINK: Final = re.compile(rb"<link\b([^<>]{0,4000})>", re.IGNORECASE)
_IS_CANONICAL: Final = re.compile(rb"\brel\s*=\s*[\"']?canonical\b", re.IGNORECASE)
_HREF: Final = re.compile(rb"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)


def preferred_spelling(content: bytes, url: str) -> str:
    """Return how the page at ``url`` spells its own address.

    A statement that leads elsewhere is not believed: many sites state their front page everywhere.
    """
    for attributes in _LINK.findall(content[:HEAD_BYTES]):
        href = _HREF.search(attributes) if _IS_CANONICAL.search(attributes) else None
        if href is None:
            continue
        link = next(filter(None, href.groups()), b"").decode("utf-8", "replace").strip()
        try:
            address = canonical_url(urljoin(url, unescape_references(link)))
        except (InvalidMessage, ValueError):
            continue
        return address if comparable_address(address) == comparable_address(url) else url
    return url
