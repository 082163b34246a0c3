"""How CPU time grows with the length of a text, which shows that no text can block a partition.

CPU time of the thread is measured, and calls are not counted: slow code was always slow inside C
(changing the case of a line, building a set, copying a slice, a backtracking pattern), where
counting calls or lines shows nothing. There is no limit in seconds. A text and one four times as
long are measured in turn in the same process, with garbage collection off, and only their ratio
is judged: 4 if time is proportional to length, 16 if it is quadratic. A busy machine slows both;
each time is the least of several runs, and a ratio above the bound is measured again.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import thread_time
from typing import Final

from tests.hostile_texts import Shape

TIMES_LONGER: Final = 4
MOST_TIMES_SLOWER: Final = 7.5
"""Time that grows with length to the power of 1.45."""
_SHORT: Final = 32_000
_UNSEEN_S: Final = 0.008
"""About two ticks of the clock. Anything faster has no meaningful ratio, and even quadratic growth
would then take a fifteenth of a second at 200 KB.
"""
_TRIES: Final = 6
_LONGEST_S: Final = 1.0
"""A text that takes longer is measured once: no interruption lasts so long."""

Run = Callable[[], object]


def slowdown(run_of: Callable[[str], Run], shape: Shape, length: int = _SHORT) -> float:
    """Return how many times longer a four times longer text takes; 0 if both are too quick to tell.

    ``run_of`` makes a callable from a text; its run is measured.
    """
    short, long = run_of(shape.text(length)), run_of(shape.text(TIMES_LONGER * length))
    with _without_collecting():
        first, second = _seconds(short), _seconds(long)
        for _ in range(_TRIES):
            if second <= max(_UNSEEN_S, MOST_TIMES_SLOWER * first) or second > _LONGEST_S:
                break
            first, second = min(first, _seconds(short)), min(second, _seconds(long))
    return second / first if second > _UNSEEN_S else 0.0


def _seconds(run: Run) -> float:
    started = thread_time()
    run()
    return thread_time() - started


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Switch garbage collection off: when it runs depends on what ran before."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
