"""Exit codes as in sysexits.h, and the exceptions that end a program with them."""

import signal
from typing import Final

BUG: Final = 70
"""EX_SOFTWARE: a bug, or a standstill."""
TEMPORARY_FAILURE: Final = 75
"""EX_TEMPFAIL: fenced, or no broker; a new process continues from the last commit."""
CONFIGURATION: Final = 78
"""EX_CONFIG: the configuration is invalid, so starting the process again does not help."""


class ConfigurationError(Exception):
    """The program cannot start as it is configured (exit code 78).

    The text says what is wrong and how to fix it, one line per mistake.
    """


class UnreachableError(ConfigurationError):
    """No broker answers: the address is wrong, or the broker is away for now."""


class TemporaryError(Exception):
    """The program cannot start now, but the same start may succeed later (exit code 75)."""


def describe_exit(code: int) -> str:
    """Describe how a process ended; a negative code is a signal, as in ``subprocess``."""
    try:
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"
    except ValueError:
        return f"signal {-code}"
