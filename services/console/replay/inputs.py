"""Open what a replay is given: files, folders, zip and WARC archives, JSON lines, standard input.

An archive is known by its content; its name decides where the content says nothing.
"""

import sys
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Final

import orjson

from services.console.inputs.article_inputs import STANDARD_INPUT, file_name
from services.console.replay import article_lines
from services.console.replay.article_lines import iter_line_file, iter_lines
from services.fetcher.archives import gzip_members, warc_archive, warc_frames, zip_archive
from services.fetcher.archives.warc_archive import iter_warc
from services.fetcher.archives.zip_archive import iter_zip
from services.fetcher.seeds.seed_articles import Item, iter_items
from shared.files.yaml_document import Problem
from shared.record_batches.inflate import GZIP

_HEAD_BYTES: Final = 64 * 1024
_ZIPPED_DOCUMENTS: Final = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub", ".jar")
"""Zip archives by content, but no archives of articles."""
_BLANK: Final = b"\xef\xbb\xbf \t\r\n"


def iter_inputs(paths: Sequence[Path]) -> Iterator[Item]:
    """Yield the items of all inputs, in the order given; a folder's by name."""
    for path in paths:
        if str(path) == STANDARD_INPUT:
            now = datetime.now(UTC).replace(microsecond=0)
            yield from iter_lines(
                sys.stdin.buffer, file_name(path), source="stdin", obtained_at=now
            )
        else:
            yield from iter_items([path], open_archive)


def open_archive(path: Path) -> Iterator[Item] | None:
    """Return the items of a file that holds several articles, None for any other file."""
    name = path.name.lower()
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return None  # whoever reads it as an article says why it cannot be read
    content = _inflated_head(head)
    if head.startswith(zip_archive.MAGIC) and not name.endswith(_ZIPPED_DOCUMENTS):
        return iter_zip(path)
    if content.startswith(warc_frames.MAGIC):
        return iter_warc(path)
    if name.endswith((zip_archive.SUFFIX, *warc_archive.SUFFIXES)):
        return _read_anyway(path, name)
    if name.endswith(article_lines.SUFFIXES):
        return iter_line_file(path)
    return _open_json(path, name, content)


def _read_anyway(path: Path, name: str) -> Iterator[Item]:
    """Read an archive that does not begin like one: its reader finds what can be found."""
    return iter_zip(path) if name.endswith(zip_archive.SUFFIX) else iter_warc(path)


def _open_json(path: Path, name: str, content: bytes) -> Iterator[Item] | None:
    """Return the items of JSON lines that only their content shows; None for anything else."""
    start = content.lstrip(_BLANK)
    if not start.startswith((b"{", b"[")):
        return None
    if _is_object(start.partition(b"\n")[0]):
        return iter_line_file(path)
    if not name.endswith((".json", ".json.gz")):
        return None
    reason, hint = "is JSON, but not one article a line", "write it with `jq -c '.[]'` or `jq -c .`"
    return chain([Problem(str(path), 1, 1, reason, hint, code="not-json-lines")])


def _is_object(line: bytes) -> bool:
    """Return whether a line is a JSON object; one longer than the head is, if it begins so."""
    if len(line) >= _HEAD_BYTES // 2 and line.startswith(b'{"'):
        return True
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _inflated_head(head: bytes) -> bytes:
    if not head.startswith(gzip_members.MAGIC):
        return head
    try:
        return zlib.decompressobj(GZIP).decompress(head, _HEAD_BYTES)
    except zlib.error:
        return b""
