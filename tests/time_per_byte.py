"""How processor time grows with a text: what holds that no text holds a partition.

Work is measured in CPU time of the thread, not counted: what was slow was slow inside C (a line asked for its case, a set built, a slice
copied, a pattern that backtracks), where no count of calls or lines sees it. No limit in seconds is set. A text and one four times as
long are measured by turns in the same process, with the collector off, and only their ratio is judged: 4 if time is proportional, 16 if it
grows with the square. A busy machine slows both; each is the least of several runs, and a ratio above the bound is measured again
before it counts.
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
"""Twice a clock's tick or so: of what takes no longer no ratio can be told, and its square at 200 KB is a fifteenth of a second."""
_TRIES: Final = 6
_LONGEST_S: Final = 1.0
"""A text that takes longer is measured once: no interruption lasts so long."""

Run = Callable[[], object]


def slowdown(run_of: Callable[[str], Run], shape: Shape, length: int = _SHORT) -> float:
    """How many times longer a text of the shape takes that is four times as long; 0 if both are too quick to tell.

    ``run_of`` makes of a text what is to be measured.
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
    """Keep the garbage collector off: when it runs depends on what ran before."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
