"""Parse one record of a batch as far as possible. Pure."""

from typing import Final

from shared.record_batches.batch_header import BatchHeader
from shared.record_batches.broken_record import (
    BrokenRecord,
    Entry,
    Flaw,
    ParsedRecord,
    UnreadableBytes,
)

_LONGEST_VARINT: Final = 10


def parse_record(body: bytes, header: BatchHeader, expected: int, last: int) -> Entry:
    """Parse one record.

    ``expected`` is the lowest offset it may have and, if it is damaged, the offset that it gets.
    """
    record = _PartialRecord(expected, header.max_timestamp)
    cursor = Cursor(body)
    try:
        record.fill(cursor, header, expected, last)
        names = [name.decode() for name, _ in record.headers]
    except UnreadableBytes as error:
        return record.remains(body, error)
    except UnicodeDecodeError:
        bad = [escape(name) for name, _ in record.headers if escape(name).encode() != name]
        quoted = ", ".join(f"'{name}'" for name in bad)
        detail = f"the name of a header is not UTF-8: {quoted}"[:200]
        return record.remains(body, UnreadableBytes(Flaw.HEADER_NAME, detail))
    headers = tuple(zip(names, (value for _, value in record.headers), strict=True))
    return ParsedRecord(
        record.offset,
        record.timestamp,
        int(header.has_append_time),
        record.key,
        record.value,
        headers,
    )


def escape(name: bytes) -> str:
    r"""Return a header's name as text: bytes that are not UTF-8 become ``\xff``."""
    return name.decode("utf-8", "backslashreplace")


class _PartialRecord:
    """A record as far as it could be parsed."""

    def __init__(self, offset: int, timestamp: int) -> None:
        self.offset, self.timestamp = offset, timestamp
        self.key: bytes | None = None
        self.value: bytes | None = None
        self.headers: list[tuple[bytes, bytes | None]] = []
        self.headers_begin: int | None = None

    def fill(self, cursor: "Cursor", header: BatchHeader, expected: int, last: int) -> None:
        cursor.take(1)  # attributes: none are in use
        since_first = cursor.varint()
        if not header.has_append_time:
            self.timestamp = header.first_timestamp + since_first
        offset = header.base_offset + cursor.varint()
        if not expected <= offset <= last:
            raise UnreadableBytes(
                Flaw.FRAMING, f"offset {offset} where {expected} to {last} is due"
            )
        self.offset = offset
        self.key, self.value = cursor.take_sized(), cursor.take_sized()
        self.headers_begin = cursor.place
        self._fill_headers(cursor)

    def _fill_headers(self, cursor: "Cursor") -> None:
        count = cursor.varint()
        if not 0 <= count <= cursor.remaining:
            raise UnreadableBytes(Flaw.FRAMING, f"{count} headers in {cursor.remaining} bytes")
        for _ in range(count):
            name = cursor.take_sized()
            if name is None:
                raise UnreadableBytes(Flaw.FRAMING, "a header without a name")
            self.headers.append((name, cursor.take_sized()))
        if cursor.remaining:
            raise UnreadableBytes(Flaw.FRAMING, f"{cursor.remaining} bytes after its last header")

    def remains(self, body: bytes, error: UnreadableBytes) -> BrokenRecord:
        """Return what is left: key and value, or else all of its bytes as the value."""
        is_whole = self.headers_begin is not None
        return BrokenRecord(
            self.offset,
            self.offset,
            self.timestamp,
            self.key if is_whole else None,
            self.value if is_whole else body,
            tuple((escape(name), value) for name, value in self.headers),
            error.flaw,
            error.detail,
            "value" if is_whole else "record",
            body[self.headers_begin :] if is_whole else b"",
        )


class Cursor:
    """Reads bytes from the front; UnreadableBytes if they end too early."""

    def __init__(self, data: bytes) -> None:
        self._data, self.place = data, 0

    @property
    def remaining(self) -> int:
        """The number of bytes still to be read."""
        return len(self._data) - self.place

    def take(self, size: int) -> bytes:
        """Return the next ``size`` bytes."""
        if not 0 <= size <= self.remaining:
            raise UnreadableBytes(
                Flaw.FRAMING, f"a length of {size} where {self.remaining} bytes are left"
            )
        self.place += size
        return self._data[self.place - size : self.place]

    def varint(self) -> int:
        """Return the next zigzag varint."""
        result = 0
        for shift in range(0, 7 * _LONGEST_VARINT, 7):
            (byte,) = self.take(1)
            result |= (byte & 0x7F) << shift
            if byte < 0x80 and result < 1 << 64:
                return result >> 1 ^ -(result & 1)
        raise UnreadableBytes(Flaw.FRAMING, "a number that never ends")

    def take_sized(self) -> bytes | None:
        """Return the bytes after their length; None for a negative length, as every client does."""
        size = self.varint()
        return None if size < 0 else self.take(size)
