"""``summitwire reload``: SIGHUP to the services that run here, in a container or on this machine."""

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
    """A service's process, and whether it answers SIGHUP; one that does not would end."""

    name: str
    pid: int
    handles_sighup: bool


def reload(
    service: Annotated[
        list[str] | None,
        typer.Argument(help=f"Some of {', '.join(NAMES)}; all that run here by default."),
    ] = None,
) -> None:
    """Make running services reload their rules, actors and keywords.

    They also do so by themselves when a file changes. Their logs say whether the new files are
    used.

    Example: docker compose exec alerting summitwire reload
    """
    unknown = sorted(set(service or ()) - set(NAMES))
    if unknown:
        raise typer.BadParameter(
            f"there is no service {unknown[0]!r}; there are {', '.join(NAMES)}",
            param_hint="SERVICE",
        )
    chosen = [
        each
        for each in find_running_services(PROC, os.geteuid())
        if each.name in (service or NAMES)
    ]
    for each in chosen:
        if each.handles_sighup:
            os.kill(each.pid, signal.SIGHUP)
        typer.echo(
            f"{each.name} (process {each.pid}) {'reads its files anew' if each.handles_sighup else 'has no files to read anew'}"
        )
    if not any(each.handles_sighup for each in chosen):
        raise fail(f"none of {', '.join(service or NAMES)} runs here that could reload", EXIT_BAD)


def find_running_services(proc: Path, user: int) -> Iterator[RunningService]:
    """Yield the services among the processes that ``proc``, Linux' table of them, lists and that the user (by number; 0 is root) may signal."""
    for folder in sorted(proc.glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            name = service_of((folder / "cmdline").read_bytes().split(b"\0"))
            if name and user in (0, folder.stat().st_uid):
                yield RunningService(
                    name,
                    int(folder.name),
                    catches_sighup((folder / "status").read_text("ascii", "replace")),
                )
        except OSError:  # it has ended
            continue


def service_of(arguments: Iterable[bytes]) -> str | None:
    """Tell from a process's command line which service it is: ``python -m services.console run NAME``, or the script in place of the module."""
    python, *rest = [argument.decode("utf-8", "replace") for argument in arguments] or [""]
    if not Path(python).name.startswith(
        "python"
    ):  # docker-init has the whole command among its own arguments
        return None
    if tuple(rest[:2]) == MODULE:
        rest = rest[1:]
    elif not rest or Path(rest[0]).name != SCRIPT:
        return None
    return rest[2] if rest[1:2] == ["run"] and rest[2:3] and rest[2] in NAMES else None


def catches_sighup(status: str) -> bool:
    """Tell from /proc/PID/status whether the process handles SIGHUP."""
    caught = next(
        (line.partition(":")[2] for line in status.splitlines() if line.startswith("SigCgt:")), "0"
    )
    return bool(int(caught, 16) >> (signal.SIGHUP - 1) & 1)
