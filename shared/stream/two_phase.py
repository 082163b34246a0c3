"""Work in two steps, where hostile input can be slow and keyed state wants order: prepared in children side by side, settled here in turn."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from shared.base.outcomes import Drop, Retryable
from shared.limits.careful_batch import Answer
from shared.limits.process_pool import Children, PoolBroken
from shared.limits.record_limits import DEFAULT_LIMITS, LimitedSteps, RecordLimits
from shared.stream import work
from shared.stream.state_store import State
from shared.stream.work import Again, Dead, Done, Ending, NotBegun, Outcome, carefully, dead, ending

T = TypeVar("T")
Call = Callable[..., Awaitable[Any]]
"""Runs a function with these arguments in a child process (Children.call)."""
Prepare = Callable[[bytes | None], T | Drop]
Settle = Callable[[bytes | None, T, State, Call], Coroutine[Any, Any, Outcome]]


@dataclass(frozen=True, slots=True)
class _Prepared(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class PreparedInChildren(Generic[T]):
    """``prepare`` runs in a child with limits of time and memory, for as many records at once as there are children; ``settle`` runs in
    this process, record by record in their order, sees what the ones before it changed, and may call a child again.

    A record that fails in either step changes no state, and its neighbours do not notice. What settling calls goes before what is still
    to be prepared, so that nobody waits behind a whole batch.
    """

    prepare: Prepare[T]
    settle: Settle[T]
    children: Children
    limits: RecordLimits = DEFAULT_LIMITS
    """Of settling; the children have their own."""
    _slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_slots", asyncio.Semaphore(self.children.workers))

    async def run(self, values: Sequence[bytes | None], state: State) -> list[Ending]:
        """One ending a value. Nothing is begun after the batch's time; what was prepared then has as much again to be settled in."""
        deadline = asyncio.get_running_loop().time() + work.BUDGET_S
        async with self._all_prepared(values, deadline) as preparing:
            endings = await self._in_turn(values, preparing, state, deadline + work.BUDGET_S)
            await asyncio.gather(*preparing)
        return endings + [NotBegun()] * (len(values) - len(endings))

    async def run_carefully(self, values: Sequence[bytes | None], state: State) -> list[Ending]:
        """As ``run``, with a child of this process's own that settles; it asks us for the calls that it wants made."""
        deadline = asyncio.get_running_loop().time() + work.BUDGET_S
        async with self._all_prepared(values, deadline) as preparing:
            prepared = await asyncio.gather(*preparing)

        def work_on(number: int, ask: Call) -> Ending:
            ready = prepared[number]
            return self._settled_at_once(values[number], ready.value, state, ask) if isinstance(ready, _Prepared) else ready

        count = next((number for number, end in enumerate(prepared) if isinstance(end, NotBegun)), len(prepared))
        endings = await carefully(count, work_on, state, self.limits, self._serve)
        return endings + [NotBegun()] * (len(values) - len(endings))

    @asynccontextmanager
    async def _all_prepared(self, values: Sequence[bytes | None], deadline: float) -> "AsyncIterator[list[asyncio.Task[_Prepared[T] | Ending]]]":
        preparing = [asyncio.create_task(self._prepared(value, deadline)) for value in values]
        try:
            yield preparing
        finally:
            for task in preparing:
                task.cancel()

    def _settled_at_once(self, value: bytes | None, prepared: T, state: State, ask: Call) -> Ending:
        """In the careful child, which does nothing else meanwhile: the coroutine never waits, because ``ask`` does not."""

        def settled(_value: bytes | None) -> Outcome:
            with state.all_or_nothing():
                outcome: Outcome = self.limits.call(_finish, self.settle(value, prepared, state, ask))
                return outcome

        return ending(settled, value)

    async def _serve(self, function: Callable[..., Any], *args: Any) -> Answer:
        try:
            return Answer(await self.children.call(function, *args))
        except PoolBroken:
            raise  # no record's fault: the process leaves
        except Exception as error:  # noqa: BLE001 - it comes back to the record that asked
            return Answer(error=error)

    async def _in_turn(
        self, values: Sequence[bytes | None], preparing: Sequence["asyncio.Task[_Prepared[T] | Ending]"], state: State, deadline: float
    ) -> list[Ending]:
        """The endings up to the first record that has to come again."""
        endings: list[Ending] = []
        for value, task in zip(values, preparing, strict=True):
            found = await task
            if endings and asyncio.get_running_loop().time() > deadline:
                break
            endings.append(await self._settled(value, found.value, state) if isinstance(found, _Prepared) else found)
            if isinstance(endings[-1], Again | NotBegun):
                break
            await asyncio.sleep(0)  # heartbeats, probes and the other partitions come in between
        return endings

    async def _prepared(self, value: bytes | None, deadline: float) -> "_Prepared[T] | Ending":
        async with self._slots:
            if asyncio.get_running_loop().time() > deadline:
                return NotBegun()
            outcome = await _ended(self.children.call(self.prepare, value))
        return outcome if isinstance(outcome, Drop | Dead | Again) else _Prepared(outcome)

    async def _settled(self, value: bytes | None, prepared: T, state: State) -> Ending:
        async def settled() -> Outcome:
            with state.all_or_nothing():
                return await LimitedSteps(self.settle(value, prepared, state, self.children.call), self.limits)

        outcome = await _ended(settled())
        return outcome if isinstance(outcome, Drop | Dead | Again) else Done(outcome)


def _finish(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    coroutine.close()
    raise RuntimeError("settling waits for something else than its call")


async def _ended(step: Awaitable[T]) -> T | Dead | Again:
    """What the step comes to, its errors as endings."""
    try:
        return await step
    except Retryable as cause:
        return Again(str(cause))
    except PoolBroken:
        raise  # no record's fault: the process leaves
    except Exception as error:  # noqa: BLE001 - as in work.ending()
        return dead(error)
