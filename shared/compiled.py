"""Functions in machine code (numba), and where the code is kept between processes.

numba files machine code under the file that a function stands in, and does not notice when a function of another file, which it has taken
in, changes. So a kernel's folder is named after everything that the kernel is made of. Within it numba tells versions and processors
apart, and writes a file whole and then renames it, so that processes may share it.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import config

F = TypeVar("F", bound=Callable[..., Any])


class Kernel:
    """The functions of some files that call each other. ``here``: the folder that they stand in; ``made_of``: every file of the kernel."""

    def __init__(self, here: Path, made_of: Iterable[Path]) -> None:
        digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in sorted(made_of)))
        name = f"kernel-{digest.hexdigest()[:16]}"
        self.folder = cache_folder(here / "__pycache__" / name, Path.home() / ".cache" / "summitwire" / name)

    def compiled(self, function: F) -> F:
        """The function in machine code: made at its first call, and then read from disk. To be used as a decorator."""
        before, config.CACHE_DIR = config.CACHE_DIR, str(self.folder)  # type: ignore[attr-defined]
        try:
            made = numba.njit(cache=self.folder is not None, error_model="numpy")(function)
        finally:
            config.CACHE_DIR = before  # type: ignore[attr-defined]
        return cast("F", made)


def cache_folder(shipped: Path, own: Path) -> Path | None:
    """Where to keep machine code: beside the source, else (an image is read-only) the user's cache, filled from there.

    None where neither can be written: then every process compiles anew.
    """
    if _writable(shipped):
        return shipped
    if shipped.is_dir() and not own.is_dir():
        _copy(shipped, own)
    return own if _writable(own) else None


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def _copy(shipped: Path, own: Path) -> None:
    """All files or none, however many processes start at once."""
    try:
        own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=own.parent) as work:
            Path(shutil.copytree(shipped, Path(work) / "copy")).rename(own)
    except OSError:
        return  # another process was first, or there is no room: what is missing is compiled
