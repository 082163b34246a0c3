"""How the command ends when something is wrong: one line on what and how to mend it, and an exit code a program can use."""

import functools
import sys
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

import typer
from aiokafka.errors import KafkaError

from shared.documents import DocumentError
from shared.settings import ConfigurationError
from shared.worker import EXIT_BUG, EXIT_CONFIGURATION

P = ParamSpec("P")
R = TypeVar("R")

EXIT_BAD: Final = 1
"""The thing asked about is bad: a rule test fails, an article is rejected."""
EXIT_USAGE: Final = 2
EXIT_INTERRUPTED: Final = 130


def fail(message: str, code: int) -> typer.Exit:
    """Say it on standard error, and give the exception to raise."""
    sys.stderr.write(f"summitwire: {message}\n")
    return typer.Exit(code)


def told(command: Callable[P, R]) -> Callable[P, R]:
    """Wrap a command: expected errors become a message and an exit code, a bug says that it is one."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (typer.Exit, typer.Abort, SystemExit):
            raise
        except KeyboardInterrupt:
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except Exception as error:
            raise _ended(error) from error

    return wrapped


def _ended(error: Exception) -> typer.Exit:
    if isinstance(error, ConfigurationError | DocumentError):
        lines = str(error).splitlines()
        for line in lines[:-1]:
            sys.stderr.write(f"summitwire: {line}\n")
        return fail(lines[-1] if lines else type(error).__name__, EXIT_CONFIGURATION)
    if isinstance(error, KafkaError):
        return fail(f"Kafka: {error}", EXIT_CONFIGURATION)
    if isinstance(error, BrokenPipeError):
        return typer.Exit(EXIT_BAD)
    return fail(f"a bug in summitwire: {type(error).__name__}: {error}; SUMMITWIRE_DEBUG=1 shows where", EXIT_BUG)
