"""How a stage's records are worked on: in this process, also with keyed state (settling.py: in limited children). Each record gets one ending."""

import asyncio
import functools
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, runtime_checkable

import msgspec

from shared.base.outcomes import Drop, InvalidMessage, Retryable
from shared.kafka.topics import HEADROOM_BYTES, Topic, find_topic
from shared.limits.careful_batch import CarefulBatch, Serve, WorkOn
from shared.limits.record_limits import DEFAULT_LIMITS, RecordLimits
from shared.messages import codec
from shared.stream.state_store import StateStore

BUDGET_S: Final = 2.0
"""A batch begins no further record after this long; what it did not begin is fetched again. Bounds how long a rebalance waits."""
TURN_S: Final = 0.05
"""How long a batch keeps the event loop to itself: heartbeats, probes and the other partitions come in between."""
STACKTRACE_BYTES: Final = 8_192
MESSAGE_CHARACTERS: Final = 1_000


class Output(msgspec.Struct, frozen=True):
    """One record to write: its topic's name in the table, its key and its bytes; InvalidMessage where the topic would refuse its size."""

    topic: str
    key: bytes
    value: bytes

    def __post_init__(self) -> None:
        size, limit = len(self.key) + len(self.value), _limit(self.topic)
        if size > limit:
            raise InvalidMessage(
                f"what follows from it is {size} bytes, and {self.topic} takes {limit} at most"
            )


class Processed(msgspec.Struct, frozen=True):
    """The record was processed; these records follow from it."""

    outputs: Sequence[Output]


@dataclass(frozen=True, slots=True)
class DeadLettered:
    """The record can never be processed: the error's class, what it says and where it was raised.

    ``small``: its dead letter did not fit where it should, and is cut.
    """

    error: str
    message: str
    stacktrace: str = ""
    small: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """Something outside is not ready: this record and all after it must be tried again."""

    cause: str


@dataclass(frozen=True, slots=True)
class NotStarted:
    """The batch's time was over before this record's turn came."""


HandlerResult = Sequence[Output] | Drop
Outcome = Processed | Drop | DeadLettered | Retry | NotStarted
Handler = Callable[[bytes | None], HandlerResult]
StatefulHandler = Callable[[bytes | None, StateStore], HandlerResult]


class Work(Protocol):
    """Runs a handle over the values of a batch, in order."""

    async def run(self, values: Sequence[bytes | None], state: StateStore) -> list[Outcome]:
        """One ending a value. After ``Again`` and ``NotBegun`` nothing counts."""


@runtime_checkable
class CarefulWork(Work, Protocol):
    """Work that can also be done in a child process, where a record that ends its process ends only the child."""

    async def run_carefully(
        self, values: Sequence[bytes | None], state: StateStore
    ) -> list[Outcome]:
        """Do as ``run`` does; slower, and whatever a record does to its process."""


@functools.cache
def _limit(topic: str) -> int:
    return find_topic(topic).max_message_bytes - HEADROOM_BYTES


def output(topic: Topic, message: Any) -> Output:
    """The message as a record of its topic, keyed as the table says; InvalidMessage where the topic would refuse its size."""
    return Output(topic.name, str(getattr(message, topic.key)).encode(), codec.encode(message))


def outcome_from_error(error: BaseException) -> DeadLettered:
    """What a dead letter tells of an error; a bug in our code ends here too, with its trace, and stops nobody else."""
    trace = "".join(traceback.format_exception(error))
    return DeadLettered(
        type(error).__name__,
        _text(error)[:MESSAGE_CHARACTERS] or type(error).__name__,
        trace.encode("utf-8", "replace")[-STACKTRACE_BYTES:].decode("utf-8", "ignore"),
    )


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - an error that cannot even be told must not stop its neighbours
        return f"{type(error).__name__} without a readable text"


def run_handler(handle: Handler, value: bytes | None) -> Outcome:
    """Call the handle and name how it ended."""
    try:
        outcome = handle(value)
    except Retryable as cause:
        return Retry(str(cause))
    except KeyboardInterrupt:
        raise  # the user's, not the record's
    except BaseException as error:  # noqa: BLE001 - whatever a record provokes, sys.exit() too, its neighbours must not notice
        return outcome_from_error(error)
    return outcome if isinstance(outcome, Drop) else Processed(outcome)


