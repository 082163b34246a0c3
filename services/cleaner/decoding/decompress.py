"""Gzipped content, inflated no further than a message could be: some hundred bytes may stand for gigabytes."""

from typing import Final

from shared.base.outcomes import InvalidMessage
from shared.kafka.topics import ARTICLES_RAW
from shared.record_batches.inflate import BadEncoding, Gunzip

_GZIP: Final = b"\x1f\x8b"
MOST_BYTES: Final = 4 * ARTICLES_RAW.max_message_bytes
"""Text packs to a quarter and less; what unpacks to more than this is no article."""


def unpacked(content: bytes) -> bytes:
    """The content as it is, or inflated. InvalidMessage: broken, too large, or packed twice."""
    if not content.startswith(_GZIP):
        return content
    gunzip, inflated = Gunzip(), bytearray()
    try:
        for piece in gunzip.feed(content):
            inflated += piece
            if len(inflated) > MOST_BYTES:
                raise InvalidMessage(
                    f"gzip that holds more than {MOST_BYTES} bytes: no article is so long"
                )
        inflated += gunzip.finish()
    except BadEncoding as error:
        raise InvalidMessage(f"the content cannot be unpacked: {error}") from error
    if inflated.startswith(_GZIP):
        raise InvalidMessage("gzip inside gzip: unpack it once before it is handed in")
    return bytes(inflated)
