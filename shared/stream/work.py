"""Process the records of a batch, with or without keyed state: one outcome for each record.

Handlers run in this process; two_phase.py prepares records in child processes.
"""

import asyncio
import functools
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

import msgspec

from shared.base.outcomes import Drop, Retryable
from shared.limits.careful_batch import CarefulBatch, Serve, WorkOn
from shared.limits.record_limits import DEFAULT_LIMITS, RecordLimits
from shared.stream.output import Output
from shared.stream.state_store import StateStore

BUDGET_S: Final = 2.0
"""A batch starts no further record after this time; what it did not start is fetched again. It
bounds how long a rebalance waits."""
TURN_S: Final = 0.05
"""How long a batch keeps the event loop: heartbeats, probes and other partitions get their turn in
between."""
STACKTRACE_BYTES: Final = 8_192
MESSAGE_CHARACTERS: Final = 1_000


class Processed(msgspec.Struct, frozen=True):
    """The record was processed, with these outputs."""

    outputs: Sequence[Output]


@dataclass(frozen=True, slots=True)
class DeadLettered:
    """The record can never be processed: the error's class, message and stack trace.

    ``small``: its dead letter was too large for its topic and must be cut.
    """

    error: str
    message: str
    stacktrace: str = ""
    small: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """Something outside is not ready: this record and all after it must be processed again."""

    cause: str


@dataclass(frozen=True, slots=True)
class NotStarted:
    """The batch's time was over before this record's turn."""


HandlerResult = Sequence[Output] | Drop
Outcome = Processed | Drop | DeadLettered | Retry | NotStarted
Handler = Callable[[bytes | None], HandlerResult]
StatefulHandler = Callable[[bytes | None, StateStore], HandlerResult]


class Work(Protocol):
    """Processes the values of a batch, in order."""

    async def run(self, values: Sequence[bytes | None], state: StateStore) -> list[Outcome]:
        """Return one outcome for each value.

        Those after ``Retry`` or ``NotStarted`` do not count.
        """


@runtime_checkable
class CarefulWork(Work, Protocol):
    """Work that can also run in a child process.

    A record that kills its process then kills only the child.
    """

    async def run_carefully(
        self, values: Sequence[bytes | None], state: StateStore
    ) -> list[Outcome]:
        """Do what ``run`` does; slower, and safe whatever a record does to its process."""


def outcome_from_error(error: BaseException) -> DeadLettered:
    """Describe an error for a dead letter.

    A bug in our code ends here too, with its stack trace, and does not stop other records.
    """
    trace = "".join(traceback.format_exception(error)).encode("utf-8", "replace")
    return DeadLettered(
        type(error).__name__,
        _text(error)[:MESSAGE_CHARACTERS] or type(error).__name__,
        trace[-STACKTRACE_BYTES:].decode("utf-8", "ignore"),
    )


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - even an error without a text must not stop other records
        return f"{type(error).__name__} without a readable text"


def run_handler(handler: Handler, value: bytes | None) -> Outcome:
    """Call the handler and return the outcome, whatever it raises."""
    try:
        result = handler(value)
    except Retryable as error:
        return Retry(str(error))
    except KeyboardInterrupt:
        raise  # the user's, not the record's
    except BaseException as error:  # noqa: BLE001 - not even sys.exit() may affect other records
        return outcome_from_error(error)
    return result if isinstance(result, Drop) else Processed(result)


def _prepare_nothing() -> None:
    """Do nothing: the handler needs no preparation."""


@dataclass(frozen=True, slots=True)
class InProcessWork:
    """Runs a stateless handler in this process, each record within the limits.

    ``prepare`` is called before each turn. It is for work that belongs to no record, so that it
    does not count against one's limits.
    """

    handler: Handler
    limits: RecordLimits = DEFAULT_LIMITS
    prepare: Callable[[], None] = _prepare_nothing

    async def run(
        self,
        values: Sequence[bytes | None],
        state: StateStore,  # noqa: ARG002 - stateless
    ) -> list[Outcome]:
        """Return one outcome for each value."""
        return await _run_in_turns(values, self._processor(), self.limits, self.prepare)

    async def run_carefully(
        self, values: Sequence[bytes | None], state: StateStore
    ) -> list[Outcome]:
        """Return one outcome for each value, from a child process."""
        self.prepare()
        process = self._processor()
        return await run_careful_batch(
            len(values), lambda number, _ask: process(values[number]), state, self.limits
        )

    def _processor(self) -> Callable[[bytes | None], Outcome]:
        return functools.partial(run_handler, functools.partial(self.limits.call, self.handler))


@dataclass(frozen=True, slots=True)
class StatefulWork:
    """Runs a handler that reads and changes keyed state; a record that fails changes nothing.

    ``prepare`` is called before each turn, as in InProcessWork.
    """

    handler: StatefulHandler
    limits: RecordLimits = DEFAULT_LIMITS
    prepare: Callable[[], None] = _prepare_nothing

    async def run(self, values: Sequence[bytes | None], state: StateStore) -> list[Outcome]:
        """Return one outcome for each value; each sees the changes of those before it."""
        return await _run_in_turns(values, self._processor(state), self.limits, self.prepare)

    async def run_carefully(
        self, values: Sequence[bytes | None], state: StateStore
    ) -> list[Outcome]:
        """Return one outcome for each value, from a child process, and apply the state changes."""
        self.prepare()
        process = self._processor(state)
        return await run_careful_batch(
            len(values), lambda number, _ask: process(values[number]), state, self.limits
        )

    def _processor(self, state: StateStore) -> Callable[[bytes | None], Outcome]:
        def handle(value: bytes | None) -> HandlerResult:
            return state.attempt(lambda: self.limits.call(self.handler, value, state))

        return functools.partial(run_handler, handle)


async def run_careful_batch(
    count: int,
    work_on: WorkOn,
    state: StateStore,
    limits: RecordLimits,
    serve: Serve | None = None,
) -> list[Outcome]:
    """Return one outcome for each of ``count`` records, which ``work_on`` processes in a child."""
    batch = CarefulBatch(
        count=count,
        work_on=work_on,
        state=state,
        limits=limits,
        condemn=outcome_from_error,
        is_last=lambda outcome: isinstance(outcome, Retry),
        deadline=time.monotonic() + BUDGET_S,
        serve=serve,
    )
    outcomes: list[Outcome] = await batch.run()
    return outcomes + [NotStarted()] * (count - len(outcomes))


async def _run_in_turns(
    values: Sequence[bytes | None],
    process: Callable[[bytes | None], Outcome],
    limits: RecordLimits,
    prepare: Callable[[], None],
) -> list[Outcome]:
    """Return the outcomes up to the first record to retry; the event loop runs between turns."""
    deadline = time.monotonic() + BUDGET_S
    outcomes: list[Outcome] = []
    while True:
        prepare()
        with limits.turn():
            is_over = _run_turn(values, process, outcomes, deadline)
        if is_over:
            return outcomes + [NotStarted()] * (len(values) - len(outcomes))
        await asyncio.sleep(0)


def _run_turn(
    values: Sequence[bytes | None],
    process: Callable[[bytes | None], Outcome],
    outcomes: list[Outcome],
    deadline: float,
) -> bool:
    """Add outcomes for TURN_S; return whether the batch has ended."""
    turn_end = time.monotonic() + TURN_S
    for value in values[len(outcomes) :]:
        outcomes.append(process(value))
        now = time.monotonic()
        if isinstance(outcomes[-1], Retry) or now > deadline:
            return True
        if now > turn_end:
            break
    return len(outcomes) == len(values)
