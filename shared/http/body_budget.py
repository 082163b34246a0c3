"""A budget for the bodies that a client holds, so that many large ones do not fill the memory.

Beyond it only the oldest body grows, and the others wait, and their deadlines with them: so bodies
of any size get through, one after the other, and a server that sends little holds little.
"""

import asyncio
from typing import Final

FREE_BYTES: Final = 256 * 1024
"""Of each body; most feeds and pages are smaller and never wait."""


class BodyBudget:
    """Counts the bytes of bodies beyond FREE_BYTES of each, in the order in which they began."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes, self.held_bytes = max_bytes, 0
        self._sizes, self._begun = dict[int, int](), 0
        self._freed = asyncio.Event()

    def begin(self) -> int:
        """Begin a body and return its number."""
        self._begun += 1
        self._sizes[self._begun] = -FREE_BYTES
        return self._begun

    def try_to_grow(self, body: int, size: int) -> bool:
        """Let a body grow by so many bytes if it may do so now, and return whether it did."""
        before = self._sizes[body]
        growth = max(before + size, 0) - max(before, 0)
        if growth and not self._has_room(body, growth):
            return False
        self._sizes[body] = before + size
        self.held_bytes += growth
        return True

    async def grow(self, body: int, size: int) -> None:
        """Let a body grow by so many bytes as soon as it may."""
        while not self.try_to_grow(body, size):
            await self._freed.wait()

    def end(self, body: int) -> None:
        """Free what a body holds."""
        self.held_bytes -= max(self._sizes.pop(body), 0)
        self._freed.set()
        self._freed = asyncio.Event()

    def _has_room(self, body: int, growth: int) -> bool:
        """Return whether a body may grow; the oldest that holds anything always may."""
        if self.held_bytes + growth <= self._max_bytes:
            return True
        return body == next(each for each, size in self._sizes.items() if size > 0 or each == body)


class BodyShare:
    """What one body takes of a budget, for as long as this object exists.

    A response keeps it beside its body: nobody has to remember that it must be freed.
    """

    def __init__(self, budget: BodyBudget) -> None:
        self._budget, self._body = budget, budget.begin()

    def __del__(self) -> None:
        """Free the share."""
        self._budget.end(self._body)

    def try_to_grow(self, size: int) -> bool:
        """Let the body grow by so many bytes if it may do so now, and return whether it did."""
        return self._budget.try_to_grow(self._body, size)

    async def grow(self, size: int) -> None:
        """Let the body grow by so many bytes as soon as it may."""
        await self._budget.grow(self._body, size)
