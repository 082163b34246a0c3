"""Read articles from files and folders, for replays: the same messages on every run.

A file in its folder's manifest.yaml is dated by the manifest. Any other file is read, too: its
source is the folder's name, and its time is the file's modification time, which is when it was
obtained. A folder with an invalid manifest gives its problems and no articles.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol
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
_NO_TEXT: Final = (
    *(b"{\\rtf", b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"),  # RTF, PDF, .docx and ZIP, .doc
    *(b"\x89PNG", b"\xff\xd8\xff", b"GIF8"),
)
_TYPES: Final = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".txt": "text/plain",
    ".text": "text/plain",
}


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in an archive that is no article by its kind, such as a picture."""

    reason: str


Item = RawArticle | Problem | Skipped
OpenArchive = Callable[[Path], Iterator[Item] | None]
Manifest = tuple[dict[str, ManifestEntry], tuple[Problem, ...]]


class SeedFolder(Protocol):
    """A folder of article files, on disk or in an archive."""

    @property
    def path(self) -> Path:
        """How messages call it."""

    @property
    def source(self) -> str:
        """The source id of files that no manifest lists."""

    @property
    def names(self) -> Iterable[str]:
        """The names of its files."""

    def load_manifest(self) -> Manifest:
        """Load the entries of its manifest by file, and every problem in it."""

    def load(self, name: str) -> tuple[bytes, datetime]:
        """Load a file and when it was obtained; of a larger one a little more than MAX_BYTES.

        Raises OSError, BadEncoding or OverflowError.
        """


def iter_articles(paths: Iterable[Path]) -> Iterator[RawArticle | Problem]:
    """Yield each article of these files and folders (recursively), or its problem.

    The order depends on names only.
    """
    for item in iter_items(paths, lambda _path: None):
        if not isinstance(item, Skipped):
            yield item


def iter_items(paths: Iterable[Path], open_archive: OpenArchive) -> Iterator[Item]:
    """Yield each article of these files, folders (recursively) and archives, or its problem.

    ``open_archive`` returns the items of a file that holds several articles, None for any other.
    """
    for path in paths:
        if path.is_dir():
            for folder, names, _ in os.walk(path):
                names.sort()
                yield from iter_folder(DiskFolder(Path(folder)), open_archive)
        elif path.is_file():
            yield from open_archive(path) or _iter_file(path)
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
    if content.startswith(_NO_TEXT):
        return None
    if b"\0" in content[:_SNIFFED_BYTES] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    return _TYPES.get(Path(name.removesuffix(".gz")).suffix.lower(), "text/plain")


def iter_folder(folder: SeedFolder, open_archive: OpenArchive) -> Iterator[Item]:
    """Yield the items of a folder's files: those of its manifest first, then the others by name."""
    listed, mistakes = folder.load_manifest()
    yield from mistakes
    if any(mistake.level == "error" for mistake in mistakes):
        return
    names = sorted(
        name for name in folder.names if not name.startswith(".") and name != manifest.NAME
    )
    for name in (*listed, *(name for name in names if name not in listed)):
        archive = None if name in listed else open_archive(folder.path / name)
        if archive is not None:
            yield from archive
            continue
        if listed and name not in listed:
            yield Problem(
                str(folder.path / name),
                1,
                1,
                f"is not listed in {manifest.NAME}: dated by its file",
                level="warning",
                code="unlisted-file",
            )
        yield _load_article(folder, name, listed.get(name))


def _iter_file(path: Path) -> Iterator[RawArticle | Problem]:
    folder = DiskFolder(path.parent)
    listed, mistakes = folder.load_manifest()
    errors = [mistake for mistake in mistakes if mistake.level == "error"]
    yield from errors
    if not errors:
        yield _load_article(folder, path.name, listed.get(path.name))


def _load_article(
    folder: SeedFolder, name: str, entry: ManifestEntry | None
) -> RawArticle | Problem:
    place = str(folder.path / name)
    try:
        content, obtained_at = folder.load(name)
        if name.endswith(".gz") and len(content) <= MAX_BYTES:
            content = gunzip(content, MAX_BYTES)
    except (OSError, BadEncoding, OverflowError) as error:
        reason = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        return Problem(place, 1, 1, reason, code="unreadable")
    content_type = content_type_of(name, content)
    if len(content) > MAX_BYTES:
        return Problem(place, 1, 1, f"larger than {MAX_BYTES} bytes", code="too-large")
    if content_type is None:
        return Problem(place, 1, 1, "is neither text nor HTML", code="not-text")
    entry = entry or ManifestEntry(file=name, source=folder.source)
    return raw_article(content, entry, content_type=content_type, obtained_at=obtained_at)


@dataclass(frozen=True, slots=True)
class DiskFolder:
    """A folder on disk."""

    path: Path

    @property
    def source(self) -> str:
        """The folder's name as a source id."""
        return source_of(self.path.resolve().name)

    @property
    def names(self) -> list[str]:
        """The names of its files."""
        return [file.name for file in self.path.iterdir() if file.is_file()]

    def load_manifest(self) -> Manifest:
        """Load its manifest, if it has one."""
        if not (self.path / manifest.NAME).exists():
            return {}, ()
        return manifest.by_file(manifest.load(self.path))

    def load(self, name: str) -> tuple[bytes, datetime]:
        """Load a file, and when it was last modified. Raises OSError or OverflowError."""
        path = self.path / name
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        return content, datetime.fromtimestamp(int(path.stat().st_mtime), UTC)


def source_of(name: str) -> str:
    """Return a name, as that of a folder, as a source id."""
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")[:64] or "files"
