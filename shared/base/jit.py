"""Functions in machine code (numba), and where the code is kept between processes.

numba files machine code under the file that a function stands in, and does not notice when a function of another file, which it has taken
in, changes. So a kernel's folder is named after everything that the kernel is made of. Within it numba tells versions and processors
apart, and writes a file whole and then renames it, so that processes may share it.
"""

import hashlib
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import numba

from shared.files.writable_folder import is_writable

F = TypeVar("F", bound=Callable[..., Any])

log = logging.getLogger("summitwire.compiled")
"""The standard library's: kernels are loaded before a service's log is set up, and in child processes that have none."""


class Kernel:
    """The functions of some files that call each other. ``here``: the folder that they stand in; ``made_of``: every file of the kernel.

    ``allocates``: whether its functions make arrays; what only fills arrays that it is given needs no counting of references.
    """

    def __init__(self, here: Path, made_of: Iterable[Path], *, allocates: bool = True) -> None:
        digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in sorted(made_of)))
        name = f"kernel-{digest.hexdigest()[:16]}"
        self._allocates = allocates
        self.folder = cache_folder(here / "__pycache__" / name, _own(name))

    def jit(self, function: F) -> F:
        """The function in machine code: made at its first call, and then read from disk. To be used as a decorator."""
        before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(self.folder)
        try:
            made: F = numba.njit(
                cache=self.folder is not None, nogil=True, error_model="numpy", _nrt=self._allocates
            )(function)
        finally:
            numba.config.CACHE_DIR = before
        return made


def cache_folder(
    shipped: Path, own: Path | None, writable: Callable[[Path, int], bool] = is_writable
) -> Path | None:
    """Where to keep machine code: beside the source, else (an image is read-only) the user's cache, filled from there.

    numba asks to write where it reads, because a processor of another kind adds code of its own: what is shipped read-only is copied.
    None where neither can be written: then every process compiles anew. Whatever costs that time is logged.
    """
    if writable(shipped, 0o755):  # whoever runs an image is not who built it
        return shipped
    if own is not None and shipped.is_dir() and not own.is_dir():
        _copy(shipped, own)
    if own is not None and writable(own, 0o700):  # numba runs what it finds there
        return own
    log.warning(
        "machine code is not kept, each process compiles anew: neither %s nor %s can be written",
        shipped,
        own,
    )
    return None


def _own(name: str) -> Path | None:
    try:
        return Path.home() / ".cache" / "summitwire" / name
    except RuntimeError:  # a user without a home
        return None


def _copy(shipped: Path, own: Path) -> None:
    """Copy all files or none, however many processes start at once."""
    try:
        own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=own.parent) as work:
            copy = Path(work) / "copy"
            shutil.copytree(shipped, copy, copy_function=shutil.copyfile)
            for folder in (copy, *filter(Path.is_dir, copy.rglob("*"))):
                folder.chmod(0o700)
            copy.rename(own)
    except OSError as error:  # shutil.Error, which lists what could not be copied, is one
        if not own.is_dir():  # else another process was first
            log.warning("machine code that was shipped is compiled again: %s: %s", shipped, error)
