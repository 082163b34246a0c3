"""Fork this process to try a batch whose previous owner ended uncleanly.

Whatever a record does there, it does to the child. The child has everything that the handler needs,
loaded rules and compiled code included, and shares the memory with its parent until one of them
writes to it. It never returns into the event loop, ends with its parent, and answers through a
socket.
"""

import asyncio
import ctypes
import gc
import os
import pickle
import signal
import socket
import struct
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

_LENGTH: Final = struct.Struct("!Q")
_PR_SET_PDEATHSIG: Final = 1
_EXIT_FAILURE: Final = 70
_LIBC: Final = ctypes.CDLL(None)
"""Loaded here, because a child must not need the dynamic loader: another thread may have held its
lock at the fork."""


class Pipe:
    """The child's end of the socket: sends and receives whole Python objects, blocking."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def send(self, message: Any) -> None:
        """Send one object; raise and send nothing if it cannot be pickled."""
        payload = pickle.dumps(message)
        self._end.sendall(_LENGTH.pack(len(payload)) + payload)

    def receive(self) -> Any:
        """Wait for the next object; EOFError if the parent is gone."""
        (length,) = _LENGTH.unpack(self._receive_exactly(_LENGTH.size))
        return pickle.loads(self._receive_exactly(length))  # noqa: S301 - our own parent's bytes

    def _receive_exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            part = self._end.recv(min(size - len(data), 1 << 20))
            if not part:
                raise EOFError("the parent is gone")
            data += part
        return bytes(data)


@dataclass(slots=True)
class TrialChild:
    """The parent's side of one child. Use ``start``; always finish with ``end``."""

    pid: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    exit_code: int | None = None

    @classmethod
    async def start(cls, main: Callable[[Pipe], None]) -> "TrialChild":
        """Fork a child that runs ``main`` and exits."""
        pid, end = _fork(main)
        try:
            reader, writer = await asyncio.open_unix_connection(sock=end)
        except BaseException:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)  # noqa: ASYNC222 - it was killed in the line before
            raise
        return cls(pid, reader, writer)

    async def receive(self) -> Any:
        """Wait for the child's next object; EOFError once it has ended."""
        try:
            (length,) = _LENGTH.unpack(await self.reader.readexactly(_LENGTH.size))
            payload = await self.reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise EOFError("the child has ended") from error
        return pickle.loads(payload)  # noqa: S301 - our own child's bytes

    def send(self, message: Any) -> None:
        """Send one object to the child."""
        payload = pickle.dumps(message)
        self.writer.write(_LENGTH.pack(len(payload)) + payload)

    def kill(self) -> None:
        """Kill the child, if it has not ended."""
        if self.exit_code is None:
            os.kill(self.pid, signal.SIGKILL)

    def end(self) -> int:
        """Wait for the end of a child that has ended or is about to.

        Return its exit code, for a signal the negative signal number.
        """
        self.writer.close()
        if self.exit_code is None:
            _, status = os.waitpid(self.pid, 0)
            self.exit_code = os.waitstatus_to_exitcode(status)
        return self.exit_code

    def activity(self) -> tuple[str, int]:
        """Return the child's process state and its CPU time in clock ticks.

        The state is the kernel's letter: ``R`` is running or runnable, ``S`` sleeps.
        """
        try:
            stat = Path(f"/proc/{self.pid}/stat").read_text("ascii", "replace")
        except OSError:
            return "Z", 0
        fields = stat.rpartition(")")[2].split()
        return fields[0], int(fields[11]) + int(fields[12])


def _fork(main: Callable[[Pipe], None]) -> tuple[int, socket.socket]:
    """Fork with all signals blocked, so that none reaches the child while it has our handlers."""
    parent_end, child_end = socket.socketpair()
    parent = os.getpid()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        with warnings.catch_warnings():
            # 3.12 warns of threads; the decision record says why it is safe.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            _run_child(parent, mask, main, Pipe(child_end))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        child_end.close()
    return pid, parent_end


def _run_child(
    parent: int, mask: set[int | signal.Signals], main: Callable[[Pipe], None], pipe: Pipe
) -> NoReturn:
    code = _EXIT_FAILURE
    try:
        _detach(parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        main(pipe)
        code = 0
    except BaseException:  # noqa: BLE001 - the frame below is the parent's event loop
        traceback.print_exc()
    finally:
        os._exit(code)


def _detach(parent: int) -> None:
    """Drop what could act on the parent: its signal handlers, its wakeup pipe, its garbage."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the call above
        os._exit(_EXIT_FAILURE)
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends us
    gc.disable()
    gc.freeze()  # a collection would copy the parent's memory by writing to object headers