def nothing_to_prepare() -> None:
    """Where a handle is ready as it is."""


@dataclass(frozen=True, slots=True)
class InProcessWork:
    """For handles that are quick on most input; what is not breaks the limits of its record.

    ``prepare`` does before each turn what is no record's work, so that it counts against none.
    """

    handler: Handler
    limits: RecordLimits = DEFAULT_LIMITS
    prepare: Callable[[], None] = nothing_to_prepare

    async def run(self, values: Sequence[bytes | None], state: StateStore) -> list[Outcome]:  # noqa: ARG002 - stateless
        """One ending a value."""
        return await _in_turns(values, self._end(), self.limits, self.prepare)

    async def run_carefully(
        self, values: Sequence[bytes | None], state: StateStore
    ) -> list[Outcome]:
        """One ending a value, from a child."""
        self.prepare()
        end = self._end()
        return await run_careful_batch(
            len(values), lambda number, _ask: end(values[number]), state, self.limits
        )

    def _end(self) -> Callable[[bytes | None], Outcome]:
        return functools.partial(run_handler, functools.partial(self.limits.call, self.handler))


@dataclass(frozen=True, slots=True)
class StatefulWork:
    """For handles that read and change keyed state; a record that fails changes nothing."""

    handler: StatefulHandler
    limits: RecordLimits = DEFAULT_LIMITS

    async def run(self, values: Sequence[bytes | None], state: StateStore) -> list[Outcome]:
        """One ending a value; each sees what the ones before it changed."""
        return await _in_turns(values, self._end(state), self.limits, nothing_to_prepare)

    async def run_carefully(
        self, values: Sequence[bytes | None], state: StateStore
    ) -> list[Outcome]:
        """One ending a value, from a child, and the state that they changed."""
        end = self._end(state)
        return await run_careful_batch(
            len(values), lambda number, _ask: end(values[number]), state, self.limits
        )

    def _end(self, state: StateStore) -> Callable[[bytes | None], Outcome]:
        return functools.partial(
            run_handler,
            lambda value: state.attempt(lambda: self.limits.call(self.handler, value, state)),
        )


async def run_careful_batch(
    count: int, work_on: WorkOn, state: StateStore, limits: RecordLimits, serve: Serve | None = None
) -> list[Outcome]:
    """One ending for each of ``count`` records, which ``work_on`` works on in a child (careful.py)."""
    batch = CarefulBatch(
        count=count,
        work_on=work_on,
        state=state,
        limits=limits,
        condemn=outcome_from_error,
        is_last=lambda end: isinstance(end, Retry),
        deadline=time.monotonic() + BUDGET_S,
        serve=serve,
    )
    endings: list[Outcome] = await batch.run()
    return endings + [NotStarted()] * (count - len(endings))


async def _in_turns(
    values: Sequence[bytes | None],
    end: Callable[[bytes | None], Outcome],
    limits: RecordLimits,
    prepare: Callable[[], None],
) -> list[Outcome]:
    """The endings up to the first record that has to come again; the event loop goes round between turns."""
    deadline = time.monotonic() + BUDGET_S
    endings: list[Outcome] = []
    while True:
        prepare()
        with limits.turn():
            over = _turn(values, end, endings, deadline)
        if over:
            return endings + [NotStarted()] * (len(values) - len(endings))
        await asyncio.sleep(0)


def _turn(
    values: Sequence[bytes | None],
    end: Callable[[bytes | None], Outcome],
    endings: list[Outcome],
    deadline: float,
) -> bool:
    """Add endings for TURN_S; whether no more are to come."""
    turn_ends = time.monotonic() + TURN_S
    for value in values[len(endings) :]:
        endings.append(end(value))
        now = time.monotonic()
        if isinstance(endings[-1], Retry) or now > deadline:
            return True
        if now > turn_ends:
            break
    return len(endings) == len(values)
