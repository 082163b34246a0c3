"""Limit the CPU time and the memory of a handle that works on a record in this process.

A handle in Python is stopped softly: a timer over the main thread's CPU time ticks, and the signal
handler raises inside the handle once the record's time is over. Code that never returns to the
interpreter cannot be stopped so: a second timer ends the process at HARD_FACTOR times the limit,
and the partition's next owner finds out which record it was (shared/limits/trial_child.py). Memory is
limited by the address space, which the kernel refuses to extend.

Timers are armed once a turn and only the record at hand is noted, so that a record costs less than
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
"""So many ticks make a limit; a record is stopped at most two ticks late, never early."""
HARD_FACTOR: Final = 2.0


class _OutOfTime(BaseException):
    """Raised inside a handle whose time is over; no Exception, so that its own ``except Exception``
    does not catch it."""


@dataclass(slots=True)
class _Call:
    """The call under way; a process has at most one, because handles run in its main thread."""

    running: bool = False
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
"""By process id: a fork inherits none."""


@dataclass(frozen=True, slots=True)
class RecordLimits:
    """What a record may take: seconds of CPU time, and MiB of address space beyond what its process
    has."""

    cpu_s: float = 5.0
    memory_mb: int = 512

    @classmethod
    def from_settings(cls, settings: ServiceSettings) -> Self:
        """Take the limits from a service's settings."""
        return cls(settings.item_time_limit_s, settings.item_memory_limit_mb)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Limit the calls in this block, which must not await; without effect where the system has
        no such limits."""
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
        _CALL.since, _CALL.limit_s, _CALL.running = since, self.cpu_s, True
        try:
            return function(*args)
        except _OutOfTime as error:
            _CALL.running = False
            raise LimitExceeded(cpu_cause(self.cpu_s)) from error
        except MemoryError as error:
            _CALL.running = False
            self._release(error)
            raise LimitExceeded(f"needed more than {self.memory_mb} MB and was stopped") from error
        finally:
            _CALL.running = False

    def once(self, function: Callable[..., T], *args: Any) -> T:
        """Call ``function`` in a turn of its own."""
        with self.turn():
            return self.call(function, *args)

    def _release(self, error: MemoryError) -> None:
        """Free what the handle has allocated. How long that takes depends on the process, so it counts against no record."""
        if is_supported():
            _timers().hard.disarm()
        traceback.clear_frames(error.__traceback__)  # or the trace would keep it
        gc.collect()
        if is_supported():
            _timers().hard.arm(self.cpu_s * HARD_FACTOR)

    def _address_limit(self, before: int) -> int:
        wanted = address_space() + self.memory_mb * MIB
        return wanted if before == resource.RLIM_INFINITY else min(wanted, before)


DEFAULT_LIMITS: Final = RecordLimits()


@dataclass(frozen=True, slots=True)
class LimitedSteps(Generic[T]):
    """Await a coroutine whose steps share the limits; what it awaits meanwhile, a child's call for
    one, counts nothing."""

    coroutine: Coroutine[Any, Any, T]
    limits: RecordLimits

    def __await__(self) -> Generator[Any, Any, T]:
        """Drive the coroutine, each step in a turn of its own."""
        spent_s, step = 0.0, partial(self.coroutine.send, None)
        while True:
            started = time.thread_time()
            with self.limits.turn():
                try:
                    awaited = self.limits.call(step, since=started - spent_s)
                except StopIteration as end:
                    value: T = end.value
                    return value
            spent_s += time.thread_time() - started
            try:
                step = partial(self.coroutine.send, (yield awaited))
            except BaseException as error:  # noqa: BLE001 - also a cancellation is the coroutine's to handle
                step = partial(self.coroutine.throw, error)


def cpu_cause(cpu_s: float) -> str:
    """Say that the CPU time was over, as every dead letter says it."""
    return f"took more than {cpu_s:g} s of CPU time and was stopped"


def address_space() -> int:
    """Bytes of address space that this process has now; 0 where the system does not say (then the
    limit is the whole)."""
    try:
        statm = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(statm, 32).split()[0]) * resource.getpagesize()
    finally:
        os.close(statm)


def _timers() -> _Timers:
    """Make this process's timers at its first turn."""
    if os.getpid() not in _TIMERS:
        signal.signal(signal.SIGPROF, _tick)
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
        _TIMERS.clear()
        _TIMERS[os.getpid()] = _Timers(CpuTimer(signal.SIGPROF), CpuTimer(signal.SIGVTALRM))
    return _TIMERS[os.getpid()]


def _tick(_signal: int, _frame: object) -> None:
    """Stop the call under way if its time is over; outside a call a tick means nothing."""
    if not _CALL.running:
        return
    now = time.thread_time()
    if _CALL.since is None:
        _CALL.since = now
    elif now - _CALL.since > _CALL.limit_s:
        raise _OutOfTime
