"""The address that a page states as its own, and whether to believe it. Pure.

A page under ``amp.`` or ``m.``, or reached through a feed's own address, states where its article
is. Some sites state their home page or a section on every page: then all articles would become
one, so an address counts only if it is as specific as the one that was requested, in the same way.
"""

import re
from typing import Final
from urllib.parse import parse_qsl, urljoin, urlsplit

from services.fetcher.addresses.canonical_url import canonical_url
from services.fetcher.addresses.site import site_of
from services.fetcher.parsing.character_references import unescape_references
from shared.base.outcomes import InvalidMessage

_HEAD_BYTES: Final = 256 * 1024
_LINK: Final = re.compile(rb"<link\b([^<>]{1,4000})>", re.IGNORECASE)
_IS_CANONICAL: Final = re.compile(
    rb"\brel\s*=\s*[\"']?\s*canonical\s*[\"'\s/]|\brel\s*=\s*canonical$", re.IGNORECASE
)
_HREF: Final = re.compile(
    rb"\bhref\s*=\s*(?:\"([^\"]{1,2100})\"|'([^']{1,2100})'|([^\s\"'>]{1,2100}))", re.IGNORECASE
)
_END_OF_HEAD: Final = re.compile(rb"</head\s*>|<body\b", re.IGNORECASE)
_SUFFIX: Final = re.compile(r"(?:\.(?:amp|html?|php|aspx?|jsp|cms|ece|story))+$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{5,}")
_DATE: Final = re.compile(r"(?:19|20)\d{2}(?:0\d|1[0-2])[0-3]\d")
_GENERIC: Final = frozenset(
    ("amp", "article", "articles", "print", "index", "default", "full", "mobile", "news", "story")
)
_SLUG_LENGTH: Final = 12
_VARIANTS: Final = frozenset(("amp", "_amp", "outputtype", "output", "mobile", "print", "m"))
"""Parameters that select another form of the same page."""


def stated_address(content: bytes, content_type: str, url: str) -> str | None:
    """Return the article's address that the page at ``url`` states; None if it is not credible."""
    if not content_type.lower().startswith(("text/html", "application/xhtml+xml")):
        return None
    head = content[:_HEAD_BYTES]
    if end := _END_OF_HEAD.search(head):
        head = head[: end.start()]
    for link in _LINK.finditer(head):
        if not _IS_CANONICAL.search(link[1]):
            continue
        href = _HREF.search(link[1])
        stated = next(filter(None, href.groups()), b"") if href else b""
        return _credible_address(unescape_references(stated.decode("utf-8", "replace")), url)
    return None


def _credible_address(stated: str, url: str) -> str | None:
    """Return the canonical form of a stated address if it is that of the page at ``url``."""
    try:
        address, own = canonical_url(urljoin(url, stated.strip())), canonical_url(url)
    except (InvalidMessage, ValueError):
        return None
    return address if address != own and is_same_article(address, own) else None


def is_same_article(address: str, own: str) -> bool:
    """Return whether a stated address can be that of the article under another address.

    It is on the same site, and the last part of its path or its last long number is the same.
    Parameters select articles, unless a number says that both are the same.
    """
    stated, requested = urlsplit(address), urlsplit(own)
    if site_of(stated.hostname or "") != site_of(requested.hostname or ""):
        return False
    if stated.path in ("", "/") and not stated.query:
        return False
    is_same_selection = _selection(stated.query) == _selection(requested.query)
    if _without_variant(stated.path) == _without_variant(requested.path):
        return is_same_selection
    number = _last_number(stated.path, stated.query)
    if number and number == _last_number(requested.path, requested.query):
        return True
    slug = _slug(stated.path)
    return bool(slug) and is_same_selection and slug == _slug(requested.path)


def _without_variant(path: str) -> str:
    """Return a path without what names its form: that of ``/amp/a`` is ``/a``."""
    segments = [segment for segment in path.split("/") if segment and segment.lower() != "amp"]
    return _SUFFIX.sub("", "/".join(segments))


def _selection(query: str) -> list[tuple[str, str]]:
    """Return the parameters that may select an article."""
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=100)
    return [(name, value) for name, value in pairs if name.lower() not in _VARIANTS]


def _slug(path: str) -> str:
    """Return the last part of a path if it is long enough to name one article; else nothing."""
    segments = [_SUFFIX.sub("", segment).lower() for segment in path.split("/") if segment]
    slug = next((segment for segment in reversed(segments) if segment not in _GENERIC), "")
    return slug if len(slug) >= _SLUG_LENGTH else ""


def _last_number(path: str, query: str) -> str:
    """Return the last long number that is no date: the ones before it are those of sections."""
    numbers = [
        number for number in _NUMBER.findall(f"{path}?{query}") if not _DATE.fullmatch(number)
    ]
    return numbers[-1] if numbers else ""
