"""A revision of the rules that somebody names: a file, a folder, or a git revision of the folder of rules."""

import io
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from services.console.errors import EXIT_USAGE, fail

_REVISION: Final = re.compile(r"[A-Za-z0-9_@{}^~./-]{1,200}")
_GIT_S: Final = 20


@contextmanager
def rules_at_revision(name: str, folder: Path) -> Iterator[Path]:
    """The rules that ``name`` names, as a path for as long as the block lasts; a git revision is one of ``folder``. Exit 2 says what is wrong."""
    if Path(name).exists():
        yield Path(name)
        return
    if name.startswith("-") or not _REVISION.fullmatch(name):
        raise fail(f"{name[:200]!r} is neither a file, a folder nor a git revision", EXIT_USAGE)
    with tempfile.TemporaryDirectory() as unpacked:
        inner = _unpacked(name, folder.resolve(), Path(unpacked))
        yield inner


def _unpacked(name: str, folder: Path, target: Path) -> Path:
    git = shutil.which("git")
    if git is None:
        raise fail(
            f"{name}: there is no such file, and without git it can be no revision", EXIT_USAGE
        )
    base = folder if folder.is_dir() else folder.parent
    command = [
        git,
        "-C",
        str(base),
        "archive",
        "--format=tar",
        name,
    ]  # of a sub-folder, git archives the sub-folder
    done = subprocess.run(command, capture_output=True, timeout=_GIT_S, check=False)
    if done.returncode:
        reason = (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["git failed"])[-1]
        raise fail(
            f"{name} is neither a file nor a folder, and no git revision of {folder}: {reason}",
            EXIT_USAGE,
        )
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(target, filter="data")
    return target if folder.is_dir() else target / folder.name
