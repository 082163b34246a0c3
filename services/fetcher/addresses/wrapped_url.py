"""Unwrap the addresses of services that count clicks, so that a story has one address. Pure.

Only addresses that carry the article's own are unwrapped; short links (t.co, bit.ly) say nothing
about their target.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

MAX_LAYERS: Final = 3
FORWARDERS: Final = frozenset(
    ("feedproxy.google.com", "feedproxy.feedburner.com", "feeds.feedburner.com")
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
    if host == "r.search.yahoo.com" and (yahoo := _YAHOO.search(path)):
        return unquote(yahoo[1])
    return None


@lru_cache(maxsize=256)
def _wrappers_on(host: str) -> tuple[_Wrapper, ...]:
    """Return the services that a host may be; all entries of a feed are on a few hosts."""
    return tuple(wrapper for wrapper in _WRAPPERS if wrapper.host.fullmatch(host))
