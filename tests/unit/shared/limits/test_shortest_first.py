"""Small inputs overtake large ones that wait; no turn is lost."""

import asyncio
from contextlib import suppress

from shared.limits.shortest_first import ShortestFirst


async def work(turns: ShortestFirst, size: int, done: list[int]) -> None:
    """Take a turn and note the size."""
    async with turns.turn(size):
        await asyncio.sleep(0)
        done.append(size)


async def test_what_waits_begins_by_its_size() -> None:
    """The first to come begins; of the others the smallest, and equal ones as they came."""
    turns, done = ShortestFirst(1), list[int]()
    await asyncio.gather(*(work(turns, size, done) for size in (900, 800, 5, 70, 5, 6)))
    assert done == [900, 5, 5, 6, 70, 800]


async def test_as_many_run_as_there_are_children() -> None:
    """Never more, and all of them in the end."""
    turns, running, most = ShortestFirst(3), 0, 0

    async def count(size: int) -> None:
        nonlocal running, most
        async with turns.turn(size):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1

    await asyncio.gather(*map(count, range(50)))
    assert (most, turns._free) == (3, 3)


async def test_a_cancelled_wait_loses_no_turn() -> None:
    """Neither while it waits, nor at the moment when its turn comes, nor after an error."""
    turns, done = ShortestFirst(1), list[int]()
    async with turns.turn(0):
        waiting = [asyncio.create_task(work(turns, size, done)) for size in (1, 2, 3)]
        await asyncio.sleep(0)
        waiting[1].cancel()
        await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert (done, turns._free) == ([3], 1)
    with suppress(ZeroDivisionError):
        async with turns.turn(0):
            assert 1 / turns._free  # no turn is free now
    assert turns._free == 1
