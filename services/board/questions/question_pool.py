"""The child process that answers visitors' questions; it starts when one is about to be asked.

It loads the tagger and the cleaner with their models, which takes seconds of processor time and 300
MB. Most of the time a board only shows alerts, and the cleaner has loaded the same models for
itself: so a board loads them when somebody opens a page that asks questions.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from aiohttp import web

from shared.service.web_server import Handler

T = TypeVar("T")


class Pool(Protocol):
    """What a question pool needs of a ProcessPool."""

    async def start(self) -> None:
        """Start the child processes, and wait until they are ready."""

    async def stop(self) -> None:
        """End all child processes."""

    def call(self, function: Callable[..., T], *args: Any) -> Awaitable[T]:
        """Run the function in a child process."""


class QuestionPool:
    """A ProcessPool that starts on demand; a component of the service."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._start: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Do nothing: the child process starts on demand."""

    async def run(self) -> None:
        """Do nothing: the child process works when it is called."""

    async def stop(self) -> None:
        """End the child process, if it was started."""
        if self._start is None:
            return
        if not self._start.done():  # it ends with this process, and nothing waits for it
            self._start.cancel()
            return
        await self._pool.stop()

    def warm_up(self) -> asyncio.Task[None]:
        """Begin to start the child process, unless it was started; return the task that does.

        A start that failed is tried again.
        """
        if self._start is None or _has_failed(self._start):
            self._start = asyncio.create_task(self._pool.start())
        return self._start

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        """Run the function in the child process, as ``ProcessPool.call`` does.

        Raises PoolBroken if the child process cannot be started.
        """
        await asyncio.shield(self.warm_up())
        return await self._pool.call(function, *args)

    def opening(self, handler: Handler) -> Handler:
        """Return the handler of a page that asks questions: it begins to start the child process.

        It is ready, or nearly, when the visitor has typed a question.
        """

        async def handle(request: web.Request) -> web.StreamResponse:
            self.warm_up()
            return await handler(request)

        return handle


def _has_failed(task: asyncio.Task[None]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
