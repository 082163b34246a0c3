"""Process a batch carefully: record by record in a child process.

A record that kills its process then kills only the child. The child reports each outcome before it
begins the next record, so it is always clear in which one it died. A record that has used up its
CPU time is condemned at once. Any other death may have come from outside, from a kill for example,
and a child that sleeps may wait for a lock that a thread held at the fork: then the record is tried
once more, alone, and condemned only if that child ends in the same way.
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
"""A child hangs if it sleeps for this many times the CPU limit, at most this long, without using
any CPU time. A child that is runnable never does."""
STALL_CHECKS: Final = 20
"""How often a child is checked before it counts as hanging."""


Ask = Callable[..., Awaitable[Any]]
"""Runs a function with these arguments in another process: the child has its parent call it."""
WorkOn = Callable[[int, Ask], Any]
"""Processes the record of this number, in the child, and returns its outcome."""


@dataclass(frozen=True, slots=True)
class _RecordEnd:
    """A record's outcome, with the state that it changed."""

    outcome: Any
    changes: dict[bytes, bytes | None]


@dataclass(frozen=True, slots=True)
class _CallRequest:
    """A call that the child cannot make itself."""

    function: Callable[..., Any]
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Finished:
    """The child begins no further record."""


class _ChildEnd(Enum):
    """How a child has ended."""

    FINISHED, DIED, HUNG = range(3)


@dataclass(frozen=True, slots=True)
class CallResult:
    """The result of a call: a value, or the error that it raised."""

    value: Any = None
    error: Exception | None = None


Serve = Callable[..., Awaitable[CallResult]]
"""Makes a call for the child; an error that it raises itself ends the batch."""


@dataclass(slots=True, kw_only=True)
class CarefulBatch:
    """A batch of ``count`` records.

    No further record is started after an outcome for which ``is_last`` is true, or after
    ``deadline`` (of time.monotonic). ``condemn`` makes the outcome of a record that ended its
    process.
    """

    count: int
    work_on: WorkOn
    state: StateStore
    limits: RecordLimits
    condemn: Callable[[LimitExceeded], Any]
    is_last: Callable[[Any], bool]
    deadline: float
    serve: Serve | None = None
    outcomes: list[Any] = field(default_factory=list)
    _is_serving: bool = field(init=False, default=False)

    async def run(self) -> list[Any]:
        """Return the outcomes up to the last record that was started: at least one."""
        suspect: int | None = None
        while not self._is_over():
            first = len(self.outcomes)
            cause, is_certain = await self._try(
                first, first + 1 if suspect == first else self.count
            )
            if not cause:
                continue
            failed = len(self.outcomes)
            if is_certain or suspect == failed:
                self.outcomes.append(self.condemn(LimitExceeded(cause)))
            else:
                suspect = failed
                log.warning("a record may have ended its process; retrying it alone", cause=cause)
        return self.outcomes

    @property
    def _stall_s(self) -> float:
        return min(LONGEST_STALL_S, self.limits.cpu_s * STALL_FACTOR)

    def _is_over(self) -> bool:
        if not self.outcomes:
            return self.count == 0
        if len(self.outcomes) == self.count or self.is_last(self.outcomes[-1]):
            return True
        return time.monotonic() > self.deadline

    async def _try(self, first: int, end: int) -> tuple[str, bool]:
        """Let a child process these records.

        Return why it died ("" if it did not), and whether the record is certainly to blame.
        """
        child = await TrialChild.start(lambda pipe: self._run_in_child(pipe, first, end))
        try:
            child_end = await self._listen(child)
        except BaseException:
            child.kill()
            raise
        finally:
            code = child.end()
        if child_end is _ChildEnd.FINISHED:
            return "", False
        if child_end is _ChildEnd.HUNG:
            return f"did nothing for {self._stall_s:g} s and was stopped", False
        if code == -signal.SIGVTALRM:
            return cpu_cause(self.limits.cpu_s), True
        return f"ended its process ({describe_exit(code)})", False

    async def _listen(self, child: TrialChild) -> _ChildEnd:
        """Take in what the child reports until it ends."""
        is_finished, self._is_serving = False, False
        watching = asyncio.create_task(self._kill_if_hung(child))
        try:
            while True:
                message = await child.receive()
                if isinstance(message, _RecordEnd):
                    self._add(message)
                elif isinstance(message, _CallRequest):
                    child.send(await self._answer(message))
                else:
                    is_finished = True
        except EOFError:
            if is_finished:
                return _ChildEnd.FINISHED
            return _ChildEnd.HUNG if watching.done() else _ChildEnd.DIED
        finally:
            watching.cancel()

    def _add(self, record: _RecordEnd) -> None:
        for key, value in record.changes.items():
            self.state.set(key, value)
        self.outcomes.append(record.outcome)

    async def _kill_if_hung(self, child: TrialChild) -> None:
        """Return after killing the child because it slept too long.

        While it waits for an answer of ours it may sleep.
        """
        before, idle_checks = ("", 0, 0), 0
        while idle_checks < STALL_CHECKS:
            await asyncio.sleep(self._stall_s / STALL_CHECKS)
            now = (*child.activity(), len(self.outcomes))
            is_idle = now == before and now[0] in "SD" and not self._is_serving
            idle_checks = idle_checks + 1 if is_idle else 0
            before = now
        child.kill()

    async def _answer(self, request: _CallRequest) -> CallResult:
        assert self.serve is not None  # noqa: S101 - without it the child has nothing to call
        self._is_serving = True
        try:
            return await self.serve(request.function, *request.args)
        finally:
            self._is_serving = False

    def _run_in_child(self, pipe: Pipe, first: int, end: int) -> None:
        async def ask(function: Callable[..., Any], *args: Any) -> Any:
            pipe.send(_CallRequest(function, args))
            result = pipe.receive()
            if result.error is not None:
                raise result.error
            return result.value

        for number in range(first, end):
            before = dict(self.state.changes)
            with self.limits.turn():
                outcome = self.work_on(number, ask)
            changes = {
                key: value
                for key, value in self.state.changes.items()
                if key not in before or before[key] is not value
            }
            pipe.send(_RecordEnd(outcome, changes))
            if self.is_last(outcome) or time.monotonic() > self.deadline:
                break
        pipe.send(_Finished())
