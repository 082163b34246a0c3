"""How the command ends when something is wrong: one line on what and how to mend it, and an exit code a program can use."""

import sys
from typing import Final

import typer
from aiokafka.errors import KafkaError
from typer.exceptions import TyperException

from shared.base import exits
from shared.base.settings import ConfigurationError, TemporaryError
from shared.files.yaml_document import DocumentError

COMMAND: Final = "summitwire"
MARK: Final = f"{COMMAND}: "
EXIT_BAD: Final = 1
"""The thing asked about is bad: a rule test fails, an article is rejected."""
EXIT_USAGE: Final = 2
EXIT_INTERRUPTED: Final = 130


def fail(message: str, code: int) -> typer.Exit:
    """Say it on standard error, and give the exception to raise."""
    say(message)
    return typer.Exit(code)


def exit_code(error: BaseException) -> int:
    """Tell the user what ended the command, and give the code to end with."""
    if isinstance(error, typer.Exit):
        return error.exit_code
    if isinstance(error, TyperException):
        return _usage(error)
    if isinstance(error, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    if isinstance(error, BrokenPipeError):
        sys.stderr.close()  # the reader of our output is gone: nobody to tell
        return EXIT_BAD
    if isinstance(error, ConfigurationError | DocumentError):
        say(str(error))
        return exits.CONFIGURATION
    if isinstance(error, TemporaryError):
        say(str(error))
        return exits.TEMPORARY_FAILURE
    if isinstance(error, KafkaError):
        say(f"Kafka: {error}; `summitwire doctor` looks for the cause")
        return exits.CONFIGURATION
    if isinstance(error, OSError) and error.filename is not None:
        say(f"{error.filename}: {error.strerror}; mend its rights, or name another")
        return exits.CONFIGURATION
    say(f"a bug in summitwire: {type(error).__name__}: {error}; SUMMITWIRE_DEBUG=1 shows where")
    return exits.BUG


def _usage(error: TyperException) -> int:
    """One line in place of Typer's frame: which sub-command, what is wrong, where help is."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else COMMAND
    if (
        message := error.format_message().strip()
    ):  # there is none where the help was shown in place of it
        within = path.removeprefix(COMMAND).strip()
        say(f"{within + ': ' if within else ''}{message.rstrip('.')}; `{path} --help` tells more")
    return error.exit_code


def say(message: str) -> None:
    """Messages go to standard error, marked as ours; standard output is for results."""
    for line in message.splitlines():
        sys.stderr.write(f"{MARK}{line}\n")
