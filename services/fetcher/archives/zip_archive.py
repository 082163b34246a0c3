"""Read articles from a zip archive, as from the folder that it was made of.

Nothing is extracted to disk, so a member's name is only a label. Memory is bounded whatever the
archive says: by the size of its directory, by one member at a time, and by how much all of them
inflate to.
"""

import struct
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from services.fetcher.archives.read_limits import InflationLimit, LimitedReads
from services.fetcher.seeds import manifest
from services.fetcher.seeds.seed_articles import (
    MAX_BYTES,
    Item,
    Manifest,
    iter_folder,
    source_of,
)
from shared.files import yaml_document
from shared.files.yaml_document import Problem, YamlDocument
from shared.record_batches.inflate import BadEncoding

SUFFIX: Final = ".zip"
MAGIC: Final = (b"PK\x03\x04", b"PK\x05\x06")
MAX_MEMBERS: Final = 100_000
MAX_DIRECTORY_BYTES: Final = 12 * 1024 * 1024
"""Of a directory of this size Python makes 150 MB of objects at most: .5 KB for each member."""
_STEP_BYTES: Final = 64 * 1024
_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x2041
"""Flags of members, or of a directory, that are encrypted."""
_OTHER_METHODS: Final = {9: "deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 98: "PPMd"}
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What Python inflates in bounded steps; of other methods it inflates whatever it has read."""
_UNIX_TIME: Final = 0x5455
_OLDEST: Final = datetime(1980, 1, 1, tzinfo=UTC)
_ERRORS: Final = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What zipfile raises for archives and members that are broken in one way or another."""
_IGNORED_FOLDERS: Final = ("__MACOSX",)


def iter_zip(path: Path) -> Iterator[Item]:
    """Yield the items of a zip archive, folder by folder, in the order of their names."""
    try:
        with path.open("rb") as file:
            limited = LimitedReads(file, MAX_DIRECTORY_BYTES)
            with zipfile.ZipFile(limited) as archive:
                yield from _iter_archive(path, archive)
    except (*_ERRORS, OSError) as error:
        yield Problem(str(path), 1, 1, *_explain(error), code="broken-archive")


def _explain(error: Exception) -> tuple[str, str]:
    """Return why the archive cannot be read, and how to fix it."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    if isinstance(error, OSError):
        return f"cannot be read: {reason}", ""
    return (
        f"is no zip archive that can be read: {reason}",
        "if a download was cut off, download it again; `zip -FF` repairs what can be repaired",
    )


def _iter_archive(path: Path, archive: zipfile.ZipFile) -> Iterator[Item]:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        reason = f"holds {len(members)} members, more than {MAX_MEMBERS}"
        yield Problem(str(path), 1, 1, reason, "split it", code="too-large")
        return
    folders, limit = defaultdict[str, dict[str, zipfile.ZipInfo]](dict), InflationLimit(path)
    for member in members:
        whole_name = _member_name(member)
        folder, _, name = whole_name.rpartition("/")
        if not name or folder.startswith(_IGNORED_FOLDERS):
            continue
        if fault := _find_fault(member, whole_name):
            yield Problem(f"{path}/{whole_name}", 1, 1, *fault, code="bad-member")
            continue
        if name in folders[folder]:
            reason = "is in the archive twice: the last one is read, as unzip does"
            yield Problem(
                str(path / folder / name), 1, 1, reason, level="warning", code="duplicate"
            )
        folders[folder][name] = member
    for folder in sorted(folders, key=lambda name: name.split("/")):
        yield from iter_folder(
            _ZipFolder(path / folder, path, archive, folders[folder], limit), _no_archive
        )
        if limit.is_exceeded:
            yield limit.problem()
            return


def _no_archive(path: Path) -> Iterator[Item] | None:
    """Report archives within the archive."""
    if path.suffix.lower() not in (SUFFIX, ".warc", ".jsonl", ".ndjson") and not path.name.endswith(
        (".warc.gz", ".jsonl.gz", ".ndjson.gz")
    ):
        return None
    reason = "is an archive within an archive, which is not read"
    return iter([Problem(str(path), 1, 1, reason, "unpack the outer one", code="nested-archive")])


def _member_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name as that of a file on disk, with its bytes if they are not UTF-8.

    Many programs write UTF-8 without saying so, and Windows ones a backslash between folders.
    """
    name = member.orig_filename
    if not member.flag_bits & _UTF8_NAME:
        name = name.encode("cp437").decode("utf-8", "surrogateescape")
    return name.partition("\0")[0].replace("\\", "/")


def _find_fault(member: zipfile.ZipInfo, name: str) -> tuple[str, str] | None:
    """Return why a member cannot be read and how to fix it, None if nothing is wrong."""
    parts = name.split("/")
    if ".." in parts or parts[0] == "" or parts[0].endswith(":"):
        return "its name leads out of the archive, so it is not read", "rename it in the archive"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted", "unpack the archive with its password, and replay the folder"
    if member.compress_type not in _METHODS:
        method = _OTHER_METHODS.get(member.compress_type, f"method {member.compress_type}")
        return f"is compressed by {method}", "pack the archive with deflate, as `zip` does"
    return None


@dataclass(frozen=True, slots=True)
class _ZipFolder:
    """One folder of an archive."""

    path: Path
    archive_path: Path
    archive: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo]
    limit: InflationLimit = field(repr=False)

    @property
    def source(self) -> str:
        """The folder's name as a source id; at the top the archive's."""
        is_top = self.path == self.archive_path
        return source_of(self.path.stem if is_top else self.path.name)

    @property
    def names(self) -> list[str]:
        """The names of its files."""
        return list(self.members)

    def load_manifest(self) -> Manifest:
        """Load its manifest, if it has one."""
        if manifest.NAME not in self.members:
            return {}, ()
        document = YamlDocument(str(self.path / manifest.NAME), None, [])
        try:
            yaml_document.parse_bytes(
                self._inflate(manifest.NAME, yaml_document.MAX_BYTES), document
            )
        except (OSError, BadEncoding) as error:
            document.report((), f"cannot be read: {error}", code="unreadable")
        if document.problems:
            return {}, tuple(document.problems)
        return manifest.by_file(manifest.read_entries(document, self.names))

    def load(self, name: str) -> tuple[bytes, datetime]:
        """Load a member and the time of its file."""
        return self._inflate(name, MAX_BYTES), _modified_at(self.members[name])

    def _inflate(self, name: str, max_bytes: int) -> bytes:
        member, content = self.members[name], bytearray()
        if self.limit.is_exceeded:
            raise BadEncoding("the archive inflates to too much")
        try:
            with self.archive.open(member) as stream:
                while len(content) <= max_bytes and (piece := _read_step(stream)):
                    content += piece
                    self.limit.add(len(piece))
        except _ERRORS as error:
            raise BadEncoding(str(error) or type(error).__name__) from error
        return bytes(content)


def _read_step(stream: IO[bytes]) -> bytes:
    return stream.read(_STEP_BYTES)


def _modified_at(member: zipfile.ZipInfo) -> datetime:
    """Return when the file was modified: in UTC if the archive says so, or its local time."""
    extra = member.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == _UNIX_TIME and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            return datetime.fromtimestamp(struct.unpack_from("<i", extra, 5)[0], UTC)
        extra = extra[4 + size :]
    try:
        return datetime(*member.date_time, tzinfo=UTC)
    except ValueError:
        return _OLDEST
