"""Functions compiled to machine code by numba, and the folder that caches the code.

numba caches machine code under the file of a function, and does not notice changes in functions of
other files that it has inlined. So a kernel's cache folder is named after a hash of all its source
files. Within it numba tells versions and processors apart, and writes files atomically, so that
processes may share it.
"""

import hashlib
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import numba

from shared.files.user_cache import user_cache
from shared.files.writable_folder import is_writable

F = TypeVar("F", bound=Callable[..., Any])

log = logging.getLogger("summitwire.compiled")
"""A standard logger: kernels are loaded before a service's log is configured, and in child
processes without one."""


class Kernel:
    """Functions that call each other and are compiled together.

    ``folder`` is where they stand, ``sources`` every file of the kernel. ``allocates``: whether its
    functions create arrays; functions that only fill arrays they are given need no reference
    counting.
    """

    def __init__(self, folder: Path, sources: Iterable[Path], *, allocates: bool = True) -> None:
        digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in sorted(sources)))
        name = f"kernel-{digest.hexdigest()[:16]}"
        self._allocates = allocates
        self.folder = cache_folder(folder / "__pycache__" / name, user_cache(name))

    def jit(self, function: F) -> F:
        """Compile the function at its first call, or load it from the cache; a decorator."""
        before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(self.folder)
        try:
            compiled: F = numba.njit(
                cache=self.folder is not None, nogil=True, error_model="numpy", _nrt=self._allocates
            )(function)
        finally:
            numba.config.CACHE_DIR = before
        return compiled


def cache_folder(
    shipped: Path, user_cache: Path | None, writable: Callable[[Path, int], bool] = is_writable
) -> Path | None:
    """Return the folder for machine code: beside the source, or in the user's cache.

    The latter is for sources that are read-only (an image), and is filled from there: numba must be
    able to write where it reads, because another kind of processor adds code of its own. None if
    neither is writable: then every process compiles again. Whatever costs that time is logged.
    """
    if writable(shipped, 0o755):  # an image is run by another user than built it
        return shipped
    if user_cache is not None and shipped.is_dir() and not user_cache.is_dir():
        _copy(shipped, user_cache)
    if user_cache is not None and writable(user_cache, 0o700):  # numba runs what it finds there
        return user_cache
    log.warning(
        "machine code is not cached, each process compiles again: cannot write to %s or %s",
        shipped,
        user_cache,
    )
    return None


def _copy(shipped: Path, target: Path) -> None:
    """Copy all files or none, however many processes start at once."""
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as work:
            copy = Path(work) / "copy"
            shutil.copytree(shipped, copy, copy_function=shutil.copyfile)
            for folder in (copy, *filter(Path.is_dir, copy.rglob("*"))):
                folder.chmod(0o700)
            copy.rename(target)
    except OSError as error:  # so is shutil.Error, which lists what could not be copied
        if not target.is_dir():  # else another process was first
            log.warning("shipped machine code is compiled again: %s: %s", shipped, error)
