"""A budget for the bodies that a client receives, so that many large ones do not fill the memory.

Beyond it only the oldest body grows, and the others wait within their deadlines: so bodies of any
size get through, one after the other, and a server that sends little holds little.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

FREE_BYTES: Final = 256 * 1024
"""Of each body; most feeds and pages are smaller and never wait."""


class BodyBudget:
    """Counts the bytes of bodies that are being received, beyond FREE_BYTES of each."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes, self.held_bytes = max_bytes, 0
        self._bodies = dict[object, int]()
        self._released = asyncio.Event()

    @contextmanager
    def receive(self) -> Iterator[object]:
        """Begin a body, which is named by the object that is yielded, and release it at the end."""
        body = object()
        self._bodies[body] = -FREE_BYTES
        try:
            yield body
        finally:
            self.held_bytes -= max(self._bodies.pop(body), 0)
            self._released.set()
            self._released = asyncio.Event()

    async def grow(self, body: object, size: int) -> None:
        """Wait until a body may grow by so many bytes."""
        before = self._bodies[body]
        growth = max(before + size, 0) - max(before, 0)
        while growth and self.held_bytes + growth > self._max_bytes and not self._is_oldest(body):
            await self._released.wait()
        self._bodies[body] = before + size
        self.held_bytes += growth

    def _is_oldest(self, body: object) -> bool:
        """Return whether no older body holds anything."""
        return body is next(each for each, size in self._bodies.items() if size > 0 or each is body)
