"""Bytes of a feed → its text: unpacked within bounds, and decoded. Pure."""

from typing import Final

from services.fetcher.feed_error import FeedErrorKind, UnreadableFeed
from shared.record_batches.inflate import BadEncoding, gunzip
from shared.text.charsets import decode_as_declared

MAX_BYTES: Final = 8 * 1024 * 1024
_GZIP: Final = b"\x1f\x8b"
_LAST_RESORT: Final = "cp1252"


def decode_feed(data: bytes, content_type: str | None) -> str:
    """Return the text of a feed, also of a .gz file; UnreadableFeed if it is empty or too large.

    A broken byte becomes U+FFFD. What fits no declared charset is read as Windows-1252.
    """
    if data.startswith(_GZIP):
        data = _unpack(data)
    if not data.strip():
        raise UnreadableFeed("it is empty", FeedErrorKind.EMPTY)
    if len(data) > MAX_BYTES:
        raise UnreadableFeed(f"larger than {MAX_BYTES} bytes", FeedErrorKind.UNPACKED_TOO_LARGE)
    decoded = decode_as_declared(data, content_type or "")
    return decoded.text if decoded else data.decode(_LAST_RESORT, "replace")


def _unpack(data: bytes) -> bytes:
    try:
        unpacked = gunzip(data, MAX_BYTES)
    except BadEncoding as error:
        reason = f"it is a gzip file that cannot be unpacked: {error}"
        raise UnreadableFeed(reason, FeedErrorKind.PACKING) from error
    if unpacked.startswith(_GZIP):
        reason = "it is gzip inside gzip: only one layer is unpacked"
        raise UnreadableFeed(reason, FeedErrorKind.PACKING)
    return unpacked
