"""Exit codes, as sysexits.h has them: what a supervisor or a script may do next."""

import signal
from typing import Final

BUG: Final = 70
"""EX_SOFTWARE: a bug, or a standstill."""
TEMPORARY_FAILURE: Final = 75
"""EX_TEMPFAIL: fenced, or the broker is gone; a fresh process goes on from the last commit."""
CONFIGURATION: Final = 78
"""EX_CONFIG: it cannot run as it is configured; starting it again does not help."""


def describe_exit(code: int) -> str:
    """How a process ended, in words; a negative code is a signal, as Python has it."""
    try:
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"
    except ValueError:
        return f"signal {-code}"
