"""Read articles from files and folders, for replays: the same messages on every run.

A file in its folder's manifest.yaml is dated by the manifest. Any other file is read, too: its
source is the folder's name, and its time is the file's modification time, which is when it was
obtained. A folder with an invalid manifest gives its problems and no articles.
"""

import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from services.fetcher.seeds import manifest
from services.fetcher.seeds.manifest import ManifestEntry
from shared.files.yaml_document import Problem
from shared.kafka.topics import ARTICLES_RAW
from shared.messages.schemas import RawArticle
from shared.record_batches.inflate import BadEncoding, gunzip

MAX_BYTES: Final = ARTICLES_RAW.max_message_bytes * 3 // 4 - 64 * 1024
"""A message has the content as base64, four bytes for three, and needs room for other fields."""
_SNIFFED_BYTES: Final = 1_024
_BLANK: Final = b"\xef\xbb\xbf \t\r\n"
_NAME_ERRORS: Final = "surrogateescape"
"""Bytes of a file name that are not UTF-8 are percent-encoded as they are."""
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
    """Yield each article of these files and folders (recursively), or its problem.

    The order depends on names only.
    """
    for path in paths:
        if path.is_dir():
            for folder, names, _ in os.walk(path):
                names.sort()
                yield from _iter_folder(Path(folder))
        elif path.is_file():
            yield from _iter_file(path)
        else:
            yield Problem(str(path), 1, 1, "is neither a file nor a folder", code="missing-file")


def raw_article(
    content: bytes, entry: ManifestEntry, *, content_type: str, obtained_at: datetime
) -> RawArticle:
    """Build the message for a file's content.

    ``obtained_at`` is its time of fetching only if the manifest states no time.
    """
    return RawArticle(
        source=entry.source,
        uri=entry.url
        or f"urn:summitwire:seed:{entry.source}/{quote(entry.file, errors=_NAME_ERRORS)}",
        content_type=content_type,
        content=content,
        fetched_at=entry.stated or obtained_at,
        origin="seed",
        url=entry.url,
        headline=entry.headline,
        byline=entry.byline,
        language=entry.language,
        published_at=entry.stated,
        published_precision=entry.stated_precision,
    )


def content_type_of(name: str, content: bytes) -> str | None:
    """Return text/html or text/plain by the content's beginning, else by name; None if neither."""
    if _HTML.match(content.lstrip(_BLANK)[:_SNIFFED_BYTES]):
        return "text/html"
    if b"\0" in content[:_SNIFFED_BYTES] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    return _TYPES.get(Path(name.removesuffix(".gz")).suffix.lower(), "text/plain")


def _iter_folder(folder: Path) -> Iterator[RawArticle | Problem]:
    listed, mistakes = _load_manifest(folder)
    yield from mistakes
    if any(mistake.level == "error" for mistake in mistakes):
        return
    names = sorted(
        file.name
        for file in folder.iterdir()
        if file.is_file() and not file.name.startswith(".") and file.name != manifest.NAME
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
        yield _load_article(folder / name, listed.get(name))


def _iter_file(path: Path) -> Iterator[RawArticle | Problem]:
    listed, mistakes = _load_manifest(path.parent)
    errors = [mistake for mistake in mistakes if mistake.level == "error"]
    yield from errors
    if not errors:
        yield _load_article(path, listed.get(path.name))


def _load_manifest(folder: Path) -> tuple[dict[str, ManifestEntry], tuple[Problem, ...]]:
    if not (folder / manifest.NAME).exists():
        return {}, ()
    entries, mistakes = manifest.load(folder)
    return {entry.file: entry for entry in entries}, mistakes


def _load_article(path: Path, entry: ManifestEntry | None) -> RawArticle | Problem:
    try:
        content = _load_content(path)
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
    entry = entry or ManifestEntry(file=path.name, source=_source_of(path))
    return raw_article(content, entry, content_type=content_type, obtained_at=obtained_at)


def _load_content(path: Path) -> bytes:
    """Load the file's bytes, decompressed; never many more than MAX_BYTES of them."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if path.suffix != ".gz" or len(data) > MAX_BYTES:
        return data
    return gunzip(data, MAX_BYTES)


def _source_of(path: Path) -> str:
    """Return the folder's name as a source id."""
    name = path.resolve().parent.name.lower()
    return re.sub(r"[^a-z0-9._-]+", "-", name).strip("-._")[:64] or "files"
