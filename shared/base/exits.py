"""Exit codes as in sysexits.h, and the exceptions that end a program with them."""

import signal
from typing import Final

BUG: Final = 70
"""EX_SOFTWARE: a bug, or a standstill."""
TEMPORARY_FAILURE: Final = 75
"""EX_TEMPFAIL: fenced, or the broker is gone; a fresh process goes on from the last commit."""
CONFIGURATION: Final = 78
"""EX_CONFIG: it cannot run as it is configured; starting it again does not help."""


class ConfigurationError(Exception):
    """The program cannot start as it is configured (exit code 78).

    The text says what is wrong and how to fix it, one line per mistake.
    """


class UnreachableError(ConfigurationError):
    """No broker answers: the address is wrong, or the broker is away for now."""


class TemporaryError(Exception):
    """The program cannot start now, but the same start may succeed later (exit code 75)."""


def describe_exit(code: int) -> str:
    """How a process ended, in words; a negative code is a signal, as Python has it."""
    try:
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"
    except ValueError:
        return f"signal {-code}"
