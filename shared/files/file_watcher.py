"""Folders of YAML files that people edit while a service runs: have they changed since they were last read?"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from shared.files.yaml_document import YAML_SUFFIXES

LOOK_EVERY_S: Final = 0.25
FolderSnapshot = tuple[tuple[str, int, int, int], ...]
"""Path, inode, time of change (ns) and size of each file: a saved file, a renamed one and a swapped symbolic link all look different."""


class WatchedFolders:
    """The YAML files of some folders. Nothing counts as read before the first ``note``."""

    def __init__(self, *folders: Path) -> None:
        self._folders: Final = folders
        self._looked_at = 0.0
        self._seen: FolderSnapshot = ()
        self._read: FolderSnapshot = ()

    def mark_read(self) -> FolderSnapshot:
        """How the files look now; from here on they count as read. Call it before reading them, so that no later change is missed."""
        self._read = self._seen = self._look()
        return self._read

    def has_changed(self, now: float) -> bool:
        """Whether they look different from when they were read, twice in a row: so nobody who is still writing is caught in the middle.

        ``now`` is a monotonic clock's seconds; it looks every quarter of a second at most.
        """
        if now - self._looked_at < LOOK_EVERY_S:
            return False
        before, self._seen, self._looked_at = self._seen, self._look(), now
        return self._seen == before and self._seen != self._read

    def is_unchanged(self) -> bool:
        """Whether they look as they did when they were read; it looks at once."""
        return self._look() == self._read

    def _look(self) -> FolderSnapshot:
        return tuple(sorted(found for folder in self._folders for found in _files(folder)))


def _files(folder: Path) -> Iterator[tuple[str, int, int, int]]:
    try:
        with os.scandir(folder) as entries:
            yield from [_file(entry) for entry in entries if entry.name.endswith(YAML_SUFFIXES)]
    except OSError:
        return


def _file(entry: os.DirEntry[str]) -> tuple[str, int, int, int]:
    try:
        found = entry.stat()  # of what a link points to: Kubernetes swaps a folder behind links
    except OSError:
        return entry.path, 0, 0, 0
    return entry.path, found.st_ino, found.st_mtime_ns, found.st_size
