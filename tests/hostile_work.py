"""What hostile pages do to the process that works on them.

Run as a program it is a parent whose child spins; it prints the child's process id.
"""

import asyncio
import contextlib
import ctypes
import faulthandler
import itertools
import os
import re
import signal
import sys
import time
from enum import StrEnum

from shared.base.outcomes import Drop, InvalidMessage, Retryable
from shared.kafka.topics import ARTICLES_TAGGED
from shared.limits.process_pool import ProcessPool
from shared.stream.output import Output
from shared.stream.work import HandlerResult


class Why(StrEnum):
    DULL = "dull"


class Odd(Exception):  # noqa: N818 - a test's own
    """Cannot be pickled: its constructor takes more than it stores."""

    def __init__(self, _first: int, _second: int) -> None:
        super().__init__("cannot be pickled")


def act(value: bytes | None) -> HandlerResult:
    """End as the value says."""
    match value:
        case b"spin":
            while True:
                pass
        case b"spin in C":
            sum(itertools.repeat(0))
        case b"sleep":
            time.sleep(60)
        case b"eat":
            eaten = []
            while True:
                eaten.append(bytearray(8 * 1024 * 1024))
        case b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"crash":
            faulthandler.disable()  # pytest's, which would fill the screen with a stack for each
            ctypes.string_at(0)
        case b"exit":
            os._exit(3)
        case _:
            return _last(value)
    return []


def _last(value: bytes | None) -> HandlerResult:
    match value:
        case b"work":
            use_cpu(0.4)
        case b"exit well":
            os._exit(0)
        case b"nap":
            time.sleep(1.5)
        case b"regex":
            re.match(r"(a|a)*$", "a" * 40 + "b")
        case b"stubborn":
            _stubborn()
        case _:
            return _raise(value)
    return []


def use_cpu(seconds: float) -> None:
    """Use this much of the thread's CPU time."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def _stubborn() -> None:
    """Spin whatever Exception is raised."""
    while True:
        with contextlib.suppress(Exception):
            use_cpu(60)


def _raise(value: bytes | None) -> HandlerResult:
    match value:
        case b"recurse":
            return _raise(b"recurse")
        case b"odd":
            raise Odd(1, 2)
        case b"leave":
            sys.exit(3)
        case b"invalid":
            raise InvalidMessage("invalid")
        case b"retry":
            raise Retryable("not ready")
        case b"timeout":
            raise TimeoutError("of a library")
        case b"drop":
            return Drop(Why.DULL)
        case _:
            return [Output(ARTICLES_TAGGED.name, value or b"", value or b"")]


async def _parent() -> None:
    children = ProcessPool(
        workers=1, time_limit_s=60.0, memory_limit_mb=400, preload="tests.hostile_work"
    )
    await children.start()
    sys.stdout.write(f"{await children.call(os.getpid)}\n")
    sys.stdout.flush()
    await children.call(act, b"spin")


if __name__ == "__main__":
    asyncio.run(_parent())
