"""Two-phase work: prepare records in child processes in parallel, finalise them here in order.

It is for input that can be slow or hostile and state that needs order.
"""

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
"""Runs a function with these arguments in a child process (ProcessPool.call)."""
Prepare = Callable[[bytes | None], T | Drop]
Finalise = Callable[[bytes | None, T, StateStore, Call], Coroutine[Any, Any, HandlerResult]]


@dataclass(frozen=True, slots=True)
class _Prepared(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class TwoPhaseWork(Generic[T]):
    """Prepares records in a process pool and finalises them in this process.

    ``prepare`` runs in a child with limits of CPU time and memory, on as many records at once as
    the pool has workers. ``finalise`` runs in this process, one record after another in their
    order: each sees the changes of those before it, and may call a child again.

    A record that fails in either phase changes no state and does not affect others. Calls made
    while finalising go before records that are still to be prepared, so none waits behind a whole
    batch.
    """

    prepare: Prepare[T]
    finalise: Finalise[T]
    pool: ProcessPool
    limits: RecordLimits = DEFAULT_LIMITS
    """Of finalising; the children have their own."""
    _slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_slots", asyncio.Semaphore(self.pool.workers))

    async def run(self, values: Sequence[bytes | None], state: StateStore) -> list[Outcome]:
        """Return one outcome for each value.

        Nothing is started after the time budget; what was prepared by then has as much time again
        to be finalised.
        """
        deadline = asyncio.get_running_loop().time() + work.BUDGET_S
        async with self._preparing(values, deadline) as tasks:
            outcomes = await self._finalise_in_order(values, tasks, state, deadline + work.BUDGET_S)
            await asyncio.gather(*tasks)
        return outcomes + [NotStarted()] * (len(values) - len(outcomes))

    async def run_carefully(
        self, values: Sequence[bytes | None], state: StateStore
    ) -> list[Outcome]:
        """Do what ``run`` does, but finalise in a forked child.

        The child asks this process to make its calls.
        """
        deadline = asyncio.get_running_loop().time() + work.BUDGET_S
        async with self._preparing(values, deadline) as tasks:
            prepared = await asyncio.gather(*tasks)

        def work_on(number: int, ask: Call) -> Outcome:
            ready = prepared[number]
            if not isinstance(ready, _Prepared):
                return ready
            return self._finalise_in_child(values[number], ready.value, state, ask)

        not_started = (number for number, end in enumerate(prepared) if isinstance(end, NotStarted))
        count = next(not_started, len(prepared))
        outcomes = await run_careful_batch(count, work_on, state, self.limits, self._serve)
        return outcomes + [NotStarted()] * (len(values) - len(outcomes))

    @asynccontextmanager
    async def _preparing(
        self, values: Sequence[bytes | None], deadline: float
    ) -> "AsyncIterator[list[asyncio.Task[_Prepared[T] | Outcome]]]":
        tasks = [asyncio.create_task(self._prepare_one(value, deadline)) for value in values]
        try:
            yield tasks
        finally:
            for task in tasks:
                task.cancel()

    async def _prepare_one(self, value: bytes | None, deadline: float) -> "_Prepared[T] | Outcome":
        async with self._slots:
            if asyncio.get_running_loop().time() > deadline:
                return NotStarted()
            result = await _catch(self.pool.call(self.prepare, value))
        return result if isinstance(result, Drop | DeadLettered | Retry) else _Prepared(result)

    async def _finalise_in_order(
        self,
        values: Sequence[bytes | None],
        tasks: Sequence["asyncio.Task[_Prepared[T] | Outcome]"],
        state: StateStore,
        deadline: float,
    ) -> list[Outcome]:
        """Return the outcomes up to the first record that must be processed again."""
        outcomes: list[Outcome] = []
        for value, task in zip(values, tasks, strict=True):
            prepared = await task
            if outcomes and asyncio.get_running_loop().time() > deadline:
                break
            if isinstance(prepared, _Prepared):
                outcomes.append(await self._finalise_one(value, prepared.value, state))
            else:
                outcomes.append(prepared)
            if isinstance(outcomes[-1], Retry | NotStarted):
                break
            await asyncio.sleep(0)  # heartbeats, probes and other partitions get their turn
        return outcomes

    async def _finalise_one(self, value: bytes | None, prepared: T, state: StateStore) -> Outcome:
        async def finalise() -> HandlerResult:
            with state.all_or_nothing():
                steps = self.finalise(value, prepared, state, self.pool.call)
                return await LimitedSteps(steps, self.limits)

        result = await _catch(finalise())
        return result if isinstance(result, Drop | DeadLettered | Retry) else Processed(result)

    def _finalise_in_child(
        self, value: bytes | None, prepared: T, state: StateStore, ask: Call
    ) -> Outcome:
        """Finalise in the careful child, which does nothing else: ``ask`` does not wait."""

        def finalise(_value: bytes | None) -> HandlerResult:
            with state.all_or_nothing():
                steps = self.finalise(value, prepared, state, ask)
                result: HandlerResult = self.limits.call(_run_without_waiting, steps)
                return result

        return run_handler(finalise, value)

    async def _serve(self, function: Callable[..., Any], *args: Any) -> CallResult:
        try:
            return CallResult(await self.pool.call(function, *args))
        except PoolBroken:
            raise  # no record's fault: the process exits
        except Exception as error:  # noqa: BLE001 - returned to the record that called
            return CallResult(error=error)


def _run_without_waiting(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits, and return its result."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    coroutine.close()
    raise RuntimeError("finalising waits for something other than its call")


async def _catch(step: Awaitable[T]) -> T | DeadLettered | Retry:
    """Return the result of the step, or its error as an outcome."""
    try:
        return await step
    except Retryable as error:
        return Retry(str(error))
    except PoolBroken:
        raise  # no record's fault: the process exits
    except Exception as error:  # noqa: BLE001 - as in work.run_handler()
        return outcome_from_error(error)
