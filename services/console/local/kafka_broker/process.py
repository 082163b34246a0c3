"""The broker's process: its pid file, whether it lives, how it is started and ended. The one file that knows signals."""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import msgspec

from shared.base.settings import ConfigurationError

with suppress(
    ImportError
):  # the image has no local broker: what is left of the command must start without it; `find_java` looks for it
    import psutil

PID_FILE: Final = "broker.json"
CLOCK_JITTER_S: Final = 2.0
"""A process's start time moves by so much when the machine's clock is set."""
PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PidFile:
    """Which process serves a folder. A pid alone may be another process's by now: its start time tells (Unix seconds)."""

    pid: int
    started_s: float
    port: int


def find_running(folder: Path) -> PidFile | None:
    """The process that serves this folder; None where there is none, whatever an old pid file says."""
    try:
        noted = msgspec.json.decode((folder / PID_FILE).read_bytes(), type=PidFile)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return noted if _lives(noted) else None


def write_pid_file(folder: Path, process: subprocess.Popen[bytes], port: int) -> PidFile:
    """Write the pid file of a process that was just started."""
    noted = PidFile(pid=process.pid, started_s=psutil.Process(process.pid).create_time(), port=port)
    whole = folder / (PID_FILE + ".new")
    whole.write_bytes(msgspec.json.encode(asdict(noted)))
    whole.replace(folder / PID_FILE)
    return noted


def spawn(
    command: Sequence[str], folder: Path, log: Path, *, owned: bool
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that Ctrl-C in a terminal does not reach it.

    ``owned``: it ends when the starting *thread* ends, even by kill -9, so start it from a thread that lives on. This needs Linux:
    elsewhere an owner that is killed leaves it running, and ``summitwire broker stop`` ends it.
    """
    environment = os.environ | {
        "LC_ALL": "C.UTF-8"
    }  # else Java cannot open a folder whose name is not ASCII
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent() if owned else None,  # noqa: PLW1509 - it calls one C function that is already loaded
        )


def end(pid: int, deadline_s: float) -> bool:
    """SIGTERM, and after the deadline SIGKILL; False where it had to be killed. A process that is gone already is fine."""
    try:
        process = psutil.Process(pid)
        process.terminate()
    except psutil.NoSuchProcess:
        return True
    _, alive = psutil.wait_procs([process], timeout=deadline_s)
    for stubborn in alive:
        stubborn.kill()
    psutil.wait_procs(alive, timeout=deadline_s)
    return not alive


def listener(port: int) -> str:
    """Who listens on a port of this machine, as far as we may know: `` (pid 12, java)`` or nothing."""
    try:
        pids = [
            connection.pid
            for connection in psutil.net_connections("inet")
            if connection.laddr and connection.laddr.port == port
        ]
        return next((f" (pid {pid}, {psutil.Process(pid).name()})" for pid in pids if pid), "")
    except psutil.Error:
        return ""


@contextmanager
def exclusive_lock(path: Path, why: str) -> Iterator[None]:
    """Hold the lock file for a while; ConfigurationError with ``why`` where another process holds it."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(f"{why} ({path}): wait until it is done") from None
        yield


def _lives(noted: PidFile) -> bool:
    try:
        process = psutil.Process(noted.pid)
        is_same = abs(process.create_time() - noted.started_s) <= CLOCK_JITTER_S
        return is_same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end_with_parent() -> Callable[[], None] | None:
    """What a child calls between fork and exec to get SIGTERM when the starting thread ends, even by kill -9; None where there is no such thing."""
    if not sys.platform.startswith("linux"):
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return ask
