"""Parse a record batch (Kafka's message format v2) leniently: each record, or what is left of it.

aiokafka reads healthy batches; this is for a fetch that made it raise. One broken record does not
affect its neighbours; a batch that cannot be decoded is one entry. Pure: the checksum function is
passed in.
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
from shared.record_batches.inflate import BadEncoding, Inflate
from shared.record_batches.record_parser import Cursor, parse_record

MAX_INFLATED_BYTES: Final = 32 * 1024 * 1024
"""Of a compressed batch; 1 MB of gzip may stand for 1 GB. The largest topic takes 8 MiB a batch."""
_GZIP: Final = 1
_CODECS: Final = {2: "snappy", 3: "lz4", 4: "zstd"}

Checksum = Callable[[bytes], int]


def parse_batch(data: bytes, header: BatchHeader, last: int, checksum: Checksum) -> Iterator[Entry]:
    """Yield the entries of a batch.

    A batch that cannot be decoded is a single entry with all of its bytes.
    """
    try:
        _check(data, header, last, checksum)
        payload = inflate(data, header)
    except UnreadableBytes as error:
        time = header.max_timestamp if header.magic >= 2 else -1
        first = min(header.base_offset, last)
        yield BrokenRecord(first, last, time, None, data, (), error.flaw, error.detail)
    else:
        yield from _records(payload, header, last)


def _check(data: bytes, header: BatchHeader, last: int, checksum: Checksum) -> None:
    if header.magic != 2:
        raise UnreadableBytes(Flaw.FORMAT, f"message format {header.magic} is not supported")
    if header.length + OVERHEAD_BYTES != len(data):
        raise UnreadableBytes(Flaw.FORMAT, f"a batch cannot be {header.length} bytes long")
    if header.base_offset > last:
        raise UnreadableBytes(
            Flaw.FORMAT, f"a batch cannot begin with offset {header.base_offset} here"
        )
    if checksum(data[CHECKED_FROM:]) != header.crc:
        raise UnreadableBytes(Flaw.CHECKSUM, "the batch's checksum is not that of its bytes")


def inflate(data: bytes, header: BatchHeader) -> bytes:
    """Return the bytes of a batch's records; UnreadableBytes if they cannot be decoded."""
    payload = data[HEADER_BYTES:]
    if header.codec == 0:
        return payload
    if header.codec != _GZIP:
        name = _CODECS.get(header.codec, f"codec {header.codec}")
        raise UnreadableBytes(Flaw.CODEC, f"compressed with {name}: only gzip is supported")
    return b"".join(inflate_pieces(payload))


def inflate_pieces(payload: bytes) -> Iterator[bytes]:
    """Inflate gzip piece by piece; UnreadableBytes if it is broken or too large."""
    gunzip, size = Inflate(), 0
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
        except UnreadableBytes as error:
            yield from _remainder(payload[start:], header, offset, last, error)
            return
        entry = parse_record(body, header, offset, last)
        offset = entry.offset + 1
        yield entry
    if cursor.remaining:
        extra = UnreadableBytes(Flaw.FRAMING, f"{cursor.remaining} bytes after its last record")
        yield from _remainder(payload[cursor.place :], header, offset, last, extra)


def _remainder(
    data: bytes, header: BatchHeader, offset: int, last: int, error: UnreadableBytes
) -> Iterator[BrokenRecord]:
    """Yield the rest of a batch as one entry, where the length of a record makes no sense.

    Nothing if no offset is left for it.
    """
    if offset <= last:
        yield BrokenRecord(
            offset, last, header.max_timestamp, None, data, (), error.flaw, error.detail
        )
