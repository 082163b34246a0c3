"""Read articles from a WARC file, as web archives and crawlers write them, gzipped or not."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from services.fetcher.archives import gzip_members
from services.fetcher.archives.gzip_members import GzipMember, iter_members
from services.fetcher.archives.warc_frames import MAGIC, BrokenFrame, WarcFrame, iter_frames
from services.fetcher.archives.warc_record import (
    MAX_BLOCK_BYTES,
    BadRecord,
    Revisit,
    read_record,
)
from services.fetcher.seeds.seed_articles import Item
from shared.files.yaml_document import Problem

SUFFIXES: Final = (".warc", ".warc.gz")


def iter_warc(path: Path) -> Iterator[Item]:
    """Yield the item of each record: an article, why it is none, or a problem beside the others."""
    try:
        with path.open("rb") as file:
            is_gzip = file.read(len(gzip_members.MAGIC)) == gzip_members.MAGIC
            if not is_gzip:
                for frame in iter_frames(file):
                    yield _read_frame(path, file, frame, f"byte {frame.offset}")
                return
        for member in iter_members(path, MAGIC):
            where = f"byte {member.offset}"
            for frame in _readable(member):
                inner = f", byte {frame.offset} of what is inflated" if frame.offset else ""
                yield _read_frame(path, member.content, frame, where + inner)
            if member.fault:
                yield _problem(path, where, member.fault, code="broken-archive")
    except OSError as error:
        yield Problem(str(path), 1, 1, f"cannot be read: {error.strerror}", code="unreadable")


def _readable(member: GzipMember) -> Iterator[WarcFrame | BrokenFrame]:
    """Yield a member's records, but not the one that its damage broke: the damage is reported."""
    before: WarcFrame | BrokenFrame | None = None
    for frame in iter_frames(member.content):
        if before is not None:
            yield before
        before = frame
    if before is not None and not (member.fault and isinstance(before, BrokenFrame)):
        yield before


def _read_frame(path: Path, file: IO[bytes], frame: WarcFrame | BrokenFrame, where: str) -> Item:
    if isinstance(frame, BrokenFrame):
        return _problem(path, where, frame.reason, code="broken-record")
    file.seek(frame.offset, io.SEEK_SET)
    header = file.read(frame.block_offset - frame.offset)
    block = file.read(min(frame.length, MAX_BLOCK_BYTES))
    try:
        return read_record(header, block, frame.length)
    except Revisit as revisit:
        return _problem(path, where, str(revisit), level="warning", code="revisit")
    except BadRecord as error:
        return _problem(path, where, str(error), code="broken-record")


def _problem(path: Path, where: str, reason: str, **details: str) -> Problem:
    return Problem(str(path), 1, 1, f"record at {where}: {reason}", **details)  # type: ignore[arg-type]
