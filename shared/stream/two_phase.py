"""Work in two steps, where hostile input can be slow and keyed state wants order: prepared in children side by side, settled here in turn."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from shared.base.outcomes import Drop, Retryable
from shared.limits.careful_batch import CallResult
from shared.limits.process_pool import PoolBroken, ProcessPool
from shared.limits.record_limits import DEFAULT_LIMITS, LimitedSteps, RecordLimits
from shared.stream import work
from shared.stream.state_store import StateStore
from shared.stream.work import (
    DeadLettered,
    HandlerResult,
    NotStarted,
    Outcome,
    Processed,
    Retry,
    outcome_from_error,
    run_careful_batch,
    run_handler,
)

T = TypeVar("T")
Call = Callable[..., Awaitable[Any]]
"""Runs a function with these arguments in a child process (Children.call)."""
Prepare = Callable[[bytes | None], T | Drop]
Finalise = Callable[[bytes | None, T, StateStore, Call], Coroutine[Any, Any, HandlerResult]]


@dataclass(frozen=True, slots=True)
class _Prepared(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class TwoPhaseWork(Generic[T]):
    """``prepare`` runs in a child with limits of time and memory, for as many records at once as there are children; ``settle`` runs in
    this process, record by record in their order, sees what the ones before it changed, and may call a child again.

    A record that fails in either step changes no state, and its neighbours do not notice. What settling calls goes before what is still
    to be prepared, so that nobody waits behind a whole batch.
    """

    prepare: Prepare[T]
    finalise: Finalise[T]
    pool: ProcessPool
    limits: RecordLimits = DEFAULT_LIMITS
    """Of settling; the children have their own."""
    _slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_slots", asyncio.Semaphore(self.pool.workers))

    async def run(self, values: Sequence[bytes | None], state: StateStore) -> list[Outcome]:
        """One ending a value. Nothing is begun after the batch's time; what was prepared then has as much again to be settled in."""
        deadline = asyncio.get_running_loop().time() + work.BUDGET_S
        async with self._all_prepared(values, deadline) as preparing:
            endings = await self._in_turn(values, preparing, state, deadline + work.BUDGET_S)
            await asyncio.gather(*preparing)
        return endings + [NotStarted()] * (len(values) - len(endings))

    async def run_carefully(
        self, values: Sequence[bytes | None], state: StateStore
    ) -> list[Outcome]:
        """As ``run``, with a child of this process's own that settles; it asks us for the calls that it wants made."""
        deadline = asyncio.get_running_loop().time() + work.BUDGET_S
        async with self._all_prepared(values, deadline) as preparing:
            prepared = await asyncio.gather(*preparing)

        def work_on(number: int, ask: Call) -> Outcome:
            ready = prepared[number]
            return (
                self._settled_at_once(values[number], ready.value, state, ask)
                if isinstance(ready, _Prepared)
                else ready
            )

        count = next(
            (number for number, end in enumerate(prepared) if isinstance(end, NotStarted)),
            len(prepared),
        )
        endings = await run_careful_batch(count, work_on, state, self.limits, self._serve)
        return endings + [NotStarted()] * (len(values) - len(endings))

    @asynccontextmanager
    async def _all_prepared(
        self, values: Sequence[bytes | None], deadline: float
    ) -> "AsyncIterator[list[asyncio.Task[_Prepared[T] | Outcome]]]":
        preparing = [asyncio.create_task(self._prepared(value, deadline)) for value in values]
        try:
            yield preparing
        finally:
            for task in preparing:
                task.cancel()

    def _settled_at_once(
        self, value: bytes | None, prepared: T, state: StateStore, ask: Call
    ) -> Outcome:
        """In the careful child, which does nothing else meanwhile: the coroutine never waits, because ``ask`` does not."""

        def settled(_value: bytes | None) -> HandlerResult:
            with state.all_or_nothing():
                outcome: HandlerResult = self.limits.call(
                    _finish, self.finalise(value, prepared, state, ask)
                )
                return outcome

        return run_handler(settled, value)

    async def _serve(self, function: Callable[..., Any], *args: Any) -> CallResult:
        try:
            return CallResult(await self.pool.call(function, *args))
        except PoolBroken:
            raise  # no record's fault: the process leaves
        except Exception as error:  # noqa: BLE001 - it comes back to the record that asked
            return CallResult(error=error)

    async def _in_turn(
        self,
        values: Sequence[bytes | None],
        preparing: Sequence["asyncio.Task[_Prepared[T] | Outcome]"],
        state: StateStore,
        deadline: float,
    ) -> list[Outcome]:
        """The endings up to the first record that has to come again."""
        endings: list[Outcome] = []
        for value, task in zip(values, preparing, strict=True):
            found = await task
            if endings and asyncio.get_running_loop().time() > deadline:
                break
            endings.append(
                await self._settled(value, found.value, state)
                if isinstance(found, _Prepared)
                else found
            )
            if isinstance(endings[-1], Retry | NotStarted):
                break
            await asyncio.sleep(0)  # heartbeats, probes and the other partitions come in between
        return endings

    async def _prepared(self, value: bytes | None, deadline: float) -> "_Prepared[T] | Outcome":
        async with self._slots:
            if asyncio.get_running_loop().time() > deadline:
                return NotStarted()
            outcome = await _ended(self.pool.call(self.prepare, value))
        return outcome if isinstance(outcome, Drop | DeadLettered | Retry) else _Prepared(outcome)

    async def _settled(self, value: bytes | None, prepared: T, state: StateStore) -> Outcome:
        async def settled() -> HandlerResult:
            with state.all_or_nothing():
                return await LimitedSteps(
                    self.finalise(value, prepared, state, self.pool.call), self.limits
                )

        outcome = await _ended(settled())
        return outcome if isinstance(outcome, Drop | DeadLettered | Retry) else Processed(outcome)


def _finish(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    coroutine.close()
    raise RuntimeError("settling waits for something else than its call")


async def _ended(step: Awaitable[T]) -> T | DeadLettered | Retry:
    """What the step comes to, its errors as endings."""
    try:
        return await step
    except Retryable as cause:
        return Retry(str(cause))
    except PoolBroken:
        raise  # no record's fault: the process leaves
    except Exception as error:  # noqa: BLE001 - as in work.ending()
        return outcome_from_error(error)
