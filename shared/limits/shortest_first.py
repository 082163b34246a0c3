"""Let calls of child processes take turns: of those that wait, the one with the least input first.

Children answer in the order of their queue. So a few large documents that take seconds each would
delay hundreds of small ones, which take milliseconds.
"""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class ShortestFirst:
    """Turns for as many calls at once as there are children."""

    def __init__(self, at_once: int) -> None:
        self._free, self._number = at_once, 0
        self._waiting = list[tuple[int, int, asyncio.Future[None]]]()

    @asynccontextmanager
    async def turn(self, size: int) -> AsyncIterator[None]:
        """Wait for the turn of a call with so many bytes of input, and give it on at the end."""
        await self._acquire(size)
        try:
            yield
        finally:
            self._release()

    async def _acquire(self, size: int) -> None:
        if self._free:
            self._free -= 1
            return
        self._number += 1
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (size, self._number, future))
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self._release()  # the turn came at the same moment
            raise

    def _release(self) -> None:
        while self._waiting:
            future = heapq.heappop(self._waiting)[2]
            if not future.done():
                future.set_result(None)
                return
        self._free += 1
