"""Decide which files of a folder are complete, and may be taken. Pure.

Who writes a file under its final name gives no sign that it is complete: it counts as complete
once neither its size nor its time has changed for STABLE_S. Better is a name that is skipped
(``.tmp``) and then changed, or a trigger file that is written last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

STABLE_S: Final = 0.4
EMPTY_S: Final = 60.0
"""An empty file is one that is about to be written, unless it stays empty for so long."""
_UNFINISHED: Final = (
    *(".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".writing", ".swp"),
    "~",
)


class FileKind(StrEnum):
    """What a name in a folder stands for; only regular files are read."""

    FILE = "a file"
    FOLDER = "a folder"
    LINK = "a symbolic link"
    SPECIAL = "a pipe, socket or device"


@dataclass(frozen=True, slots=True)
class FileVersion:
    """What changes when a file is written to."""

    inode: int
    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A name in a folder, and what it stands for."""

    name: str
    kind: FileKind
    version: FileVersion


@dataclass(frozen=True, slots=True)
class UnchangedSince:
    """A file's version, and since when it has been that one, in seconds of a steady clock."""

    version: FileVersion
    since_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The names of complete files, oldest first, what was seen, and names that are never read."""

    complete: tuple[str, ...]
    sightings: Mapping[str, UnchangedSince]
    ignored: Mapping[str, str]


def choose_files(
    listed: Iterable[ListedFile],
    before: Mapping[str, UnchangedSince],
    now_s: float,
    trigger: str = "",
) -> Intake:
    """Choose the files to take.

    ``before``: the sightings of the last time. ``trigger``: the suffix of the file that says that
    the one without it is complete; empty if none is written.
    """
    files = [file for file in listed if not is_unfinished(file.name)]
    names = {file.name for file in files}
    regular = [file for file in files if file.kind is FileKind.FILE]
    sightings = {file.name: _sight(file, before.get(file.name), now_s) for file in regular}
    complete = [
        file
        for file in regular
        if _is_complete(sightings[file.name], now_s)
        and (not trigger or (f"{file.name}{trigger}" in names and not file.name.endswith(trigger)))
    ]
    complete.sort(key=lambda file: (file.version.modified_ns, file.name))
    return Intake(
        complete=tuple(file.name for file in complete),
        sightings=sightings,
        ignored={file.name: f"it is {file.kind}" for file in files if file not in regular},
    )


def is_unfinished(name: str) -> bool:
    """Return whether a name says that its file is hidden or still being written."""
    return name.startswith(".") or name.lower().endswith(_UNFINISHED)


def _sight(file: ListedFile, before: UnchangedSince | None, now_s: float) -> UnchangedSince:
    is_same = before is not None and before.version == file.version and before.since_s <= now_s
    return before if before and is_same else UnchangedSince(file.version, now_s)


def _is_complete(sighting: UnchangedSince, now_s: float) -> bool:
    return now_s - sighting.since_s >= (STABLE_S if sighting.version.size else EMPTY_S)
