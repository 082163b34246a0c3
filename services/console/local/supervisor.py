"""Runs programs as processes of their own: merges their logs by name, starts one that dies again, and leaves none behind."""

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
from shared.base.log_limit import HeldBack, LogKind, LogLimit
from shared.base.settings import ConfigurationError

FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 10.0
GRACE_S: Final = 12.0
"""After SIGTERM: the services' own drain limit and a little more; then SIGKILL."""
LINE_LIMIT: Final = 1024 * 1024
HEALTHY_S: Final = 60.0
"""A program that ran for so long is no crash loop: it starts again after the first wait."""
SAME_LINES: Final = 10
"""Each process limits its own log; this limits what a crash loop says, where every process begins to count anew."""
COUNT_EVERY_S: Final = 1.0
KIND_CHARACTERS: Final = 200
_NUMBER: Final = re.compile(r"[0-9a-f]*\d[0-9a-f.:]*")


@dataclass(frozen=True, slots=True)
class ProgramSpec:
    """What to run: a sub-command of ``summitwire``, and its additions to the environment; ``silent`` shows only the command's own errors."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False


class Supervisor:
    """Keeps programs running. ``say`` gets each line of their logs with the program's name."""

    def __init__(self, say: Callable[[str, str], None], first_wait_s: float = FIRST_WAIT_S) -> None:
        self._say, self._first_wait_s = say, first_wait_s
        self.processes: dict[str, asyncio.subprocess.Process] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._errors = asyncio.Queue[BaseException]()
        self._limit = LogLimit(SAME_LINES)
        self._counting: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self, program: ProgramSpec) -> None:
        """Start one program, and again whenever it ends by itself."""
        self._counting = self._counting or asyncio.create_task(self._count())
        task = asyncio.create_task(self._keep(program))
        task.add_done_callback(self._note)
        self._tasks.append(task)

    async def wait_for_failure(self) -> None:
        """Wait for ever, or until a program cannot run as it is configured: ConfigurationError."""
        raise await self._errors.get()

    async def stop(self) -> None:
        """End all programs: SIGTERM, and SIGKILL for what is left after the grace."""
        self._stopping = True
        _signal(self.processes.values(), signal.SIGTERM)
        _, late = (
            await asyncio.wait(self._tasks, timeout=GRACE_S) if self._tasks else (set(), set())
        )
        _signal(self.processes.values(), signal.SIGKILL)
        await asyncio.gather(*late, return_exceptions=True)
        if self._counting is not None:
            self._counting.cancel()
        self._say_counts(self._limit.flush(time.monotonic()))

    def _note(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._errors.put_nowait(error)

    async def _keep(self, program: ProgramSpec) -> None:
        wait_s = self._first_wait_s
        while not self._stopping:
            began = time.monotonic()
            code = await self._run(program)
            wait_s = self._first_wait_s if time.monotonic() - began > HEALTHY_S else wait_s
            if self._ends():
                return
            if code == exits.CONFIGURATION:
                raise ConfigurationError(
                    f"{program.name} cannot run as it is configured: see its line above"
                )
            self._say_limited(program.name, f"ended with {code}; starts again in {wait_s:g} s")
            await asyncio.sleep(wait_s)
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    def _ends(self) -> bool:
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
        assert process.stdout is not None  # noqa: S101 - it is a pipe, as asked for above
        async for line in process.stdout:
            text = line.decode("utf-8", "replace").rstrip()
            if not program.silent or text.startswith(MARK):
                self._say_limited(program.name, text)
        return await process.wait()

    def _say_limited(self, name: str, text: str) -> None:
        kind = LogKind(name, 0, _NUMBER.sub("…", text[:KIND_CHARACTERS]))
        if self._limit.allow(kind, time.monotonic()):
            self._say(name, text)

    async def _count(self) -> None:
        while True:
            await asyncio.sleep(COUNT_EVERY_S)
            self._say_counts(self._limit.due(time.monotonic()))

    def _say_counts(self, held_back: Iterable[HeldBack]) -> None:
        for held in held_back:
            self._say(
                held.kind.logger,
                f"{held.lines} more lines like this in {held.seconds:.0f} s: {held.kind.text}",
            )


def _signal(processes: Iterable[asyncio.subprocess.Process], number: signal.Signals) -> None:
    for process in processes:
        if process.returncode is None:
            process.send_signal(number)
