"""Run the ``summitwire`` command: in a fork of the test's process, which imports nothing again, as a process of its own, or one group of commands."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Final, NoReturn

import typer
from typer.testing import CliRunner

from services.console.__main__ import COMMANDS, build_app, main
from shared.base import log_gate
from shared.base.ports import NAMES

COMMAND: Final = (sys.executable, "-m", "services.console")
WITHIN_S: Final = 120.0
_OURS: Final = ("KAFKA_", "SUMMITWIRE_", "SLACK_")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of its standard output."""
        return self.out.splitlines()


def clean_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without our own settings, and with ``more``."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)} | dict(
        more or {}
    )


def run_forked(*arguments: str, environment: Mapping[str, str] | None = None) -> Ended:
    """Run the command in a fork of this process: as real as a new one, without Python's start and a second of imports.

    Logging, signals and the environment, which it changes, are the fork's own.
    """
    _import_all()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child == 0:
            _be_the_command(arguments, clean_environment(environment), out.fileno(), err.fileno())
        code = _wait(child)
        return Ended(code, _text(out.fileno()), _text(err.fileno()))


async def forked(*arguments: str, environment: Mapping[str, str] | None = None) -> Ended:
    """Do the same beside an event loop."""
    return await asyncio.to_thread(lambda: run_forked(*arguments, environment=environment))


def run_process(*arguments: str, environment: Mapping[str, str] | None = None) -> Ended:
    """Run the command as users do: in a new process."""
    command = [*COMMAND, *arguments]
    done = subprocess.run(
        command,
        env=clean_environment(environment),
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def invoke(app: typer.Typer, *arguments: str, given: bytes | str | None = None) -> Ended:
    """Run one group of commands in this process; ``given`` is its standard input."""
    done = CliRunner().invoke(app, list(arguments), input=given)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Ended(done.exit_code, done.stdout, done.stderr)


@cache
def _import_all() -> None:
    """Import every command and service once, here; else each fork would."""
    build_app(COMMANDS)
    for name in NAMES:
        import_module(f"services.{name}.__main__")


def _be_the_command(
    arguments: tuple[str, ...], environment: dict[str, str], out: int, err: int
) -> NoReturn:
    """Never return: leave with the command's exit code."""
    code = 1
    try:
        with Path(os.devnull).open("rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.stdin, sys.stdout, sys.stderr = (
            TextIOWrapper(os.fdopen(fd, mode), "utf-8")
            for fd, mode in ((0, "rb"), (1, "wb"), (2, "wb"))
        )
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = ["summitwire", *arguments]
        main()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter would
        traceback.print_exc()
    finally:
        log_gate.close_gate()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _wait(child: int) -> int:
    """Wait for the fork, and return its exit code; AssertionError where it does not end in time."""
    deadline = time.monotonic() + WITHIN_S
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise AssertionError(f"the command did not end within {WITHIN_S:g} s")
        time.sleep(0.005)


def _text(descriptor: int) -> str:
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read().decode()
