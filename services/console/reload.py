"""``summitwire reload``: send SIGHUP to the services that run on this machine or container."""

import os
import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from services.console.errors import EXIT_BAD, fail
from shared.base.ports import NAMES

PROC: Final = Path("/proc")
MODULE: Final = ("-m", "services.console")
SCRIPT: Final = "summitwire"


@dataclass(frozen=True, slots=True)
class RunningService:
    """A service's process, and whether it handles SIGHUP; one that does not would end."""

    name: str
    pid: int
    handles_sighup: bool


Services = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SERVICE]...", help=f"Some of {', '.join(NAMES)}; by default all that run here."
    ),
]


def reload(service: Services = None) -> None:
    """Make running services reload their rules, routes, actors, keywords and feeds.

    They also do so by themselves when a file changes. Their logs say whether the new files are
    used.

    Example: docker compose exec alerting summitwire reload
    """
    names = service or list(NAMES)
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        message = f"there is no service {unknown[0]!r}; there are {', '.join(NAMES)}"
        raise typer.BadParameter(message, param_hint="SERVICE")
    running = [
        process for process in find_running_services(PROC, os.geteuid()) if process.name in names
    ]
    for process in running:
        if process.handles_sighup:
            os.kill(process.pid, signal.SIGHUP)
        action = "reloads its files" if process.handles_sighup else "has no files to reload"
        typer.echo(f"{process.name} (process {process.pid}) {action}")
    if not any(process.handles_sighup for process in running):
        raise fail(f"none of {', '.join(names)} runs here that could reload", EXIT_BAD)


def find_running_services(proc: Path, user: int) -> Iterator[RunningService]:
    """Yield the services among the processes of ``proc`` that the user may signal.

    ``proc``: Linux's table of processes; ``user``: a user id, 0 is root.
    """
    for folder in sorted(proc.glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            name = service_of((folder / "cmdline").read_bytes().split(b"\0"))
            if name and user in (0, folder.stat().st_uid):
                status = (folder / "status").read_text("ascii", "replace")
                yield RunningService(name, int(folder.name), catches_sighup(status))
        except OSError:  # the process has ended
            continue


def service_of(arguments: Iterable[bytes]) -> str | None:
    """Return which service a process's command line runs, or None.

    That is ``python -m services.console run NAME``, or the script in place of the module.
    """
    python, *words = [argument.decode("utf-8", "replace") for argument in arguments] or [""]
    # Not docker-init, which has the whole command among its own arguments.
    if not Path(python).name.startswith("python"):
        return None
    if tuple(words[:2]) == MODULE:
        words = words[1:]
    elif not words or Path(words[0]).name != SCRIPT:
        return None
    return words[2] if words[1:2] == ["run"] and words[2:3] and words[2] in NAMES else None


def catches_sighup(status: str) -> bool:
    """Return from the text of /proc/PID/status whether the process handles SIGHUP."""
    fields = (line.partition(":") for line in status.splitlines())
    caught = next((value for name, _, value in fields if name == "SigCgt"), "0")
    return bool(int(caught, 16) >> (signal.SIGHUP - 1) & 1)
