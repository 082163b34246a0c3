"""Fork this process to try a batch whose owner before us ended uncleanly: what a record does there,
it does to the child.

The child has everything that the handle needs, loaded rules and compiled code included, and shares
it with us until somebody writes to it. It never returns into the event loop, ends with us, and
answers through a socket.
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
_FAILED: Final = 70
_LIBC: Final = ctypes.CDLL(None)
"""Loaded here: a child must not need the loader, whose lock another thread may have held at the
fork."""


class Pipe:
    """The child's end of the socket: whole Python objects, sent and received while nothing else
    happens."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def send(self, message: Any) -> None:
        """Send one object; an error where it cannot be pickled, and then nothing was sent."""
        payload = pickle.dumps(message)
        self._end.sendall(_LENGTH.pack(len(payload)) + payload)

    def receive(self) -> Any:
        """Wait for the next object; EOFError where the parent is gone."""
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        return pickle.loads(self._exactly(length))  # noqa: S301 - our own parent's bytes

    def _exactly(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = self._end.recv(min(size - len(parts), 1 << 20))
            if not part:
                raise EOFError("the parent is gone")
            parts += part
        return bytes(parts)


@dataclass(slots=True)
class TrialChild:
    """The parent's side of one child. Use ``start``; always end with ``end``."""

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
        """Answer the child."""
        payload = pickle.dumps(message)
        self.writer.write(_LENGTH.pack(len(payload)) + payload)

    def kill(self) -> None:
        """End the child now, if it has not ended."""
        if self.exit_code is None:
            os.kill(self.pid, signal.SIGKILL)

    def end(self) -> int:
        """Take leave of a child that has ended or is about to; give its exit code, a signal as a
        negative number."""
        self.writer.close()
        if self.exit_code is None:
            _, status = os.waitpid(self.pid, 0)
            self.exit_code = os.waitstatus_to_exitcode(status)
        return self.exit_code

    def activity(self) -> tuple[str, int]:
        """Tell the child's state as the kernel does (``R`` runs or wants to, ``S`` sleeps), and its
        CPU time in clock ticks."""
        try:
            fields = (
                Path(f"/proc/{self.pid}/stat")
                .read_text("ascii", "replace")
                .rpartition(")")[2]
                .split()
            )
        except OSError:
            return "Z", 0
        return fields[0], int(fields[11]) + int(fields[12])


def _fork(main: Callable[[Pipe], None]) -> tuple[int, socket.socket]:
    """Fork with all signals held back, so that none reaches the child while it still has our
    handlers."""
    ours, theirs = socket.socketpair()
    parent, before = os.getpid(), signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", DeprecationWarning
            )  # 3.12 warns of threads; the decision record says why it is safe
            pid = os.fork()
        if pid == 0:
            _live(parent, before, main, Pipe(theirs))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
    return pid, ours


def _live(
    parent: int, mask: set[int | signal.Signals], main: Callable[[Pipe], None], pipe: Pipe
) -> NoReturn:
    code = _FAILED
    try:
        _part_from(parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        main(pipe)
        code = 0
    except BaseException:  # noqa: BLE001 - nothing may leave this frame: it would be the parent's event loop
        traceback.print_exc()
    finally:
        os._exit(code)


def _part_from(parent: int) -> None:
    """Keep nothing of the parent that could act on it: its signal handlers, its wakeup pipe, its
    garbage."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it was gone before we asked
        os._exit(_FAILED)
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is for the parent, which ends us in its own time
    gc.disable()
    gc.freeze()  # whoever collects all the same does not copy the parent's memory by looking at it
