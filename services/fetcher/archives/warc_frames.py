"""Find the records of a WARC file (ISO 28500), also behind one that is broken.

Only as much is read as tells where a record begins and ends, so memory does not depend on what the
records say of themselves.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

MAGIC: Final = b"WARC/"
MAX_HEADER_BYTES: Final = 64 * 1024
_USUAL_HEADER_BYTES: Final = 2_048
_STEP_BYTES: Final = 64 * 1024
_BLANK: Final = b"\r\n"
_USUAL_GAP: Final = b"\r\n\r\n"
_GAP_BYTES: Final = 16
"""Some programs write fewer or more."""
_HEADER_END: Final = re.compile(rb"\r?\n\r?\n")
_LENGTH: Final = re.compile(rb"(?im)^content-length[ \t]*:[ \t]*([0-9]{1,18})[ \t]*\r?$")
_NEXT: Final = re.compile(rb"\n(?=WARC/[0-9])")


@dataclass(frozen=True, slots=True)
class WarcFrame:
    """Where a record is: its header at ``offset``, then its block of ``length`` bytes."""

    offset: int
    block_offset: int
    length: int


@dataclass(frozen=True, slots=True)
class BrokenFrame:
    """What stands at ``offset`` and is no record that can be read."""

    offset: int
    reason: str


def iter_frames(file: IO[bytes]) -> Iterator[WarcFrame | BrokenFrame]:
    """Yield each record of a file that can be sought, and what is broken, in order."""
    size = file.seek(0, io.SEEK_END)
    offset: int | None = _skip_blank(file, 0)
    while offset is not None and offset < size:
        frame, resume_at = _frame_at(file, offset, size)
        yield frame
        if isinstance(frame, BrokenFrame):
            offset = _find_next(file, resume_at)
        else:
            offset = _skip_blank(file, resume_at)


def _frame_at(file: IO[bytes], offset: int, size: int) -> tuple[WarcFrame | BrokenFrame, int]:
    """Return the record at an offset, and where to go on."""
    file.seek(offset)
    header = file.read(_USUAL_HEADER_BYTES)
    if _HEADER_END.search(header) is None:
        header += file.read(MAX_HEADER_BYTES - _USUAL_HEADER_BYTES)
    if not header.startswith(MAGIC):
        return BrokenFrame(offset, "does not begin with WARC/"), offset
    end = _HEADER_END.search(header)
    if end is None:
        return BrokenFrame(offset, "has no end of its header"), offset + 1
    block_offset = offset + end.end()
    length = _LENGTH.search(header, 0, end.start() + 1)
    if length is None:
        return BrokenFrame(offset, "has no Content-Length"), block_offset - 1
    frame = WarcFrame(offset, block_offset, int(length[1]))
    block_end = block_offset + frame.length
    if block_end > size:
        return BrokenFrame(offset, "ends before its Content-Length says"), block_offset - 1
    if not _is_boundary(file, block_end):
        reason = "has a Content-Length that does not lead to the next record"
        return BrokenFrame(offset, reason), block_offset - 1
    return frame, block_end


def _is_boundary(file: IO[bytes], offset: int) -> bool:
    """Return whether a record may end there: before two line ends, a record, or nothing."""
    file.seek(offset)
    gap = file.read(_GAP_BYTES + len(MAGIC))
    after = gap.lstrip(_BLANK)
    is_next = len(after) < len(gap) and after.startswith(MAGIC)
    return not after or is_next or gap.startswith(_USUAL_GAP)


def _skip_blank(file: IO[bytes], offset: int) -> int:
    file.seek(offset)
    while data := file.read(_STEP_BYTES):
        if stripped := data.lstrip(_BLANK):
            return offset + len(data) - len(stripped)
        offset += len(data)
    return offset


def _find_next(file: IO[bytes], offset: int) -> int | None:
    """Return where the next line that begins a record is, or None."""
    overlap = len(MAGIC) + 1
    while True:
        file.seek(offset)
        data = file.read(_STEP_BYTES)
        if following := _NEXT.search(data):
            return offset + following.end()
        if len(data) < _STEP_BYTES:
            return None
        offset += _STEP_BYTES - overlap
