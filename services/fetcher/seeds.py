"""Articles from files and folders, for replays: keyed and dated as live ones would be, and the same on every run.

A file that its folder's manifest.yaml lists is dated by the manifest. Any other file is read too: its source is the folder's name and
its time the file's modification time, which is when it was obtained. A folder with a mistaken manifest gives its mistakes and no article.
"""

import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from services.fetcher import manifest
from services.fetcher.manifest import ManifestEntry
from shared.files.yaml_document import Problem
from shared.kafka.topics import ARTICLES_RAW
from shared.messages.schemas import RawArticle
from shared.record_batches.inflate import BadEncoding, Gunzip

MAX_BYTES: Final = ARTICLES_RAW.max_message_bytes * 3 // 4 - 64 * 1024
"""A message carries the content as base64, four bytes for three, and some room for the other fields."""
_SNIFFED_BYTES: Final = 1_024
_BLANK: Final = b"\xef\xbb\xbf \t\r\n"
_HTML: Final = re.compile(
    rb"(?:<\?xml[^>]*>\s*|<!--(?:[^-]|-(?!->))*-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE,
)
_TYPES: Final = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".txt": "text/plain",
    ".text": "text/plain",
}


def iter_articles(paths: Iterable[Path]) -> Iterator[RawArticle | Problem]:
    """Each article of these files and folders (with their sub-folders), or what is wrong with it; order depends on names only."""
    for path in paths:
        if path.is_dir():
            for folder, names, _ in os.walk(path):
                names.sort()
                yield from _folder(Path(folder))
        elif path.is_file():
            yield from _single(path)
        else:
            yield Problem(str(path), 1, 1, "is neither a file nor a folder", code="missing-file")


def raw_article(
    content: bytes, entry: ManifestEntry, *, content_type: str, obtained_at: datetime
) -> RawArticle:
    """The message for a file's content. ``obtained_at`` counts as its time of fetching only where the manifest states no time."""
    return RawArticle(
        source=entry.source,
        uri=entry.url or f"urn:summitwire:seed:{entry.source}/{quote(entry.file)}",
        content_type=content_type,
        content=content,
        fetched_at=entry.stated or obtained_at,
        origin="seed",
        url=entry.url,
        headline=entry.headline,
        byline=entry.byline,
        language=entry.language,
        published_at=entry.stated,
    )


def content_type_of(name: str, content: bytes) -> str | None:
    """text/html or text/plain, by what the content begins with and else by the name; None where it is neither."""
    if _HTML.match(content.lstrip(_BLANK)[:_SNIFFED_BYTES]):
        return "text/html"
    if b"\0" in content[:_SNIFFED_BYTES] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    return _TYPES.get(Path(name.removesuffix(".gz")).suffix.lower(), "text/plain")


def _folder(folder: Path) -> Iterator[RawArticle | Problem]:
    listed, mistakes = _listed(folder)
    yield from mistakes
    if any(mistake.level == "error" for mistake in mistakes):
        return
    names = sorted(
        each.name
        for each in folder.iterdir()
        if each.is_file() and not each.name.startswith(".") and each.name != manifest.NAME
    )
    for name in (*listed, *(name for name in names if name not in listed)):
        if listed and name not in listed:
            yield Problem(
                str(folder / name),
                1,
                1,
                f"is not listed in {manifest.NAME}: dated by its file",
                level="warning",
                code="unlisted-file",
            )
        yield _file(folder / name, listed.get(name))


def _single(path: Path) -> Iterator[RawArticle | Problem]:
    listed, mistakes = _listed(path.parent)
    errors = [mistake for mistake in mistakes if mistake.level == "error"]
    yield from errors
    if not errors:
        yield _file(path, listed.get(path.name))


def _listed(folder: Path) -> tuple[dict[str, ManifestEntry], tuple[Problem, ...]]:
    if not (folder / manifest.NAME).exists():
        return {}, ()
    entries, mistakes = manifest.load(folder)
    return {entry.file: entry for entry in entries}, mistakes


def _file(path: Path, entry: ManifestEntry | None) -> RawArticle | Problem:
    try:
        content = _content(path)
        obtained_at = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    except (OSError, BadEncoding, OverflowError) as error:
        return Problem(
            str(path),
            1,
            1,
            f"cannot be read: {getattr(error, 'strerror', None) or error}",
            code="unreadable",
        )
    content_type = content_type_of(path.name, content)
    if len(content) > MAX_BYTES:
        return Problem(str(path), 1, 1, f"larger than {MAX_BYTES} bytes", code="too-large")
    if content_type is None:
        return Problem(str(path), 1, 1, "is neither text nor HTML", code="not-text")
    known = entry or ManifestEntry(file=path.name, source=_source_of(path))
    return raw_article(content, known, content_type=content_type, obtained_at=obtained_at)


def _content(path: Path) -> bytes:
    """The file's bytes, unpacked, and never many more than MAX_BYTES of them."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if path.suffix != ".gz" or len(data) > MAX_BYTES:
        return data
    gunzip, unpacked = Gunzip(), bytearray()
    for piece in gunzip.feed(data):
        unpacked += piece
        if len(unpacked) > MAX_BYTES:
            return bytes(unpacked)
    return bytes(unpacked) + gunzip.finish()


def _source_of(path: Path) -> str:
    """The folder's name as a source id."""
    return (
        re.sub(r"[^a-z0-9._-]+", "-", path.resolve().parent.name.lower()).strip("-._")[:64]
        or "files"
    )
