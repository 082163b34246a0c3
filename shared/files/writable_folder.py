"""Check whether a folder can be written to."""

import tempfile
from pathlib import Path


def is_writable(folder: Path, mode: int = 0o777) -> bool:
    """Return whether files can be written there; a missing folder is created with this mode."""
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True
