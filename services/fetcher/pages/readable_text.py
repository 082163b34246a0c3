"""What can be read in a page, roughly and fast: for comparing two downloads of it. Pure.

That is its text, its title and description, and its metadata as JSON-LD, as far as the cleaner
reads them. Markup, scripts, styles and addresses change from download to download.
"""

import re
from typing import Final

TEXT_BYTES: Final = 1024 * 1024
"""Text beyond this is not read, because it costs time in the event loop."""
_COMMENT: Final = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_CODE: Final = re.compile(
    rb"<(script|style)\b([^<>]*)>?(.*?)(?:</\1\b|\Z)", re.DOTALL | re.IGNORECASE
)
_META: Final = re.compile(rb"<meta\b([^<>]*)>", re.IGNORECASE)
_TELLING: Final = re.compile(
    rb"(?:name|property|itemprop)\s*=\s*[\"']?(?:og:|article:|twitter:|dc|description|author|date)",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(rb"https?:[^\s\"'<>]*", re.IGNORECASE)
_TAG: Final = re.compile(rb"<[^<>]*>")


def readable_text(content: bytes) -> bytes:
    """Return what can be read in the page's first TEXT_BYTES, in time linear in them."""
    text = _COMMENT.sub(b" ", content[:TEXT_BYTES])
    text = _META.sub(_meta, _CODE.sub(_code, text))
    return b" ".join(_TAG.sub(b" ", text).split())


def _code(match: re.Match[bytes]) -> bytes:
    """Return the JSON-LD of a script, without its addresses; of any other nothing."""
    return _ADDRESS.sub(b"", match[3]) + b"<br>" if b"ld+json" in match[2].lower() else b"<br>"


def _meta(match: re.Match[bytes]) -> bytes:
    """Return a description, or nothing if it is an address or a token."""
    is_read = _TELLING.search(match[1]) and not _ADDRESS.search(match[1])
    return b"<br>" + match[1] if is_read else b"<br>"
