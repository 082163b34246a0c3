"""Edits of the first message of a thread: best effort, one after another, the last state only.

They run beside the posts and never delay, repeat or fail one. What is not edited when the process
ends is edited with the story's next article.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from services.alerting.deliver.channels.answers import Answer, Verdict
from shared.base import metrics
from shared.base.log import get

log = get(__name__)

SPACING_S: Final = 1.25
"""Slack takes about fifty calls of chat.update a minute (tier 3)."""
MAX_PENDING: Final = 500
MAX_TRIES: Final = 3
MAX_WAIT_S: Final = 60.0

Edit = Callable[[bytes], Awaitable[Answer]]
"""Edits a message once."""
Sleep = Callable[[float], Awaitable[None]]


@dataclass(slots=True)
class ParentEdits:
    """The edits that are still to be made, by message; of one message only the last."""

    edit: Edit
    sleep: Sleep = asyncio.sleep
    _pending: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _task: "asyncio.Task[None] | None" = None

    def add(self, message: tuple[str, str], body: bytes) -> None:
        """Edit a message (its address and ``ts``) soon; beyond MAX_PENDING the oldest is left."""
        self._pending.pop(message, None)
        self._pending[message] = body
        if len(self._pending) > MAX_PENDING:
            del self._pending[next(iter(self._pending))]
            metrics.THREAD_EDITS.labels("dropped").inc()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def wait(self) -> None:
        """Wait until all edits are made or given up."""
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while self._pending:
            message = next(iter(self._pending))
            await self._edit_message(message, self._pending.pop(message))
            await self.sleep(SPACING_S)

    async def _edit_message(self, message: tuple[str, str], body: bytes) -> None:
        """Edit one message; a later state of it replaces a failed one."""
        for number in range(MAX_TRIES):
            answer = await self.edit(self._pending.pop(message, body))
            metrics.THREAD_EDITS.labels(str(answer.verdict)).inc()
            if answer.verdict not in (Verdict.UNSENT, Verdict.IN_DOUBT):
                break
            wait = answer.retry_after_s if answer.retry_after_s is not None else 2.0**number
            await self.sleep(min(wait, MAX_WAIT_S))
        if answer.verdict is not Verdict.ACCEPTED:
            log.info("a thread's first message was not edited", answer=answer.detail)
