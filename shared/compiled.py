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
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])


class Kernel:
    """The functions of some files that call each other. ``here``: the folder that they stand in; ``made_of``: every file of the kernel.

    ``allocates``: whether its functions make arrays; what only fills arrays that it is given needs no counting of references.
    """

    def __init__(self, here: Path, made_of: Iterable[Path], *, allocates: bool = True) -> None:
        digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in sorted(made_of)))
        name = f"kernel-{digest.hexdigest()[:16]}"
        self._allocates = allocates
        self.folder = cache_folder(here / "__pycache__" / name, _own(name))

    def compiled(self, function: F) -> F:
        """The function in machine code: made at its first call, and then read from disk. To be used as a decorator."""
        before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(self.folder)
        try:
            made: F = numba.njit(cache=self.folder is not None, nogil=True, error_model="numpy", _nrt=self._allocates)(function)
        finally:
            numba.config.CACHE_DIR = before
        return made


def writable(folder: Path) -> bool:
    """Whether files can be written there; the folder is made where there is none."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def cache_folder(shipped: Path, own: Path | None, writable: Callable[[Path], bool] = writable) -> Path | None:
    """Where to keep machine code: beside the source, else (an image is read-only) the user's cache, filled from there.

    None where neither can be written: then every process compiles anew.
    """
    if writable(shipped):
        return shipped
    if own is None:
        return None
    if shipped.is_dir() and not own.is_dir():
        _copy(shipped, own)
    return own if writable(own) else None


def _own(name: str) -> Path | None:
    try:
        return Path.home() / ".cache" / "summitwire" / name
    except RuntimeError:  # a user without a home
        return None


def _copy(shipped: Path, own: Path) -> None:
    """All files or none, however many processes start at once."""
    try:
        own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=own.parent) as work:
            Path(shutil.copytree(shipped, Path(work) / "copy")).rename(own)
    except OSError:
        return  # another process was first, or there is no room: what is missing is compiled
