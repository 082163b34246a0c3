"""How the functions of the kernel are compiled, and where the machine code is kept.

numba files machine code under the file that a function stands in and does not notice when a function of another file, which it has taken in,
changes. So the folder is named after everything that the kernel is made of. Within it numba tells versions and processors apart, and
writes a file whole and then renames it, so that processes may share it.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numba

_HERE: Final = Path(__file__).parent
_MADE_OF: Final = (*sorted(_HERE.glob("*.py")), _HERE.parent / "characters.py", *sorted((_HERE.parents[1] / "language").glob("*.py")))


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function in machine code: made at its first call, and then read from disk."""
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(FOLDER)
    try:
        made: Callable[..., Any] = numba.njit(cache=FOLDER is not None, nogil=True, error_model="numpy", _nrt=False)(function)
    finally:
        numba.config.CACHE_DIR = before
    return made


def writable(folder: Path) -> bool:
    """Whether files can be written there; the folder is made where there is none."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
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


def _copy(shipped: Path, own: Path) -> None:
    """All files or none, however many processes start at once."""
    try:
        own.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=own.parent) as work:
            Path(shutil.copytree(shipped, Path(work) / "copy")).rename(own)
    except OSError:
        return  # another process was first, or there is no room: what is missing is compiled


def _name() -> str:
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in _MADE_OF))
    return f"kernel-{digest.hexdigest()[:16]}"


def _own() -> Path | None:
    try:
        return Path.home() / ".cache" / "summitwire" / _name()
    except RuntimeError:  # a user without a home
        return None


FOLDER: Final = cache_folder(_HERE / "__pycache__" / _name(), _own())
