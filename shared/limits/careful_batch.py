"""Work on a batch carefully: in a child process, record by record, so that a record which ends its
process ends only the child.

The child reports each ending before it begins the next record, so it is always clear in which one
it died. A record whose CPU time was over is condemned at once. Any other death may have come from
outside, a kill for one, and a child that sleeps may wait for a lock that a thread held at the fork:
then the record is tried once more, alone, and condemned only if that child ends in the same way.
"""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from shared.base.exits import describe_exit
from shared.base.log import get
from shared.base.outcomes import LimitExceeded
from shared.limits.record_limits import RecordLimits, cpu_cause
from shared.limits.trial_child import Pipe, TrialChild
from shared.stream.state_store import StateStore

log = get(__name__)

STALL_FACTOR: Final = 6.0
LONGEST_STALL_S: Final = 30.0
"""A child that sleeps for so many times the CPU limit, at most so long, without any CPU time,
hangs. One that wants to run never does."""
LOOKS: Final = 20
"""So often is a child looked at until it is held to hang."""


Ask = Callable[..., Awaitable[Any]]
"""Runs a function with these arguments in another process; the child asks its parent to."""
WorkOn = Callable[[int, Ask], Any]
"""Works on the record of this number, in the child; its ending."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """A record's ending, with the state that it changed."""

    ending: Any
    changes: dict[bytes, bytes | None]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call that the child cannot make itself."""

    function: Callable[..., Any]
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Over:
    """The child begins no further record."""


class _Left(Enum):
    """How a child has left."""

    OVER, DIED, HUNG = range(3)


@dataclass(frozen=True, slots=True)
class CallResult:
    """What a call came to: a value, or what it raised."""

    value: Any = None
    error: Exception | None = None


Serve = Callable[..., Awaitable[CallResult]]
"""Makes a call for the child; what it raises is no answer, and ends the batch."""


@dataclass(slots=True, kw_only=True)
class CarefulBatch:
    """A batch of ``count`` records. ``is_last`` says after which ending no further record is begun;
    so does ``deadline``, of time.monotonic."""

    count: int
    work_on: WorkOn
    state: StateStore
    limits: RecordLimits
    condemn: Callable[[LimitExceeded], Any]
    is_last: Callable[[Any], bool]
    deadline: float
    serve: Serve | None = None
    endings: list[Any] = field(default_factory=list)
    _serves: bool = field(init=False, default=False)

    async def run(self) -> list[Any]:
        """Give the endings up to the record that was begun last: at least one."""
        suspect: int | None = None
        while not self._is_over():
            first = len(self.endings)
            cause, certain = await self._try(first, first + 1 if suspect == first else self.count)
            if not cause:
                continue
            dead_in = len(self.endings)
            if certain or suspect == dead_in:
                self.endings.append(self.condemn(LimitExceeded(cause)))
            else:
                suspect = dead_in
                log.warning(
                    "a record may have ended its process; it is tried once more, alone", cause=cause
                )
        return self.endings

    @property
    def _stall_s(self) -> float:
        return min(LONGEST_STALL_S, self.limits.cpu_s * STALL_FACTOR)

    def _is_over(self) -> bool:
        if not self.endings:
            return self.count == 0
        return (
            len(self.endings) == self.count
            or self.is_last(self.endings[-1])
            or time.monotonic() > self.deadline
        )

    async def _try(self, first: int, end: int) -> tuple[str, bool]:
        """Have a child work on these records. Of which cause it died, if it did; whether the record
        was the cause for certain."""
        child = await TrialChild.start(lambda pipe: self._in_child(pipe, first, end))
        try:
            left = await self._listen(child)
        except BaseException:
            child.kill()
            raise
        finally:
            code = child.end()
        if left is _Left.OVER:
            return "", False
        if left is _Left.HUNG:
            return f"did nothing for {self._stall_s:g} s and was stopped", False
        if code == -signal.SIGVTALRM:
            return cpu_cause(self.limits.cpu_s), True
        return f"ended its process ({describe_exit(code)})", False

    async def _listen(self, child: TrialChild) -> _Left:
        """Take what the child reports until it leaves."""
        over, self._serves = False, False
        watching = asyncio.create_task(self._kill_if_hung(child))
        try:
            while True:
                message = await child.receive()
                if isinstance(message, _Ended):
                    self._take(message)
                elif isinstance(message, _Asked):
                    child.send(await self._answer(message))
                else:
                    over = True
        except EOFError:
            hung = watching.done()
            return _Left.OVER if over else _Left.HUNG if hung else _Left.DIED
        finally:
            watching.cancel()

    def _take(self, ended: _Ended) -> None:
        for key, value in ended.changes.items():
            self.state.set(key, value)
        self.endings.append(ended.ending)

    async def _kill_if_hung(self, child: TrialChild) -> None:
        """Return once the child has slept for too long, and was killed for it. While it waits for
        an answer of ours it may sleep."""
        before, asleep = ("", 0, 0), 0
        while asleep < LOOKS:
            await asyncio.sleep(self._stall_s / LOOKS)
            now = (*child.activity(), len(self.endings))
            asleep = asleep + 1 if now == before and now[0] in "SD" and not self._serves else 0
            before = now
        child.kill()

    async def _answer(self, asked: _Asked) -> CallResult:
        assert self.serve is not None  # noqa: S101 - who has none cannot be asked
        self._serves = True
        try:
            return await self.serve(asked.function, *asked.args)
        finally:
            self._serves = False

    def _in_child(self, pipe: Pipe, first: int, end: int) -> None:
        async def ask(function: Callable[..., Any], *args: Any) -> Any:
            pipe.send(_Asked(function, args))
            answer = pipe.receive()
            if answer.error is not None:
                raise answer.error
            return answer.value

        for number in range(first, end):
            before = dict(self.state.changes)
            with self.limits.turn():
                ending = self.work_on(number, ask)
            changes = {
                key: value
                for key, value in self.state.changes.items()
                if key not in before or before[key] is not value
            }
            pipe.send(_Ended(ending, changes))
            if self.is_last(ending) or time.monotonic() > self.deadline:
                break
        pipe.send(_Over())
