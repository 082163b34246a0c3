"""Watch folders of YAML files that people edit while a service runs."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from shared.files.yaml_document import YAML_SUFFIXES

LOOK_EVERY_S: Final = 0.25
FolderSnapshot = tuple[tuple[str, int, int, int], ...]
"""Path, inode, modification time (ns) and size of each file.

A saved file, a renamed file and a swapped symbolic link all give another snapshot.
"""


class WatchedFolders:
    """The YAML files of some folders, or single files.

    Nothing counts as read before the first ``mark_read``.
    """

    def __init__(self, *folders: Path) -> None:
        self._folders: Final = folders
        self._further: tuple[Path, ...] = ()
        self._last_look_s = 0.0
        self._latest: FolderSnapshot = ()
        self._last_read: FolderSnapshot = ()

    def mark_read(self) -> FolderSnapshot:
        """Count the files as read from here on, and return their snapshot.

        Call this before reading them, so that no later change is missed.
        """
        self._last_read = self._latest = self._snapshot()
        return self._last_read

    def watch_also(self, *files: Path) -> None:
        """Watch these files, too, and no longer those of an earlier call.

        Files that are new here count as changed, because they may have been read at any time.
        """
        self._further = files

    def has_changed(self, now: float) -> bool:
        """Return whether the files differ from when they were last read, and have settled.

        Two looks in a row must agree, so that nobody is caught in the middle of writing. ``now`` is
        a monotonic time in seconds; there is at most one look every LOOK_EVERY_S.
        """
        if now - self._last_look_s < LOOK_EVERY_S:
            return False
        before, self._latest, self._last_look_s = self._latest, self._snapshot(), now
        return self._latest == before and self._latest != self._last_read

    def is_unchanged(self) -> bool:
        """Look at once, and return whether the files are as they were when last read."""
        return self._snapshot() == self._last_read

    def _snapshot(self) -> FolderSnapshot:
        folders = (*self._folders, *self._further)
        return tuple(sorted(file for folder in folders for file in _iter_files(folder)))


def _iter_files(folder: Path) -> Iterator[tuple[str, int, int, int]]:
    try:
        with os.scandir(folder) as entries:
            yield from [_stat(entry) for entry in entries if entry.name.endswith(YAML_SUFFIXES)]
    except NotADirectoryError:
        yield _stat(folder)
    except OSError:
        return


def _stat(entry: os.DirEntry[str] | Path) -> tuple[str, int, int, int]:
    try:
        status = entry.stat()  # of a link's target: Kubernetes swaps folders behind links
    except OSError:
        return os.fspath(entry), 0, 0, 0
    return os.fspath(entry), status.st_ino, status.st_mtime_ns, status.st_size
