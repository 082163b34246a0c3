"""Limit the CPU time and the memory of a handler that processes a record in this process.

A Python handler is stopped softly: a timer over the main thread's CPU time ticks, and the signal
handler raises inside the handler once the record's time is over. Code that never returns to the
interpreter cannot be stopped that way: a second timer ends the process at HARD_FACTOR times the
limit, and the partition's next owner finds out which record it was (shared/limits/trial_child.py).
Memory is limited by the address space, which the kernel refuses to extend.

Timers are armed once a turn and only the current record is noted, so that a record costs less than
a microsecond.
"""

import gc
import os
import resource
import signal
import time
import traceback
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Generic, Self, TypeVar

from shared.base.outcomes import LimitExceeded
from shared.base.settings import ServiceSettings
from shared.limits.cpu_timer import CpuTimer, is_supported

T = TypeVar("T")

MIB: Final = 1024 * 1024
TICKS: Final = 10
"""Ticks per limit; a record is stopped at most two ticks late, never early."""
HARD_FACTOR: Final = 2.0


class _OutOfTime(BaseException):
    """Raised inside a handler whose time is over.

    Not an Exception, so that the handler's own ``except Exception`` does not catch it.
    """


@dataclass(slots=True)
class _Call:
    """The current call; a process has at most one, because handlers run in its main thread."""

    is_running: bool = False
    limit_s: float = 0.0
    since: float | None = None


@dataclass(frozen=True, slots=True)
class _Timers:
    """The process's two timers."""

    soft: CpuTimer
    hard: CpuTimer

    def arm(self, limit_s: float) -> None:
        self.soft.arm(limit_s / TICKS, limit_s / TICKS)
        self.hard.arm(limit_s * HARD_FACTOR)

    def disarm(self) -> None:
        self.soft.disarm()
        self.hard.disarm()


_CALL: Final = _Call()
_TIMERS: Final[dict[int, _Timers]] = {}
"""By process id: a fork does not inherit timers."""


@dataclass(frozen=True, slots=True)
class RecordLimits:
    """The limits of a record: CPU seconds, and MiB of address space beyond what its process has."""

    cpu_s: float = 5.0
    memory_mb: int = 512

    @classmethod
    def from_settings(cls, settings: ServiceSettings) -> Self:
        """Return the limits in a service's settings."""
        return cls(settings.item_time_limit_s, settings.item_memory_limit_mb)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Limit the calls in this block, which must not await.

        It has no effect on systems without such limits.
        """
        if not is_supported():
            yield
            return
        timers, before = _timers(), resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (self._address_limit(before[0]), before[1]))
        timers.arm(self.cpu_s)
        try:
            yield
        finally:
            timers.disarm()
            resource.setrlimit(resource.RLIMIT_AS, before)

    def call(self, function: Callable[..., T], *args: Any, since: float | None = None) -> T:
        """Call ``function`` within a turn; LimitExceeded says which limit it broke.

        ``since`` is the thread's CPU time from which the call counts; without it, the first tick
        notes it.
        """
        _CALL.since, _CALL.limit_s, _CALL.is_running = since, self.cpu_s, True
        try:
            return function(*args)
        except _OutOfTime as error:
            _CALL.is_running = False
            raise LimitExceeded(cpu_cause(self.cpu_s)) from error
        except MemoryError as error:
            _CALL.is_running = False
            self._release_memory(error)
            raise LimitExceeded(memory_cause(self.memory_mb)) from error
        finally:
            _CALL.is_running = False

    def once(self, function: Callable[..., T], *args: Any) -> T:
        """Call ``function`` in a turn of its own."""
        with self.turn():
            return self.call(function, *args)

    def _release_memory(self, error: MemoryError) -> None:
        """Free what the handler has allocated.

        How long that takes depends on the process, so it counts against no record.
        """
        if is_supported():
            _timers().hard.disarm()
        traceback.clear_frames(error.__traceback__)  # or the traceback would keep the memory
        gc.collect()
        if is_supported():
            _timers().hard.arm(self.cpu_s * HARD_FACTOR)

    def _address_limit(self, before: int) -> int:
        limit = address_space() + self.memory_mb * MIB
        return limit if before == resource.RLIM_INFINITY else min(limit, before)


DEFAULT_LIMITS: Final = RecordLimits()


@dataclass(frozen=True, slots=True)
class LimitedSteps(Generic[T]):
    """Await a coroutine whose steps share the limits.

    What it awaits in between, a child's call for example, does not count.
    """

    coroutine: Coroutine[Any, Any, T]
    limits: RecordLimits

    def __await__(self) -> Generator[Any, Any, T]:
        """Drive the coroutine, each step in a turn of its own."""
        spent_s, step = 0.0, partial(self.coroutine.send, None)
        while True:
            started = time.thread_time()
            with self.limits.turn():
                try:
                    awaitable = self.limits.call(step, since=started - spent_s)
                except StopIteration as end:
                    value: T = end.value
                    return value
            spent_s += time.thread_time() - started
            try:
                step = partial(self.coroutine.send, (yield awaitable))
            except BaseException as error:  # noqa: BLE001 - the coroutine handles cancellation too
                step = partial(self.coroutine.throw, error)


def cpu_cause(cpu_s: float) -> str:
    """Return the text of a dead letter whose record used up its CPU time."""
    return f"took more than {cpu_s:g} s of CPU time and was stopped"


def memory_cause(memory_mb: int) -> str:
    """Return the text of a dead letter whose record used up its memory."""
    return f"needed more than {memory_mb} MB and was stopped"


def address_space() -> int:
    """Return the bytes of address space that this process has now.

    0 if the system does not say: then the memory limit is that of the whole process.
    """
    try:
        statm = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(statm, 32).split()[0]) * resource.getpagesize()
    finally:
        os.close(statm)


def _timers() -> _Timers:
    """Return this process's timers; its first turn creates them."""
    if os.getpid() not in _TIMERS:
        signal.signal(signal.SIGPROF, _tick)
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
        _TIMERS.clear()
        _TIMERS[os.getpid()] = _Timers(CpuTimer(signal.SIGPROF), CpuTimer(signal.SIGVTALRM))
    return _TIMERS[os.getpid()]


def _tick(_signal: int, _frame: object) -> None:
    """Stop the current call if its time is over; outside a call a tick means nothing."""
    if not _CALL.is_running:
        return
    now = time.thread_time()
    if _CALL.since is None:
        _CALL.since = now
    elif now - _CALL.since > _CALL.limit_s:
        raise _OutOfTime
