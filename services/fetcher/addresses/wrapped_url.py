"""Unwrap the addresses of services that count clicks, so that a story has one address. Pure.

Only addresses that carry the article's own are unwrapped. Short links (t.co, bit.ly), FeedBurner's
and the newer ones of Google News say nothing about their target: where they redirect to is the
article's address.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

MAX_LAYERS: Final = 3
FORWARDERS: Final = frozenset(
    (
        *("feedproxy.google.com", "feedproxy.feedburner.com", "feeds.feedburner.com"),
        *("news.google.com", "bit.ly", "buff.ly", "dlvr.it", "fb.me", "goo.gl", "ift.tt"),
        *("is.gd", "lnkd.in", "ow.ly", "rebrand.ly", "t.co", "tinyurl.com", "trib.al", "zpr.io"),
    )
)
"""Hosts whose addresses say nothing about the article's: where they redirect to is its address."""
_MAX_URL: Final = 8_192


@dataclass(frozen=True, slots=True)
class _Wrapper:
    """A service: which hosts and paths are its own, and the parameters that hold the address."""

    host: re.Pattern[str]
    path: re.Pattern[str]
    parameters: tuple[str, ...]


def _wrapper(host: str, path: str, *parameters: str) -> _Wrapper:
    return _Wrapper(re.compile(host), re.compile(path), parameters)


_GOOGLE: Final = r"(?:(?:www|news)\.)?google\.(?:com?\.)?[a-z]{2,3}"
_WRAPPERS: Final = (
    _wrapper(_GOOGLE, r"/(?:url|news/url|imgres)", "url", "q", "imgrefurl"),
    _wrapper(r"(?:www\.)?bing\.com", r"/news/apiclick\.aspx", "url"),
    _wrapper(r"(?:l|lm)\.(?:facebook|instagram)\.com", r"/l\.php|/", "u"),
    _wrapper(r"(?:www\.)?youtube\.com", r"/redirect", "q"),
    _wrapper(r"(?:www\.)?duckduckgo\.com", r"/l/?", "uddg"),
    _wrapper(r"(?:www\.)?linkedin\.com", r"/(?:redir/redirect|safety/go)/?", "url"),
    _wrapper(r"out\.reddit\.com", r"/.*", "url"),
    _wrapper(r"(?:www\.)?slack-redir\.net", r"/link", "url"),
    _wrapper(r"(?:m\.)?vk\.com", r"/away(?:\.php)?", "to"),
    _wrapper(r"t\.umblr\.com", r"/redirect", "z"),
    _wrapper(r"getpocket\.com", r"/redirect", "url"),
    _wrapper(r"medium\.com", r"/r/", "url"),
    _wrapper(r"[a-z0-9]+\.safelinks\.protection\.outlook\.com", r"/.*", "url"),
    _wrapper(r"(?:go\.redirectingat|go\.skimresources)\.com", r"/", "url"),
)
_AMP: Final = re.compile(r"/amp/(s/)?([^/]+\.[^/]+/.*)", re.DOTALL)
_AMP_CACHE: Final = re.compile(r"/[acv]/(s/)?([^/]+\.[^/]+(?:/.*)?)", re.DOTALL)
_AMP_CACHES: Final = (".cdn.ampproject.org", ".bing-amp.com")
_GOOGLE_NEWS: Final = re.compile(r"/(?:__i/)?(?:rss/)?(?:rd/)?(?:articles|read)/([\w-]{16,4000})=*")
_GOOGLE_NEWS_FIELDS: Final = (b"\x08", b'"')
"""Of the message in such an address: a number, then the article's address as a text."""
_UNREADABLE: Final = frozenset(("news.google.com", "consent.google.com"))
_YAHOO: Final = re.compile(r"/RU=([^/]+)/")


def unwrap(url: str) -> str:
    """Return the article's address in a wrapper's, or the address itself if it is no wrapper."""
    for _ in range(MAX_LAYERS):
        inner = _inner(url)
        if not inner:
            break
        url = inner
    return url


def _inner(url: str) -> str | None:
    """Return the address that a wrapper's address carries; None if there is none."""
    if len(url) > _MAX_URL:
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        inner = _find(host, parts.path or "/", parts.query)
        is_address = inner and urlsplit(inner).scheme in ("http", "https")
        return inner if inner and is_address and urlsplit(inner).hostname else None
    except ValueError:
        return None


def _find(host: str, path: str, query: str) -> str | None:
    for wrapper in _wrappers_on(host):
        if wrapper.path.fullmatch(path):
            values = parse_qs(query, max_num_fields=100)
            return next((values[name][0] for name in wrapper.parameters if name in values), None)
    if path.startswith("/amp/") and re.fullmatch(_GOOGLE, host) and (amp := _AMP.fullmatch(path)):
        return f"{'https' if amp[1] else 'http'}://{amp[2]}" + (f"?{query}" if query else "")
    if host.endswith(_AMP_CACHES) and (cached := _AMP_CACHE.fullmatch(path)):
        return f"{'https' if cached[1] else 'http'}://{cached[2]}" + (f"?{query}" if query else "")
    if host == "news.google.com" and (news := _GOOGLE_NEWS.fullmatch(path)):
        return _decode_google_news(news[1])
    if host == "r.search.yahoo.com" and (yahoo := _YAHOO.search(path)):
        return unquote(yahoo[1])
    return None


def _decode_google_news(code: str) -> str | None:
    """Return the address in a code of Google News; None if it is one of the newer, opaque ones.

    The code is a message of Protocol Buffers in base64: field 1 is a number, field 4 the address.
    """
    try:
        message = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except binascii.Error:
        return None
    number, text = _GOOGLE_NEWS_FIELDS
    if not (message.startswith(number) and message[2:3] == text):
        return None
    length, start = _read_varint(message, 3)
    address = message[start : start + length]
    is_address = len(address) == length and address.startswith((b"https://", b"http://"))
    return address.decode("utf-8", "replace") if is_address else None


def _read_varint(message: bytes, start: int) -> tuple[int, int]:
    """Return a number of Protocol Buffers and where it ends; 0 if it has more than two bytes."""
    first, second = (message[start : start + 2] + b"\0\0")[:2]
    if not first & 0x80:
        return first, start + 1
    return (0, start) if second & 0x80 else ((first & 0x7F) | second << 7, start + 2)


def name_opaque(url: str) -> str | None:
    """Return why a page at this address is no article but a search's own; None if it may be one."""
    host = urlsplit(url).hostname or ""
    if host not in _UNREADABLE:
        return None
    return (
        f"{host} does not say where the article is: poll the publisher's own feed, "
        "or a search that links to articles"
    )


@lru_cache(maxsize=256)
def _wrappers_on(host: str) -> tuple[_Wrapper, ...]:
    """Return the services that a host may be; all entries of a feed are on a few hosts."""
    return tuple(wrapper for wrapper in _WRAPPERS if wrapper.host.fullmatch(host))
