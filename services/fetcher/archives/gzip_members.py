"""Inflate a gzip file member by member, each to a temporary file.

A small one stays in memory. In a .warc.gz each record is a member of its own, so a damaged one
costs no other; some programs compress a whole file at once.
"""

import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Final

from services.fetcher.archives.read_limits import InflationLimit
from shared.record_batches.inflate import GZIP, STEP_BYTES

MAGIC: Final = b"\x1f\x8b\x08"
IN_MEMORY_BYTES: Final = 16 * 1024 * 1024
MAX_CANDIDATES: Final = 100_000
"""How many places of a file that look like a member are examined behind damaged ones."""
_SALVAGE_BYTES: Final = 16
_EXAMINED_BYTES: Final = 1_024


@dataclass(frozen=True, slots=True)
class GzipMember:
    """What a member at ``offset`` inflates to; ``fault`` says why it is not all of it."""

    offset: int
    content: IO[bytes]
    fault: str = ""


def iter_members(path: Path, begins_with: bytes) -> Iterator[GzipMember]:
    """Yield the members of a gzip file; behind a damaged one, the next that begins like this.

    A member's content is closed before the next one is read. OSError if the file cannot be read.
    """
    limit = InflationLimit(path)
    with path.open("rb") as file:
        search = _MemberSearch(file, begins_with)
        offset: int | None = 0
        while offset is not None:
            file.seek(offset)
            with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as content:
                fault, end = _inflate_member(file, content, limit)
                content.seek(0)
                if fault or content.seek(0, 2):
                    content.seek(0)
                    yield GzipMember(offset, content, fault)
            if limit.is_exceeded:
                return
            file.seek(end)
            is_next = not fault and file.read(len(MAGIC)) == MAGIC
            offset = end if is_next else search.find(max(end, offset + 1))


def _inflate_member(file: BinaryIO, content: IO[bytes], limit: InflationLimit) -> tuple[str, int]:
    """Inflate the member where the file stands; return what was wrong with it, and its end.

    For a damaged member the end is its beginning.
    """
    stream, begin = zlib.decompressobj(GZIP), file.tell()
    while data := file.read(STEP_BYTES):
        while data:
            before = stream.copy()
            try:
                piece = stream.decompress(data, STEP_BYTES)
            except zlib.error as error:
                content.writelines(_salvage(before, data))
                return f"its gzip is damaged: {error}", begin
            content.write(piece)
            limit.add(len(piece))
            if limit.is_exceeded:
                return limit.problem().message, begin
            if stream.eof:
                return "", file.tell() - len(stream.unused_data)
            data = stream.unconsumed_tail
    content.write(stream.flush())
    return "its gzip ends too early", begin


def _salvage(stream: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """Yield what precedes the damage: zlib keeps back all that one call has inflated."""
    for begin in range(0, len(data), _SALVAGE_BYTES):
        try:
            yield stream.decompress(data[begin : begin + _SALVAGE_BYTES], STEP_BYTES)
        except zlib.error:
            return


class _MemberSearch:
    """Looks for members whose content begins with certain bytes."""

    def __init__(self, file: BinaryIO, begins_with: bytes) -> None:
        self._file, self._begins_with, self._examined = file, begins_with, 0

    def find(self, offset: int) -> int | None:
        """Return where the next member at or behind an offset begins, or None."""
        while self._examined < MAX_CANDIDATES:
            self._file.seek(offset)
            data = self._file.read(STEP_BYTES)
            index = data.find(MAGIC)
            if index >= 0:
                offset += index
                if self._is_member(offset):
                    return offset
                offset += 1
            elif len(data) < STEP_BYTES:
                return None
            else:
                offset += STEP_BYTES - len(MAGIC) + 1
        return None

    def _is_member(self, offset: int) -> bool:
        self._examined += 1
        self._file.seek(offset)
        data, size = self._file.read(_EXAMINED_BYTES), len(self._begins_with)
        try:
            return zlib.decompressobj(GZIP).decompress(data, size) == self._begins_with
        except zlib.error:
            return False
