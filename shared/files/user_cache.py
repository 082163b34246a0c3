"""The folder of the user's cache, and files in it that nobody else can have written."""

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path
from typing import Final

_MAX_FILES: Final = 8
"""How many files of one folder are kept: the newest."""


def user_cache(name: str) -> Path | None:
    """Return a folder of the user's cache, which need not exist; None without a home."""
    try:
        return Path.home() / ".cache" / "summitwire" / name
    except RuntimeError:
        return None


class CachedBytes:
    """Files of bytes by a hexadecimal key, in a folder that only its owner can write to.

    A cache is never an error: what cannot be read, is not whole, or lies in somebody else's folder
    is missing, and what cannot be written is not kept.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def load(self, key: str) -> bytes | None:
        """Return what was stored with this key, or None."""
        if self._folder is None or not _is_private(self._folder):
            return None
        try:
            content = (self._folder / key).read_bytes()
        except OSError:
            return None
        checksum, data = content[:_CHECKSUM_BYTES], content[_CHECKSUM_BYTES:]
        return data if checksum == _checksum(data) else None

    def store(self, key: str, data: bytes) -> None:
        """Store the bytes, and remove the oldest files."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _is_private(self._folder):
                _write_at_once(self._folder / key, _checksum(data) + data)
                _remove_oldest(self._folder)


def _is_private(folder: Path) -> bool:
    try:
        status = folder.lstat()
    except OSError:
        return False
    is_own = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
    return is_own and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _write_at_once(path: Path, content: bytes) -> None:
    """Write a file that other processes see whole or not at all."""
    descriptor, work = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(work).replace(path)
    except OSError:
        Path(work).unlink(missing_ok=True)
        raise


def _remove_oldest(folder: Path) -> None:
    files = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in files[_MAX_FILES:]:
        path.unlink(missing_ok=True)


def _checksum(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


_CHECKSUM_BYTES: Final = hashlib.sha256().digest_size
