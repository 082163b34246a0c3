"""Decompress gzipped content, but no further than a message could be.

Some hundred bytes of gzip may stand for gigabytes.
"""

from typing import Final

from shared.base.outcomes import InvalidMessage
from shared.kafka.topics import ARTICLES_RAW
from shared.record_batches.inflate import BadEncoding, gunzip

_GZIP: Final = b"\x1f\x8b"
MAX_BYTES: Final = 4 * ARTICLES_RAW.max_message_bytes
"""Text compresses to a quarter or less; content that is larger than this is no article."""


def decompress(content: bytes) -> bytes:
    """Return the content, decompressed if it is gzipped.

    Raises InvalidMessage if it is broken, too large, or compressed twice.
    """
    if not content.startswith(_GZIP):
        return content
    try:
        text = gunzip(content, MAX_BYTES)
    except BadEncoding as error:
        raise InvalidMessage(f"the content cannot be decompressed: {error}") from error
    if len(text) > MAX_BYTES:
        raise InvalidMessage(f"gzip of more than {MAX_BYTES} bytes: no article is that long")
    if text.startswith(_GZIP):
        raise InvalidMessage("gzip inside gzip: decompress the content once before sending it")
    return text
