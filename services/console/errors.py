"""How the command ends when something is wrong: one line on what and how to mend it, and an exit code a program can use."""

import sys
from typing import Final

import typer
from aiokafka.errors import KafkaError

from shared import exits
from shared.documents import DocumentError
from shared.settings import ConfigurationError

MARK: Final = "summitwire: "
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
    if isinstance(error, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    if isinstance(error, BrokenPipeError):
        sys.stderr.close()  # the reader of our output is gone: nobody to tell
        return EXIT_BAD
    if isinstance(error, ConfigurationError | DocumentError):
        say(str(error))
        return exits.CONFIGURATION
    if isinstance(error, KafkaError):
        say(f"Kafka: {error}; `summitwire doctor` looks for the cause")
        return exits.CONFIGURATION
    say(f"a bug in summitwire: {type(error).__name__}: {error}; SUMMITWIRE_DEBUG=1 shows where")
    return exits.BUG


def say(message: str) -> None:
    """Messages go to standard error, marked as ours; standard output is for results."""
    for line in message.splitlines():
        sys.stderr.write(f"{MARK}{line}\n")
