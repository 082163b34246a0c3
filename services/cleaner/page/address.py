"""The page's own address: its canonical link or og:url, if it is one of the same site; a page cannot speak for another site."""

from typing import Final
from urllib.parse import urljoin, urlsplit

from services.cleaner.page.head import Head

_VARIANTS: Final = ("www.", "m.", "amp.", "mobile.")


def find_address(head: Head, fetched_from: str | None) -> tuple[str | None, str]:
    """Address and witness: "canonical", "og" or "fetched". ``fetched_from``: where the page came from, None for a file."""
    for witness, link in (("canonical", head.canonical), ("og", head.meta.get("og:url", ""))):
        absolute = _joined(fetched_from, link)
        if absolute and (fetched_from is None or _site(absolute) == _site(fetched_from)):
            return absolute, witness
    return fetched_from, "fetched"


def _joined(base: str | None, link: str) -> str | None:
    try:
        absolute = urljoin(base or "", link)
        parts = urlsplit(absolute)
        return absolute if link and parts.scheme in {"http", "https"} and parts.hostname and parts.path.strip("/") else None
    except ValueError:
        return None


def _site(address: str) -> str:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    for variant in _VARIANTS:
        host = host.removeprefix(variant)
    return host
