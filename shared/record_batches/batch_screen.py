"""Look over fetched bytes before a client opens them: no batch may inflate to more than a batch may hold. Pure.

The client inflates a whole batch at once, and 1 MB of gzip may stand for 1 GB. A batch that is refused
here is marked, so that the client finds its checksum wrong instead of opening it.
"""

from typing import Final

from shared.record_batches.broken_record import UnreadableBytes
from shared.record_batches.record_batch import MAX_INFLATED_BYTES, inflated_pieces

_ATTRIBUTES: Final = 22
_RECORDS: Final = 61
_CODEC_MASK: Final = 0x07
_GZIP: Final = 1
_MOST_PER_BYTE: Final = 1032
"""What a byte of deflate stands for at most (zlib's documentation): what is small enough needs no look."""


def screen_batches(data: bytes) -> bytes:
    """Give the bytes as they are, or with every batch marked that must not be opened."""
    refused, start, size = [], 0, len(data)
    while size - start >= _RECORDS:
        end = start + 12 + int.from_bytes(data[start + 8 : start + 12], signed=True)
        if not start + _RECORDS <= end <= size:
            break
        codec = data[start + _ATTRIBUTES] & _CODEC_MASK
        if codec and not _may_be_opened(data, codec, start + _RECORDS, end):
            refused.append(start + _ATTRIBUTES)
        start = end
    return _marked(data, refused) if refused else data


def _may_be_opened(data: bytes, codec: int, start: int, end: int) -> bool:
    if codec != _GZIP:
        return False
    if (end - start) * _MOST_PER_BYTE <= MAX_INFLATED_BYTES:
        return True
    try:
        return all(piece is not None for piece in inflated_pieces(data[start:end]))
    except UnreadableBytes:
        return False


def _marked(data: bytes, places: list[int]) -> bytes:
    """Change a checked byte of a batch: its checksum no longer holds."""
    changed = bytearray(data)
    for place in places:
        changed[place] ^= _CODEC_MASK
    return bytes(changed)
