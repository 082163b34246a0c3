"""A pool of child processes with limits of CPU time and memory, for hostile input.

pebble manages the pool. The time limit counts CPU time, so that a busy machine never stops an
honest page: the kernel measures it and ends the child, even inside C code.
"""

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
from shared.limits.record_limits import MIB, address_space, cpu_cause, memory_cause

T = TypeVar("T")

_EXIT_MEMORY: Final = 71
"""EX_OSERR of sysexits.h: a child exits with it when its memory is used up."""
LONGEST_WAIT_S: Final = 60.0
WAIT_FACTOR: Final = 12
"""A call may last this many times its CPU limit on the wall clock, and at least LONGEST_WAIT_S:
only a child that waits for ever takes so long."""


class PoolBroken(Exception):  # noqa: N818 - a state of the pool, not the fault of what was called
    """The children cannot be reached or started.

    No call can succeed any more: the process must exit.
    """


class ChildError(Exception):
    """Stands in for a child's error that cannot be sent to its parent; the text names its class."""


@dataclass(frozen=True, slots=True)
class _ReturnValue(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class _RaisedError:
    error: Exception
    trace: str


class ProcessPool:
    """A pool of ``workers`` child processes.

    A call may use ``time_limit_s`` seconds of CPU time, and ``memory_limit_mb`` MiB more than a
    fresh child has. ``wait_limit_s`` limits a call by the wall clock, for a child that sleeps or
    hangs; by default it is far longer.

    ``preload`` names a module that loads everything the calls need, once: children are forked from
    the process that has imported it. ``on_killed`` is called with the reason when a child was
    ended: time, memory, wait or crash.
    """

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
        self._started = asyncio.Event()
        self._pool = pebble.ProcessPool(
            max_workers=workers,
            initializer=_set_up_child,
            initargs=(memory_limit_mb, preload),
            context=_context(preload),
        )

    async def start(self) -> None:
        """Start the children now, so that the first call does not wait for them.

        PoolBroken if they cannot be started.
        """
        try:
            # In a thread: the first call waits for the fork server, which may compile for a minute.
            futures = await asyncio.to_thread(
                lambda: [self._pool.schedule(_do_nothing) for _ in range(self.workers)]
            )
            await asyncio.gather(*map(asyncio.wrap_future, futures))
        except (BrokenProcessPool, pebble.ProcessExpired) as error:
            raise PoolBroken(
                f"child processes cannot start: does `python -c 'import {self._preload}'` work?"
            ) from error
        self._started.set()

    async def wait_until_started(self) -> None:
        """Return once ``start`` has: the first start of all compiles for a minute."""
        await self._started.wait()

    async def run(self) -> None:
        """Do nothing: the children work only when called."""

    async def stop(self) -> None:
        """End all children at once; their calls were not committed and will be made again."""
        self._pool.stop()
        await asyncio.to_thread(self._pool.join)

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        """Run ``function`` in a child and return its result.

        LimitExceeded says which limit it broke. Its own exceptions are raised here as they are, or
        as ChildError. PoolBroken if no child can be reached, which is no fault of the function.
        """
        result = await self._run_in_child(function, args)
        if isinstance(result, _RaisedError):
            result.error.add_note(f"In the child process:\n{result.trace}")
            raise result.error
        return result.value

    async def _run_in_child(
        self, function: Callable[..., T], args: tuple[Any, ...]
    ) -> _ReturnValue[T] | _RaisedError:
        try:
            future = self._pool.schedule(
                _run_with_timer,
                args=(function, args, self._time_limit_s),
                timeout=self._wait_limit_s,
            )
            result: _ReturnValue[T] | _RaisedError = await asyncio.wrap_future(future)
        except TimeoutError as error:
            self._on_killed("wait")
            raise LimitExceeded(
                f"did not end within {self._wait_limit_s:g} s on the clock and was stopped"
            ) from error
        except pebble.ProcessExpired as error:
            raise self._death_error(error.exitcode) from error
        except (BrokenProcessPool, RuntimeError, OSError) as error:
            # A RuntimeError is how pebble refuses work.
            raise PoolBroken(f"child processes are gone: {error}") from error
        return result

    def _death_error(self, exitcode: int) -> LimitExceeded:
        if exitcode == -signal.SIGPROF:
            self._on_killed("time")
            return LimitExceeded(cpu_cause(self._time_limit_s))
        if exitcode == _EXIT_MEMORY:
            self._on_killed("memory")
            return LimitExceeded(memory_cause(self._memory_limit_mb))
        self._on_killed("crash")
        return LimitExceeded(f"its child process died ({describe_exit(exitcode)})")


def exit_with_caller() -> None:
    """Let the kernel kill this child when its caller is gone, even while it spins inside a library.

    The child's parent is the fork server, which outlives the caller as long as a child runs. What
    counts is the pipe that the caller holds open: Linux sends the signal itself when it closes;
    elsewhere a thread does, as soon as Python lets it run.
    """
    caller = multiprocessing.parent_process()
    if caller is None:
        return
    if sys.platform == "linux":
        pipe = int(caller.sentinel)
        fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(pipe, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    else:
        threading.Thread(target=_kill_with, args=(caller.sentinel,), daemon=True).start()
    if not caller.is_alive():  # it ended before the calls above
        os.kill(os.getpid(), signal.SIGKILL)


def _kill_with(sentinel: int) -> None:
    """Kill this process when the sentinel's process ends."""
    multiprocessing.connection.wait([sentinel])
    os.kill(os.getpid(), signal.SIGKILL)


def _context(preload: str) -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([preload, "shared.limits.process_pool"])
    return context


def _set_up_child(memory_limit_mb: int, preload: str) -> None:
    exit_with_caller()
    # Libraries' remarks on a page are dropped: the step's reason says it, and no log gate is here.
    logging.getLogger().addHandler(logging.NullHandler())
    # Ctrl-C is for the parent, which then ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # It ends a call whose CPU time is over.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    # A child that spins inside a library would never run a Python handler.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    importlib.import_module(preload)
    limit = address_space() + memory_limit_mb * MIB
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _run_with_timer(
    function: Callable[..., T], args: tuple[Any, ...], cpu_s: float
) -> _ReturnValue[T] | _RaisedError:
    """Return the result of a call in the child, as a value that can be sent to the parent.

    SIGPROF's default action ends the process when its CPU time is over, whatever it is doing.
    """
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    try:
        return _call(function, args)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)


def _call(function: Callable[..., T], args: tuple[Any, ...]) -> _ReturnValue[T] | _RaisedError:
    try:
        return _ReturnValue(function(*args))
    except MemoryError:
        os._exit(_EXIT_MEMORY)  # the state of this child's memory is not to be trusted
    except Exception as error:  # noqa: BLE001 - the caller gets it as it is
        return _RaisedError(_portable(error), traceback.format_exc())
    except BaseException as error:  # noqa: BLE001 - sys.exit() in a child must not end the parent
        return _RaisedError(ChildError(f"{type(error).__name__}: {error}"), traceback.format_exc())


def _portable(error: Exception) -> Exception:
    """Return the error, or a ChildError if it cannot be sent: it would break the whole pool."""
    error.__cause__ = error.__context__ = None
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes, from this very line
    except Exception:  # noqa: BLE001 - pickling runs the error's own code, which may raise anything
        return ChildError(f"{type(error).__name__}: {error}")
    return error


def _do_nothing() -> None:
    """Do nothing: a call that only starts a child."""
