"""The address that a page without content of its own sends browsers to. Pure.

``<meta http-equiv=refresh>`` is how click counters forward without a redirect. A page with text of
its own is an article that reloads itself, not a forwarder.
"""

import re
from typing import Final
from urllib.parse import urljoin

from services.fetcher.parsing.character_references import unescape_references
from shared.text.charsets import decode_as_declared

MAX_DELAY_S: Final = 10
MAX_PAGE_BYTES: Final = 32 * 1024
MAX_TEXT: Final = 400
"""A forwarder says at most that it forwards."""
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_META: Final = re.compile(r"<meta\b([^<>]{0,4000})>", re.IGNORECASE)
_IS_REFRESH: Final = re.compile(r"\bhttp-equiv\s*=\s*[\"']?refresh\b", re.IGNORECASE)
_CONTENT: Final = re.compile(
    r"\bcontent\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_REFRESH: Final = re.compile(
    r"\s*(\d{1,5})(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?+(\S.*)", re.IGNORECASE
)
_UNSEEN: Final = re.compile(
    r"<(script|style|title|template)\b.*?(?:</\1|\Z)|<[^<>]*>", re.IGNORECASE | re.DOTALL
)


def refresh_target(content: bytes, content_type: str, url: str) -> str | None:
    """Return the address that the page at ``url`` forwards to; None if it is an own page."""
    if len(content) > MAX_PAGE_BYTES or b"refresh" not in content.lower():
        return None
    decoded = decode_as_declared(content, content_type)
    text = _COMMENT.sub("", decoded.text if decoded else content.decode("latin-1"))
    target = next(filter(None, map(_target, _META.findall(text))), None)
    if target is None or len(" ".join(_UNSEEN.sub(" ", text).split())) > MAX_TEXT:
        return None
    try:
        absolute = urljoin(url, target)
    except ValueError:
        return None
    return absolute if absolute.partition("#")[0] != url.partition("#")[0] else None


def _target(attributes: str) -> str | None:
    """Return the address in a refresh; None if it is another element, or waits for long."""
    content = _CONTENT.search(attributes) if _IS_REFRESH.search(attributes) else None
    value = next(filter(None, content.groups()), "") if content else ""
    refresh = _REFRESH.fullmatch(unescape_references(value))
    if refresh is None or int(refresh[1]) > MAX_DELAY_S:
        return None
    address = refresh[2].strip()
    return address.strip("\"'").strip() or None
