"""Child processes with limits of time and memory, for pages that take for ever or eat everything (pebble keeps the pool)."""

import asyncio
import ctypes
import importlib
import multiprocessing
import resource
import signal
import sys
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, Final, TypeVar, cast

from pebble import ProcessExpired, ProcessPool

from shared.outcomes import InvalidMessage

T = TypeVar("T")

_PR_SET_PDEATHSIG: Final = 1
MIB: Final = 1024 * 1024


class Children:
    """A pool of ``workers`` processes; each call may take ``time_limit_s`` seconds and ``memory_limit_mb`` MiB of address space."""

    def __init__(
        self,
        *,
        workers: int,
        time_limit_s: float,
        memory_limit_mb: int,
        preload: str,
        on_killed: Callable[[str], None] = lambda _reason: None,
    ) -> None:
        self.workers, self._time_limit_s, self._memory_limit_mb = workers, time_limit_s, memory_limit_mb
        self._on_killed = on_killed
        self._pool = ProcessPool(max_workers=workers, initializer=_limit, initargs=(memory_limit_mb, preload), context=_context(preload))

    async def start(self) -> None:
        """Start the children now, so that the first page does not wait for them."""
        await asyncio.gather(*(asyncio.wrap_future(self._pool.schedule(_nothing)) for _ in range(self.workers)))

    async def run(self) -> None:
        """The children work when called; nothing to do of their own."""

    async def stop(self) -> None:
        """End all children at once; what they were at has not been committed and will be done again."""
        self._pool.stop()
        await asyncio.to_thread(self._pool.join)

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        """Run ``function`` in a child. InvalidMessage says which limit it broke; its own exceptions come back as they are."""
        future = self._pool.schedule(function, args=args, timeout=self._time_limit_s)
        try:
            return cast("T", await asyncio.wrap_future(future))
        except (FutureTimeoutError, TimeoutError) as error:
            self._on_killed("time")
            raise InvalidMessage(f"took longer than {self._time_limit_s:g} s and was stopped") from error
        except MemoryError as error:
            self._on_killed("memory")
            raise InvalidMessage(f"needed more than {self._memory_limit_mb} MB and was stopped") from error
        except ProcessExpired as error:
            self._on_killed("crash")
            raise InvalidMessage(f"its child process died (exit code {error.exitcode})") from error


def die_with_parent() -> None:
    """Ask Linux to kill this process when its parent is gone, even one that was killed -9; elsewhere a no-op."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _context(preload: str) -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([preload, "shared.isolation"])
    return context


def _limit(memory_limit_mb: int, preload: str) -> None:
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us in its own time
    importlib.import_module(preload)
    resource.setrlimit(resource.RLIMIT_AS, (memory_limit_mb * MIB, memory_limit_mb * MIB))


def _nothing() -> None:
    """The task of a warm-up."""
