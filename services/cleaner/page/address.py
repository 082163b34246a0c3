"""The page's own address: its canonical link or og:url, if it is one of the same site; a page cannot speak for another site."""

from typing import Final
from urllib.parse import urljoin, urlsplit

from services.cleaner.page.head import Head
from services.cleaner.page.provenance import finding
from shared.messages.schemas import FieldProvenance

_VARIANTS: Final = ("www.", "m.", "amp.", "mobile.")


def find_address(
    head: Head, fetched_from: str | None
) -> tuple[str | None, str, FieldProvenance | None]:
    """Address, witness ("canonical", "og" or "fetched") and the record. ``fetched_from``: where the page came from, None for a file."""
    said = [
        ("canonical", head.canonical),
        ("og", head.meta.get("og:url", "")),
        ("fetched", fetched_from or ""),
    ]
    spoken = [(witness, link) for witness, link in said if link]
    for witness, link in said[:2]:
        absolute = _joined(fetched_from, link)
        if absolute and (fetched_from is None or _site(absolute) == _site(fetched_from)):
            return (
                absolute,
                witness,
                finding(
                    "url",
                    witness,
                    "the page's own word for itself, of the site that it came from",
                    spoken,
                ),
            )
    return (
        fetched_from,
        "fetched",
        finding("url", "fetched", "no link of the same site names the page", spoken)
        if spoken
        else None,
    )


def _joined(base: str | None, link: str) -> str | None:
    try:
        absolute = urljoin(base or "", link)
        parts = urlsplit(absolute)
        return (
            absolute
            if link
            and parts.scheme in {"http", "https"}
            and parts.hostname
            and parts.path.strip("/")
            else None
        )
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
