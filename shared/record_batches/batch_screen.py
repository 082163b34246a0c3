"""Screen fetched bytes before a client decompresses them: no batch may inflate beyond the limit.

The client inflates a whole batch at once, and 1 MB of gzip may hold 1 GB. A rejected batch is
changed so that the client finds its checksum wrong instead of inflating it. Pure.
"""

from typing import Final

from shared.record_batches.broken_record import UnreadableBytes
from shared.record_batches.record_batch import MAX_INFLATED_BYTES, inflate_pieces

_ATTRIBUTES: Final = 22
_RECORDS: Final = 61
_CODEC_MASK: Final = 0x07
_GZIP: Final = 1
_MAX_INFLATION: Final = 1032
"""The most bytes that a byte of deflate inflates to (zlib's documentation): small batches need no
check."""


def screen_batches(data: bytes) -> bytes:
    """Return the bytes, with every batch invalidated that must not be inflated.

    The same object is returned if there is none.
    """
    rejected, start, size = [], 0, len(data)
    while size - start >= _RECORDS:
        end = start + 12 + int.from_bytes(data[start + 8 : start + 12], signed=True)
        if not start + _RECORDS <= end <= size:
            break
        codec = data[start + _ATTRIBUTES] & _CODEC_MASK
        if codec and not _is_safe(data, codec, start + _RECORDS, end):
            rejected.append(start + _ATTRIBUTES)
        start = end
    return _invalidate(data, rejected) if rejected else data


def _is_safe(data: bytes, codec: int, start: int, end: int) -> bool:
    if codec != _GZIP:
        return False
    if (end - start) * _MAX_INFLATION <= MAX_INFLATED_BYTES:
        return True
    try:
        return all(piece is not None for piece in inflate_pieces(data[start:end]))
    except UnreadableBytes:
        return False


def _invalidate(data: bytes, places: list[int]) -> bytes:
    """Change a byte that each batch's checksum covers, so that the checksum no longer matches."""
    changed = bytearray(data)
    for place in places:
        changed[place] ^= _CODEC_MASK
    return bytes(changed)
