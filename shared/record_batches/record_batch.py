"""Read a record batch (Kafka's message format v2) leniently: every record, and what is left of a broken one.

aiokafka reads the healthy; this is for a fetch that made it raise. One broken record takes none of its
neighbours along; a batch that cannot be opened is one entry. Pure: the checksum is passed in.
"""

from collections.abc import Callable, Iterator
from typing import Final

from shared.record_batches.batch_header import (
    CHECKED_FROM,
    HEADER_BYTES,
    OVERHEAD_BYTES,
    BatchHeader,
)
from shared.record_batches.broken_record import BrokenRecord, Entry, Flaw, UnreadableBytes
from shared.record_batches.inflate import BadEncoding, Gunzip
from shared.record_batches.record_parser import Cursor, parse_record

MAX_INFLATED_BYTES: Final = 32 * 1024 * 1024
"""Of a compressed batch; 1 MB of gzip may stand for 1 GB. The largest topic takes 8 MiB a batch."""
_GZIP: Final = 1
_CODECS: Final = {2: "snappy", 3: "lz4", 4: "zstd"}

Checksum = Callable[[bytes], int]


def parse_batch(data: bytes, header: BatchHeader, last: int, checksum: Checksum) -> Iterator[Entry]:
    """Yield the entries of a batch; one that cannot be opened is a single one, with all of its bytes."""
    try:
        _check(data, header, last, checksum)
        payload = inflate(data, header)
    except UnreadableBytes as why:
        time = header.max_timestamp if header.magic >= 2 else -1
        first = min(header.base_offset, last)
        yield BrokenRecord(first, last, time, None, data, (), why.flaw, why.detail)
    else:
        yield from _records(payload, header, last)


def _check(data: bytes, header: BatchHeader, last: int, checksum: Checksum) -> None:
    if header.magic != 2:
        raise UnreadableBytes(Flaw.FORMAT, f"message format {header.magic} is not read here")
    if header.length + OVERHEAD_BYTES != len(data):
        raise UnreadableBytes(Flaw.FORMAT, f"a batch cannot be {header.length} bytes long")
    if header.base_offset > last:
        raise UnreadableBytes(
            Flaw.FORMAT, f"a batch cannot begin with offset {header.base_offset} here"
        )
    if checksum(data[CHECKED_FROM:]) != header.crc:
        raise UnreadableBytes(Flaw.CHECKSUM, "the batch's checksum is not that of its bytes")


def inflate(data: bytes, header: BatchHeader) -> bytes:
    """Give the records' bytes of a batch; Unreadable where that is not possible within bounds."""
    payload = data[HEADER_BYTES:]
    if header.codec == 0:
        return payload
    if header.codec != _GZIP:
        name = _CODECS.get(header.codec, f"codec {header.codec}")
        raise UnreadableBytes(Flaw.CODEC, f"compressed with {name}: only gzip is read here")
    return b"".join(inflated_pieces(payload))


def inflated_pieces(payload: bytes) -> Iterator[bytes]:
    """Inflate gzip piece by piece; Unreadable where it is broken or more than a batch may hold."""
    gunzip, size = Gunzip(), 0
    try:
        for piece in gunzip.feed(payload):
            size += len(piece)
            if size > MAX_INFLATED_BYTES:
                limit = f"{MAX_INFLATED_BYTES} bytes are the most"
                raise UnreadableBytes(
                    Flaw.TOO_LARGE, f"{len(payload)} bytes hold too much: {limit}"
                )
            yield piece
        yield gunzip.finish()
    except BadEncoding as error:
        raise UnreadableBytes(Flaw.COMPRESSION, str(error)) from error


def _records(payload: bytes, header: BatchHeader, last: int) -> Iterator[Entry]:
    cursor, offset = Cursor(payload), header.base_offset
    for _ in range(max(header.count, 0)):
        start = cursor.place
        try:
            body = cursor.take(cursor.varint())
        except UnreadableBytes as why:
            yield from _rest(payload[start:], header, offset, last, why)
            return
        entry = parse_record(body, header, offset, last)
        offset = entry.offset + 1
        yield entry
    if cursor.remaining:
        more = UnreadableBytes(Flaw.FRAMING, f"{cursor.remaining} bytes behind its last record")
        yield from _rest(payload[cursor.place :], header, offset, last, more)


def _rest(
    data: bytes, header: BatchHeader, offset: int, last: int, why: UnreadableBytes
) -> Iterator[BrokenRecord]:
    """Describe what follows in a batch when the length of a record makes no sense; nothing where no offset is left for it."""
    if offset <= last:
        yield BrokenRecord(offset, last, header.max_timestamp, None, data, (), why.flaw, why.detail)
