"""Where the project's own files are."""

import os
from pathlib import Path


def project_root() -> Path:
    """Return the folder that holds services/, shared/ and seeds/; SUMMITWIRE_HOME overrides it."""
    return Path(os.environ.get("SUMMITWIRE_HOME") or Path(__file__).resolve().parents[2])
