"""A service imports what it uses: what is heavy is imported where it is first needed."""

import subprocess
import sys
from typing import Final

from shared.base.ports import NAMES

HEAVY: Final = {
    "numpy",  # hashes the keys of large batches, and holds the arrays of the matcher and the models
    "numba",  # compiles the matcher, in the background, and the cleaner, in child processes
    *("trafilatura", "htmldate", "lxml", "selectolax", "babel", "py3langid", "rensa"),  # clean
    "feedparser",  # parses feeds, in child processes
    *("rich", "pygments", "click", "typer"),  # are for terminals
}
"""Libraries that no service needs in order to start."""


def test_no_service_starts_with_a_heavy_library() -> None:
    """A supervisor that starts five services on two cores would wait for all their imports."""
    imports = "\n".join(f"import services.{name}.app" for name in NAMES)
    program = f"{imports}\nimport sys\nprint(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
