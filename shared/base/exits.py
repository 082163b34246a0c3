"""Exit codes, as in sysexits.h: they tell a supervisor or a script what to do next."""

import signal
from typing import Final

BUG: Final = 70
"""EX_SOFTWARE: a bug, or a standstill."""
TEMPORARY_FAILURE: Final = 75
"""EX_TEMPFAIL: fenced, or no broker; a new process continues from the last commit."""
CONFIGURATION: Final = 78
"""EX_CONFIG: the configuration is invalid, so starting the process again does not help."""


def describe_exit(code: int) -> str:
    """Describe how a process ended; a negative code is a signal, as in ``subprocess``."""
    try:
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"
    except ValueError:
        return f"signal {-code}"
