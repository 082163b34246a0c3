"""A revision of the rules by its name: a file, a folder, or a git revision of the rules folder."""

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
_NAME_CHARACTERS: Final = 200
_GIT_TIMEOUT_S: Final = 20


@contextmanager
def rules_at_revision(name: str, folder: Path) -> Iterator[Path]:
    """Provide the named rules as a path for as long as the block lasts.

    A git revision is one of ``folder``. A name that is none of the three exits with 2.
    """
    if Path(name).exists():
        yield Path(name)
        return
    if name.startswith("-") or not _REVISION.fullmatch(name):
        short_name = name[:_NAME_CHARACTERS]
        raise fail(f"{short_name!r} is neither a file, a folder nor a git revision", EXIT_USAGE)
    with tempfile.TemporaryDirectory() as target:
        yield _extract(name, folder.resolve(), Path(target))


def _extract(name: str, folder: Path, target: Path) -> Path:
    """Extract the folder's git revision into ``target``, and return where the rules are."""
    git = shutil.which("git")
    if git is None:
        reason = "there is no such file, and without git it cannot be a revision"
        raise fail(f"{name}: {reason}", EXIT_USAGE)
    base = folder if folder.is_dir() else folder.parent
    # Run in a sub-folder, git archives only that.
    command = [git, "-C", str(base), "archive", "--format=tar", name]
    process = subprocess.run(command, capture_output=True, timeout=_GIT_TIMEOUT_S, check=False)
    if process.returncode:
        errors = process.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = f"not a git revision of {folder}: {errors[-1] if errors else 'git failed'}"
        raise fail(f"{name} is neither a file nor a folder, and {reason}", EXIT_USAGE)
    with tarfile.open(fileobj=io.BytesIO(process.stdout)) as archive:
        archive.extractall(target, filter="data")
    return target if folder.is_dir() else target / folder.name
