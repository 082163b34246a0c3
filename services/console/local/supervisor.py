"""Runs programs as processes: merges their logs, restarts those that die, leaves none behind."""

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.console.errors import MARK
from services.console.local.kafka_broker.process import end_with_parent
from shared.base import exits
from shared.base.exits import ConfigurationError
from shared.base.log_limit import HeldBack, LogKind, LogLimit

FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 10.0
GRACE_S: Final = 12.0
"""From SIGTERM to SIGKILL: the services' own drain limit and a little more."""
LINE_LIMIT: Final = 1024 * 1024
HEALTHY_S: Final = 60.0
"""A program that ran this long is not in a crash loop: it restarts after the first wait."""
SAME_LINES: Final = 10
"""How often the same line of a program is printed in a while.

Each process limits its own log too, but in a crash loop every new process starts to count at 0.
"""
REPORT_EVERY_S: Final = 1.0
KIND_CHARACTERS: Final = 200
"""Lines that begin the same, except for numbers, are of one kind."""
_NUMBER: Final = re.compile(r"[0-9a-f]*\d[0-9a-f.:]*")


@dataclass(frozen=True, slots=True)
class ProgramSpec:
    """A sub-command of ``summitwire`` to run, and its additions to the environment.

    ``silent``: of its output only the command's own errors are printed.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False


class Supervisor:
    """Keeps programs running; ``print_line`` gets each program's name and a line of its log."""

    def __init__(
        self, print_line: Callable[[str, str], None], first_wait_s: float = FIRST_WAIT_S
    ) -> None:
        self._print_line, self._first_wait_s = print_line, first_wait_s
        self.processes: dict[str, asyncio.subprocess.Process] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._errors = asyncio.Queue[BaseException]()
        self._limit = LogLimit(SAME_LINES)
        self._reporting: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self, program: ProgramSpec) -> None:
        """Start a program, and restart it whenever it ends by itself."""
        self._reporting = self._reporting or asyncio.create_task(self._report_suppressed())
        task = asyncio.create_task(self._keep(program))
        task.add_done_callback(self._queue_error)
        self._tasks.append(task)

    async def wait_for_failure(self) -> None:
        """Wait until a program cannot run as it is configured, and raise ConfigurationError."""
        raise await self._errors.get()

    async def stop(self) -> None:
        """Stop all programs with SIGTERM, and with SIGKILL those that still run after GRACE_S."""
        self._stopping = True
        _signal(self.processes.values(), signal.SIGTERM)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_S)
        _signal(self.processes.values(), signal.SIGKILL)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._reporting is not None:
            self._reporting.cancel()
        self._print_suppressed(self._limit.flush(time.monotonic()))

    def _queue_error(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._errors.put_nowait(error)

    async def _keep(self, program: ProgramSpec) -> None:
        wait_s = self._first_wait_s
        while not self._stopping:
            began = time.monotonic()
            code = await self._run(program)
            wait_s = self._first_wait_s if time.monotonic() - began > HEALTHY_S else wait_s
            if self._is_stopping():
                return
            if code == exits.CONFIGURATION:
                reason = "cannot run as it is configured: see its line above"
                raise ConfigurationError(f"{program.name} {reason}")
            self._print_limited(program.name, f"ended with {code}; restarts in {wait_s:g} s")
            await asyncio.sleep(wait_s)
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    def _is_stopping(self) -> bool:
        """Read the flag where mypy cannot narrow it: it may change while the process runs."""
        return self._stopping

    async def _run(self, program: ProgramSpec) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "services.console", *program.arguments),
            env=os.environ | program.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us; we pass it on as SIGTERM
            preexec_fn=end_with_parent(),
            limit=LINE_LIMIT,
        )
        self.processes[program.name] = process
        assert process.stdout is not None  # noqa: S101 - stdout=PIPE above
        async for line in process.stdout:
            text = line.decode("utf-8", "replace").rstrip()
            if not program.silent or text.startswith(MARK):
                self._print_limited(program.name, text)
        return await process.wait()

    def _print_limited(self, name: str, text: str) -> None:
        kind = LogKind(name, 0, _NUMBER.sub("…", text[:KIND_CHARACTERS]))
        if self._limit.allow(kind, time.monotonic()):
            self._print_line(name, text)

    async def _report_suppressed(self) -> None:
        while True:
            await asyncio.sleep(REPORT_EVERY_S)
            self._print_suppressed(self._limit.due(time.monotonic()))

    def _print_suppressed(self, suppressed: Iterable[HeldBack]) -> None:
        for group in suppressed:
            count = f"{group.lines} more lines like this in {group.seconds:.0f} s"
            self._print_line(group.kind.logger, f"{count}: {group.kind.text}")


def _signal(processes: Iterable[asyncio.subprocess.Process], number: signal.Signals) -> None:
    for process in processes:
        if process.returncode is None:
            process.send_signal(number)
