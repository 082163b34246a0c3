"""How the command ends when something is wrong: a line on what and how to fix it, an exit code."""

import sys
from typing import Final

import typer
from typer.exceptions import TyperException

from shared.base import exits
from shared.base.exits import ConfigurationError, TemporaryError

COMMAND: Final = "summitwire"
MARK: Final = f"{COMMAND}: "
"""Every message on standard error begins with it."""
EXIT_BAD: Final = 1
"""The input is bad: a rule test fails, an article is rejected."""
EXIT_USAGE: Final = 2
EXIT_INTERRUPTED: Final = 130


def fail(message: str, code: int) -> typer.Exit:
    """Print the message on standard error, and return the exception to raise."""
    say(message)
    return typer.Exit(code)


def exit_code(error: BaseException) -> int:
    """Print why the command ends, and return the exit code."""
    if isinstance(error, typer.Exit):
        return error.exit_code
    if isinstance(error, TyperException):
        return _usage(error)
    if isinstance(error, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    if isinstance(error, BrokenPipeError):
        sys.stderr.close()  # nobody reads our output any more
        return EXIT_BAD
    if isinstance(error, ConfigurationError) or _is_document_error(error):
        say(str(error))
        return exits.CONFIGURATION
    if isinstance(error, TemporaryError):
        say(str(error))
        return exits.TEMPORARY_FAILURE
    if _is_kafka_error(error):
        say(f"Kafka: {error}; `summitwire doctor` looks for the cause")
        return exits.CONFIGURATION
    if isinstance(error, OSError) and error.filename is not None:
        say(f"{error.filename}: {error.strerror}; change its permissions, or name another")
        return exits.CONFIGURATION
    say(
        f"a bug in summitwire: {type(error).__name__}: {error}; "
        "SUMMITWIRE_DEBUG=1 shows the stack trace"
    )
    return exits.BUG


def _is_document_error(error: BaseException) -> bool:
    return _is_instance(error, "shared.files.yaml_document", "DocumentError")


def _is_kafka_error(error: BaseException) -> bool:
    return _is_instance(error, "aiokafka.errors", "KafkaError")


def _is_instance(error: BaseException, module: str, name: str) -> bool:
    """Compare with a class without importing its module: most commands do not need it.

    An exception of a module that nobody has imported cannot have been raised.
    """
    imported = sys.modules.get(module)
    return imported is not None and isinstance(error, getattr(imported, name))


def _usage(error: TyperException) -> int:
    """Print one line in place of Typer's frame: the sub-command, the mistake, where help is."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else COMMAND
    if message := error.format_message().strip():  # empty if the help was printed in its place
        within = path.removeprefix(COMMAND).strip()
        prefix = f"{within}: " if within else ""
        say(f"{prefix}{message.rstrip('.')}; `{path} --help` tells more")
    return error.exit_code


def say(message: str) -> None:
    """Print a message on standard error, marked as ours; standard output is for results."""
    for line in message.splitlines():
        sys.stderr.write(f"{MARK}{line}\n")
