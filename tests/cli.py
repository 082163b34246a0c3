"""Run the ``summitwire`` command in tests.

``run_forked`` runs it in a fork of the test process, ``run_process`` in a new Python process, and
``invoke`` runs one group of sub-commands within the test process.
"""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, NoReturn

import typer
from typer.main import get_command
from typer.testing import CliRunner

from services.cleaner.text.language import detect_language
from services.console.__main__ import build_app, main
from services.console.lazy import LazyGroup
from shared.base import log_gate
from shared.base.ports import NAMES
from tests.seed_data import seed_gazetteer

COMMAND: Final = (sys.executable, "-m", "services.console")
TIMEOUT_S: Final = 120.0
_SETTING_PREFIXES: Final = ("KAFKA_", "SUMMITWIRE_", "SLACK_", "PUSH_")


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The exit code of a command, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of standard output."""
        return self.out.splitlines()


def clean_environment(additions: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of this process without summitwire's settings, plus ``additions``."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(_SETTING_PREFIXES)
    }
    return inherited | dict(additions or {})


def run_forked(
    *arguments: str, environment: Mapping[str, str] | None = None, encoding: str = "utf-8"
) -> CommandResult:
    """Run the command in a fork of this process, with ``environment`` added to a clean one.

    ``encoding`` is that of its standard streams. It behaves like a new process: exit code, standard streams, and changes to logging, signals or
    the environment are its own. It saves Python's start and the imports, two seconds a command.
    """
    _import_commands()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child == 0:
            streams = (out.fileno(), err.fileno())
            _run_in_child(arguments, clean_environment(environment), streams, encoding)
        code = _wait(child)
        written = (_content(stream.fileno(), encoding) for stream in (out, err))
        return CommandResult(code, *written)


async def run_forked_async(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> CommandResult:
    """Run the command in a fork without blocking the event loop."""
    return await asyncio.to_thread(lambda: run_forked(*arguments, environment=environment))


def run_process(*arguments: str, environment: Mapping[str, str] | None = None) -> CommandResult:
    """Run the command in a new Python process, as users do."""
    process = subprocess.run(
        [*COMMAND, *arguments],
        env=clean_environment(environment),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return CommandResult(process.returncode, process.stdout, process.stderr)


def invoke(app: typer.Typer, *arguments: str, stdin: bytes | str | None = None) -> CommandResult:
    """Run one group of sub-commands within this process; an unexpected exception is raised."""
    seed_gazetteer()
    result = CliRunner().invoke(app, list(arguments), input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return CommandResult(result.exit_code, result.stdout, result.stderr)


def iter_commands() -> Iterator[tuple[str, Any]]:
    """Import every sub-command, and yield each as typer runs it, by the words that call it."""
    yield from _with_children("", get_command(build_app()))


def _with_children(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield words, command
    for name, child in getattr(command, "commands", {}).items():
        sources = command.sources if isinstance(command, LazyGroup) else {}
        loaded = sources[name].load(name) if name in sources else child
        yield from _with_children(f"{words} {name}".strip(), loaded)


@cache
def _import_commands() -> None:
    """Import and load once in this process what every fork would, for all commands and services."""
    seed_gazetteer()
    detect_language("Every word is English.")
    dict(iter_commands())
    for name in NAMES:
        import_module(f"services.{name}.__main__")


def _run_in_child(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    streams: tuple[int, int],
    encoding: str,
) -> NoReturn:
    """Run the command in the forked child, and exit with its code."""
    code = 1
    try:
        _redirect_streams(*streams, encoding)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = ["summitwire", *arguments]
        main()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 - print it and exit with 1, as the interpreter would
        traceback.print_exc()
    finally:
        # Exit handlers do not run: they are those of pytest. This one is the command's own.
        log_gate.close_gate()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _redirect_streams(out: int, err: int, encoding: str) -> None:
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.stdin, sys.stdout, sys.stderr = (
        TextIOWrapper(os.fdopen(descriptor, mode), encoding)
        for descriptor, mode in ((0, "rb"), (1, "wb"), (2, "wb"))
    )


def _wait(child: int) -> int:
    """Wait for the child and return its exit code; kill it and fail at the timeout."""
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise AssertionError(f"the command did not end within {TIMEOUT_S:g} s")
        time.sleep(0.005)


def _content(descriptor: int, encoding: str) -> str:
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read().decode(encoding)
