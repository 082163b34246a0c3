"""Child processes with limits of CPU time and memory, for pages that take for ever or eat
everything (pebble keeps the pool).

The limit is CPU time, so that a busy machine never stops an honest page: the kernel counts it and
ends the child, also inside C code. """

import asyncio
import fcntl
import importlib
import logging
import multiprocessing
import multiprocessing.connection
import os
import pickle
import resource
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import pebble

from shared.base.exits import describe_exit
from shared.base.outcomes import LimitExceeded
from shared.limits.record_limits import MIB, address_space, cpu_cause

T = TypeVar("T")

_EXIT_MEMORY: Final = 71
"""sysexits.h's EX_OSERR: how a child says that its memory was used up."""
LONGEST_WAIT_S: Final = 60.0
WAIT_FACTOR: Final = 12
"""A call may last at least LONGEST_WAIT_S, and this many times its CPU time, on the wall clock:
only a child that waits for ever takes so long."""


class PoolBroken(Exception):  # noqa: N818 - a state of the pool, not the fault of what was called
    """The children cannot be reached or started. No call can succeed any more: the process must
    leave."""


class ChildError(Exception):
    """Stands for an error of a child that cannot leave it as it is; the text names its class."""


@dataclass(frozen=True, slots=True)
class _Returned(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class _Raised:
    error: Exception
    trace: str


class ProcessPool:
    """A pool of ``workers`` processes; each call may take ``time_limit_s`` seconds of CPU time and
    ``memory_limit_mb`` MiB beyond what a fresh child has. ``wait_limit_s`` ends a call by the wall
    clock, for a child that sleeps or hangs; by default it is far longer.

    ``preload`` names a module that loads all that the calls will need, once: children are forked
    from the process that did. ``on_killed`` hears why a child was ended: time, memory, wait or
    crash. """

    def __init__(
        self,
        *,
        workers: int,
        time_limit_s: float,
        memory_limit_mb: int,
        preload: str,
        wait_limit_s: float | None = None,
        on_killed: Callable[[str], None] = lambda _reason: None,
    ) -> None:
        self.workers, self._time_limit_s, self._memory_limit_mb, self._preload = (
            workers,
            time_limit_s,
            memory_limit_mb,
            preload,
        )
        self._wait_limit_s = wait_limit_s or max(LONGEST_WAIT_S, WAIT_FACTOR * time_limit_s)
        self._on_killed = on_killed
        self._pool = pebble.ProcessPool(
            max_workers=workers,
            initializer=_limit,
            initargs=(memory_limit_mb, preload),
            context=_context(preload),
        )

    async def start(self) -> None:
        """Start the children now, so that the first page does not wait for them; PoolBroken where
        they cannot be."""
        try:
            # In a thread: the first call waits for the fork server, which may be compiling for a
            # minute before it answers.
            started = await asyncio.to_thread(
                lambda: [self._pool.schedule(_nothing) for _ in range(self.workers)]
            )
            await asyncio.gather(*map(asyncio.wrap_future, started))
        except (BrokenProcessPool, pebble.ProcessExpired) as error:
            raise PoolBroken(
                f"child processes cannot start: does `python -c 'import {self._preload}'` work?"
            ) from error

    async def run(self) -> None:
        """The children work when called; nothing to do of their own."""

    async def stop(self) -> None:
        """End all children at once; what they were at has not been committed and will be done
        again."""
        self._pool.stop()
        await asyncio.to_thread(self._pool.join)

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        """Run ``function`` in a child. LimitExceeded says which limit it broke; its own exceptions
        come back, or as ChildError.

        PoolBroken where no child can be reached, which is nobody's fault who is called.
        """
        ended = await self._in_child(function, args)
        if isinstance(ended, _Raised):
            ended.error.add_note(f"In the child process:\n{ended.trace}")
            raise ended.error
        return ended.value

    async def _in_child(
        self, function: Callable[..., T], args: tuple[Any, ...]
    ) -> _Returned[T] | _Raised:
        try:
            future = self._pool.schedule(
                _guarded, args=(function, args, self._time_limit_s), timeout=self._wait_limit_s
            )
            ended: _Returned[T] | _Raised = await asyncio.wrap_future(future)
        except TimeoutError as error:
            self._on_killed("wait")
            raise LimitExceeded(
                f"did not end within {self._wait_limit_s:g} s on the clock and was stopped"
            ) from error
        except pebble.ProcessExpired as error:
            raise self._died(error.exitcode) from error
        except (
            BrokenProcessPool,
            RuntimeError,
            OSError,
        ) as error:  # a RuntimeError is how pebble refuses work
            raise PoolBroken(f"child processes are gone: {error}") from error
        return ended

    def _died(self, exitcode: int) -> LimitExceeded:
        if exitcode == -signal.SIGPROF:
            self._on_killed("time")
            return LimitExceeded(cpu_cause(self._time_limit_s))
        if exitcode == _EXIT_MEMORY:
            self._on_killed("memory")
            return LimitExceeded(f"needed more than {self._memory_limit_mb} MB and was stopped")
        self._on_killed("crash")
        return LimitExceeded(f"its child process died ({describe_exit(exitcode)})")


def exit_with_caller() -> None:
    """In a child: be killed when the process that calls us is gone, even while we spin inside a
    library.

    What started us is the fork server, which outlives its caller as long as a child runs. So the
    pipe counts that the caller holds open: Linux sends the signal itself when it closes; elsewhere
    a thread does, as soon as Python lets it run. """
    caller = multiprocessing.parent_process()
    if caller is None:
        return
    if sys.platform == "linux":
        pipe = int(caller.sentinel)
        fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(pipe, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    else:
        threading.Thread(target=_follow, args=(caller.sentinel,), daemon=True).start()
    if not caller.is_alive():  # it was gone before we asked
        os.kill(os.getpid(), signal.SIGKILL)


def _follow(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os.kill(os.getpid(), signal.SIGKILL)


def _context(preload: str) -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([preload, "shared.limits.process_pool"])
    return context


def _limit(memory_limit_mb: int, preload: str) -> None:
    exit_with_caller()
    logging.getLogger().addHandler(
        logging.NullHandler()
    )  # a library's remarks on a page: the step's reason says it, and they would pass no gate
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is for the parent, which ends us in its own time
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # what ends a call whose CPU time is over
    signal.signal(
        signal.SIGTERM, signal.SIG_DFL
    )  # a child that spins inside a library would never come round to a handler
    importlib.import_module(preload)
    limit = address_space() + memory_limit_mb * MIB
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _guarded(
    function: Callable[..., T], args: tuple[Any, ...], cpu_s: float
) -> _Returned[T] | _Raised:
    """In the child: what the call came to, as a value that is sure to survive the way back.

    SIGPROF's default action ends the process when its CPU time is over, whatever it is at.
    """
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    try:
        return _outcome(function, args)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)


def _outcome(function: Callable[..., T], args: tuple[Any, ...]) -> _Returned[T] | _Raised:
    try:
        return _Returned(function(*args))
    except MemoryError:
        os._exit(_EXIT_MEMORY)  # what is left of this child's memory belongs to nobody's neighbour
    except Exception as error:  # noqa: BLE001 - it comes back to the caller as it is
        return _Raised(_portable(error), traceback.format_exc())
    except BaseException as error:  # noqa: BLE001 - sys.exit() in a child must not end the parent
        return _Raised(ChildError(f"{type(error).__name__}: {error}"), traceback.format_exc())


def _portable(error: Exception) -> Exception:
    """The error itself, if it can be sent; one that cannot would take the whole pool with it."""
    error.__cause__ = error.__context__ = None
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes, written in the same line
    except Exception:  # noqa: BLE001 - pickling runs the error's own code, which may raise anything
        return ChildError(f"{type(error).__name__}: {error}")
    return error


def _nothing() -> None:
    """The task of a warm-up."""
