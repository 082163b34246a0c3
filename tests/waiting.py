"""Wait in tests until something holds, at most so long: only a failure takes all of it."""

import asyncio
import time
from collections.abc import Callable


async def wait_until(event: str, holds: Callable[[], object], *, deadline_s: float) -> None:
    """Return once it holds; AssertionError with the event at the deadline."""
    deadline = time.monotonic() + deadline_s
    while not holds():
        assert time.monotonic() < deadline, f"{event}: not within {deadline_s} s"
        await asyncio.sleep(0.02)
