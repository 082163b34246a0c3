"""The folder of one source: list it, claim complete files, and put them away. File system only.

A complete file is claimed by renaming it into a folder of its own below ``.work``, so that a new
file of the same name cannot be taken for it. From there it goes to ``done`` or ``failed``. All
renames stay within one file system, and each can be repeated after a crash.
"""

import os
import stat
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.fetcher.drop_box.intake import FileKind, FileVersion, ListedFile

WORK, DONE, FAILED = ".work", "done", "failed"
PROBLEM_SUFFIX: Final = ".problem.txt"
MAX_NAME_BYTES: Final = 255
_TOKEN_CHARACTERS: Final = 32
_LOOK_FIRST: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class ClaimedFile:
    """A file that was claimed: the token of its claim, its name, where it is now."""

    token: str
    name: str
    path: Path
    version: FileVersion


class SourceFolder:
    """One source's folder. Every method may raise OSError, which is temporary."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def list_files(self) -> list[ListedFile]:
        """Return what is in the folder; what vanishes meanwhile is left out."""
        files = list[ListedFile]()
        with os.scandir(self.path) as entries:
            for entry in entries:
                if entry.name not in (WORK, DONE, FAILED):
                    with suppress(FileNotFoundError):
                        status = entry.stat(follow_symlinks=False)
                        files.append(ListedFile(entry.name, _kind(status), _version(status)))
        return files

    def claim(self, name: str, trigger: str = "") -> None:
        """Claim a complete file, and remove its trigger; one that is gone is left alone."""
        claim = self.path / WORK / uuid.uuid4().hex
        claim.mkdir(parents=True)
        with suppress(FileNotFoundError):
            (self.path / name).rename(claim / name)
            if trigger:
                (self.path / f"{name}{trigger}").unlink(missing_ok=True)

    def list_claimed(self) -> list[ClaimedFile]:
        """Return the claimed files, oldest first; empty folders of claims are removed."""
        claimed = list(self._iter_claimed())
        return sorted(claimed, key=lambda file: (file.version.modified_ns, file.name))

    def _iter_claimed(self) -> Iterator[ClaimedFile]:
        work = self.path / WORK
        for claim in work.iterdir() if work.is_dir() else ():
            if len(claim.name) != _TOKEN_CHARACTERS:
                continue
            paths = list(claim.iterdir())
            for path in paths:
                with suppress(FileNotFoundError):
                    yield ClaimedFile(claim.name, path.name, path, _version(path.lstat()))
            if not paths:
                with suppress(OSError):  # a claim that is being made fills it at this moment
                    claim.rmdir()

    def read(self, file: ClaimedFile, limit: int) -> bytes:
        """Return a claimed file's bytes, at most ``limit`` and one more.

        PermissionError if it may not be read, or is no regular file any more.
        """
        with os.fdopen(os.open(file.path, _LOOK_FIRST), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise PermissionError(f"{file.name!r} is no regular file")
            return stream.read(limit + 1)

    def has_changed(self, file: ClaimedFile) -> bool:
        """Return whether a claimed file was written to after it had been listed."""
        try:
            return _version(file.path.lstat()) != file.version
        except FileNotFoundError:
            return False

    def claim_again(self, file: ClaimedFile) -> None:
        """Give a claimed file a new token: what it holds now is another version."""
        with suppress(FileNotFoundError):
            file.path.parent.rename(file.path.parent.with_name(uuid.uuid4().hex))

    def put_away(self, file: ClaimedFile, folder: str, problem: str = "") -> None:
        """Move a claimed file to ``done`` or ``failed``, with a problem file if there is one.

        If the name is there already, a part of the token stands before it.
        """
        target = _free_name(self.path / folder, file)
        target.parent.mkdir(exist_ok=True)
        if problem:
            note = target.with_name(f"{target.name}{PROBLEM_SUFFIX}")
            note.write_text(problem + "\n", "utf-8", errors="replace")
        with suppress(FileNotFoundError):
            file.path.rename(target)
        with suppress(OSError):
            file.path.parent.rmdir()


def list_names(root: Path) -> list[tuple[str, FileKind]]:
    """Return what is in DROP_FOLDER itself; OSError if that cannot be read."""
    names = list[tuple[str, FileKind]]()
    with os.scandir(root) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                names.append((entry.name, _kind(entry.stat(follow_symlinks=False))))
    return names


def show_name(name: str) -> str:
    """Return a file's name for people: bytes that are no UTF-8 as ``\\xNN``."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _free_name(folder: Path, file: ClaimedFile) -> Path:
    """Return where to put a file: no other file is there, and a problem file finds room beside."""
    for name in (file.name, f"{file.token[:8]}-{file.name}"):
        is_short = len(os.fsencode(name)) <= MAX_NAME_BYTES - len(PROBLEM_SUFFIX)
        if is_short and not os.path.lexists(folder / name):
            return folder / name
    return folder / f"{file.token}{Path(file.name).suffix[:20]}"


def _kind(status: os.stat_result) -> FileKind:
    if stat.S_ISREG(status.st_mode):
        return FileKind.FILE
    if stat.S_ISDIR(status.st_mode):
        return FileKind.FOLDER
    return FileKind.LINK if stat.S_ISLNK(status.st_mode) else FileKind.SPECIAL


def _version(status: os.stat_result) -> FileVersion:
    return FileVersion(status.st_ino, status.st_size, status.st_mtime_ns)
