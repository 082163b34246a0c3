"""Split fetched bytes into record batches (Kafka's message format v2) and parse their headers.

Pure.
"""

import struct
from dataclasses import dataclass
from typing import Final

_FIELDS: Final = struct.Struct(">qiibIhiqqqhii")
HEADER_BYTES: Final = _FIELDS.size
CHECKED_FROM: Final = 21
"""The checksum covers a batch from here on: not its base offset or its length."""
OVERHEAD_BYTES: Final = 12
"""The bytes of a batch before what its length counts."""
_CODEC_MASK, _APPEND_TIME, _TRANSACTIONAL, _CONTROL = 0x07, 0x08, 0x10, 0x20


@dataclass(frozen=True, slots=True)
class BatchHeader:
    """The fixed fields at the start of a batch."""

    base_offset: int
    length: int
    leader_epoch: int
    magic: int
    crc: int
    attributes: int
    last_offset_delta: int
    first_timestamp: int
    max_timestamp: int
    producer_id: int
    producer_epoch: int
    base_sequence: int
    count: int

    @property
    def codec(self) -> int:
        """The compression codec; 0 is none."""
        return self.attributes & _CODEC_MASK

    @property
    def is_control(self) -> bool:
        """Return whether it marks the end of a transaction."""
        return bool(self.attributes & _CONTROL)

    @property
    def is_transactional(self) -> bool:
        """Return whether it belongs to a transaction."""
        return bool(self.attributes & _TRANSACTIONAL)

    @property
    def has_append_time(self) -> bool:
        """Return whether the broker's clock stamped its records."""
        return bool(self.attributes & _APPEND_TIME)


def split(data: bytes) -> list[bytes]:
    """Split fetched bytes into whole batches; the broker may truncate the last one."""
    batches, start = list[bytes](), 0
    while len(data) - start >= HEADER_BYTES:
        size = OVERHEAD_BYTES + int.from_bytes(data[start + 8 : start + 12], signed=True)
        if size < HEADER_BYTES:  # nothing after it can be parsed
            return [*batches, data[start:]]
        if start + size > len(data):
            break
        batches.append(data[start : start + size])
        start += size
    return batches


def parse_header(data: bytes) -> BatchHeader:
    """Parse the fixed fields of a batch of at least 61 bytes."""
    return BatchHeader(*_FIELDS.unpack_from(data))


def parse_base_offset(data: bytes) -> int | None:
    """Return the offset that a batch begins with; None if there is no batch."""
    return int.from_bytes(data[:8], signed=True) if data else None


def last_offset(header: BatchHeader, following: int | None, end: int) -> int:
    """Return the last offset of a batch, within bounds even if the header is damaged.

    It is below ``end`` and below the following batch's first offset. A batch that claims to begin
    after that is damaged; an offset that is too high would lose what comes after.
    """
    bound = end if following is None else min(end, following)
    return min(header.base_offset + max(header.last_offset_delta, 0), bound - 1)
