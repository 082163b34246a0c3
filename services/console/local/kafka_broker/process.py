"""The broker's process: its pid file, whether it runs, how it starts and stops."""

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

from shared.base.exits import ConfigurationError

with suppress(
    ImportError
):  # the image has no local broker, and its commands must start; find_java reports it
    import psutil

PID_FILE: Final = "broker.json"
CLOCK_JITTER_S: Final = 2.0
"""How far a process's start time may move when the machine's clock is set."""
PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PidFile:
    """The process that serves a folder; ``started_s``: Unix seconds.

    A pid alone is not enough: another process may have it by now.
    """

    pid: int
    started_s: float
    port: int


def find_running(folder: Path) -> PidFile | None:
    """Return the process that serves this folder; None if it no longer runs."""
    try:
        pid_file = msgspec.json.decode((folder / PID_FILE).read_bytes(), type=PidFile)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return pid_file if _is_alive(pid_file) else None


def write_pid_file(folder: Path, process: subprocess.Popen[bytes], port: int) -> PidFile:
    """Write and return the pid file of a process that was just started."""
    pid_file = PidFile(
        pid=process.pid, started_s=psutil.Process(process.pid).create_time(), port=port
    )
    whole = folder / (PID_FILE + ".new")
    whole.write_bytes(msgspec.json.encode(asdict(pid_file)))
    whole.replace(folder / PID_FILE)
    return pid_file


def spawn(
    command: Sequence[str], folder: Path, log: Path, *, owned: bool
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that Ctrl-C in a terminal does not reach it.

    ``owned``: it ends when the starting *thread* ends, even by kill -9; so start it from a thread
    that stays. This needs Linux: elsewhere the process outlives an owner that is killed, until
    ``summitwire broker stop``.
    """
    environment = os.environ | {
        "LC_ALL": "C.UTF-8"
    }  # else Java cannot open a folder with a non-ASCII name
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent() if owned else None,  # noqa: PLW1509 - calls one loaded C function
        )


def end(pid: int, deadline_s: float) -> bool:
    """Send SIGTERM, after the deadline SIGKILL; False if it had to be killed.

    A process that is already gone counts as ended.
    """
    try:
        process = psutil.Process(pid)
        process.terminate()
    except psutil.NoSuchProcess:
        return True
    _, alive = psutil.wait_procs([process], timeout=deadline_s)
    for survivor in alive:
        survivor.kill()
    psutil.wait_procs(alive, timeout=deadline_s)
    return not alive


def listener(port: int) -> str:
    """Return who listens on a port of this machine, `` (pid 12, java)``; empty if not known."""
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
    """Hold the lock file for the block; ConfigurationError with ``why`` if another process does."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(f"{why} ({path}): wait until it is done") from None
        yield


def _is_alive(pid_file: PidFile) -> bool:
    try:
        process = psutil.Process(pid_file.pid)
        is_same = abs(process.create_time() - pid_file.started_s) <= CLOCK_JITTER_S
        return is_same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end_with_parent() -> Callable[[], None] | None:
    """Return a ``preexec_fn`` by which a child gets SIGTERM when the starting thread ends.

    That includes kill -9. None if the system has no such feature.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def set_death_signal() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # the parent died before the call
            os._exit(1)

    return set_death_signal
