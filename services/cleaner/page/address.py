"""The page's own address: its canonical link or og:url, if that is on the same site.

A page cannot speak for another site.
"""

from typing import Final
from urllib.parse import urljoin, urlsplit

from services.cleaner.page.head import Head
from services.cleaner.page.provenance import record
from shared.messages.schemas import FieldProvenance

_VARIANTS: Final = ("www.", "m.", "amp.", "mobile.")


def find_address(
    head: Head, fetched_from: str | None
) -> tuple[str | None, str, FieldProvenance | None]:
    """Return the address, its provenance ("canonical", "og" or "fetched") and the record.

    ``fetched_from``: the address that the page came from, None for a file.
    """
    links = [("canonical", head.canonical), ("og", head.meta.get("og:url", ""))]
    values = [(source, link) for source, link in (*links, ("fetched", fetched_from or "")) if link]
    for source, link in links:
        absolute = _resolve(fetched_from, link)
        if absolute and (fetched_from is None or _site(absolute) == _site(fetched_from)):
            why = "the page's own word for itself, of the site that it came from"
            return absolute, source, record("url", source, why, values)
    why = "no link of the same site names the page"
    return fetched_from, "fetched", record("url", "fetched", why, values) if values else None


def _resolve(base: str | None, link: str) -> str | None:
    try:
        absolute = urljoin(base or "", link)
        parts = urlsplit(absolute)
        is_page = parts.scheme in {"http", "https"} and parts.hostname and parts.path.strip("/")
    except ValueError:
        return None
    return absolute if link and is_page else None


def _site(address: str) -> str:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    for variant in _VARIANTS:
        host = host.removeprefix(variant)
    return host
