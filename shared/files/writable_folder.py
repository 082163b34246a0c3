"""Folders that a program may write to, or may not."""

import tempfile
from pathlib import Path


def is_writable(folder: Path, mode: int = 0o777) -> bool:
    """Say whether files can be written there; make the folder, with this mode, where there is none."""
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True
