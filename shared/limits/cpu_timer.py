"""CPU timers of the main thread: POSIX timers, which Python's signal module lacks.

A timer signals the main thread after it has used so much CPU time. ``signal.setitimer`` counts
every thread of the process: a helper thread that compiles for 20 s would count against the current
record.
"""

import ctypes
import signal
import sys
import threading
from typing import Final

_CLOCK_THREAD_CPUTIME_ID: Final = 3
_SIGEV_THREAD_ID: Final = 4
_NANOSECONDS: Final = 1_000_000_000
_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_HAS_TIMERS: Final = sys.platform == "linux" and hasattr(_LIBC, "timer_create")


class _SignalEvent(ctypes.Structure):
    """Linux's ``struct sigevent``: 64 bytes on systems with 8-byte pointers."""

    _fields_ = (
        ("value", ctypes.c_void_p),
        ("signal", ctypes.c_int),
        ("notify", ctypes.c_int),
        ("thread_id", ctypes.c_int),
        ("padding", ctypes.c_byte * 48),
    )


class _TimerSpec(ctypes.Structure):
    """``struct itimerspec``: interval and first expiry, each as seconds and nanoseconds."""

    _fields_ = (
        ("interval_s", ctypes.c_long),
        ("interval_ns", ctypes.c_long),
        ("first_s", ctypes.c_long),
        ("first_ns", ctypes.c_long),
    )


class CpuTimer:
    """A timer over the CPU time of the thread that creates it; a fork does not inherit it."""

    def __init__(self, number: signal.Signals) -> None:
        self._timer = ctypes.c_void_p()
        thread = threading.get_native_id()
        event = _SignalEvent(signal=number, notify=_SIGEV_THREAD_ID, thread_id=thread)
        result = _LIBC.timer_create(
            _CLOCK_THREAD_CPUTIME_ID, ctypes.byref(event), ctypes.byref(self._timer)
        )
        if result != 0:
            raise OSError(ctypes.get_errno(), "timer_create failed")

    def arm(self, first_s: float, interval_s: float = 0.0) -> None:
        """Signal after ``first_s`` seconds of CPU time, then every ``interval_s``.

        With an interval of 0 it signals only once.
        """
        spec = _TimerSpec(*_split(interval_s), *_split(first_s))
        _LIBC.timer_settime(self._timer, 0, ctypes.byref(spec), None)

    def disarm(self) -> None:
        """Stop signalling."""
        _LIBC.timer_settime(self._timer, 0, ctypes.byref(_TimerSpec()), None)


def is_supported() -> bool:
    """Return whether this thread can have CPU timers: the main thread of a Linux process can."""
    return _HAS_TIMERS and threading.current_thread() is threading.main_thread()


def _split(seconds: float) -> tuple[int, int]:
    return divmod(round(seconds * _NANOSECONDS), _NANOSECONDS)
