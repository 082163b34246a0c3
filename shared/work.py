"""How a stage's records are worked on: in this process, also with keyed state (settling.py: in limited children). Each record gets one ending."""

import asyncio
import functools
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import msgspec

from shared import codec
from shared.outcomes import Drop, InvalidMessage, Retryable
from shared.store import State
from shared.topics import HEADROOM_BYTES, Topic, find

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
            raise InvalidMessage(f"what follows from it is {size} bytes, and {self.topic} takes {limit} at most")


class Done(msgspec.Struct, frozen=True):
    """The record was processed; these records follow from it."""

    outputs: Sequence[Output]


@dataclass(frozen=True, slots=True)
class Dead:
    """The record can never be processed: the error's class, what it says and where it was raised.

    ``small``: its dead letter did not fit where it should, and is cut.
    """

    error: str
    message: str
    stacktrace: str = ""
    small: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """Something outside is not ready: this record and all after it must be tried again."""

    cause: str


@dataclass(frozen=True, slots=True)
class NotBegun:
    """The batch's time was over before this record's turn came."""


Outcome = Sequence[Output] | Drop
Ending = Done | Drop | Dead | Again | NotBegun
Handle = Callable[[bytes | None], Outcome]
HandleWithState = Callable[[bytes | None, State], Outcome]


class Work(Protocol):
    """Runs a handle over the values of a batch, in order."""

    async def run(self, values: Sequence[bytes | None], state: State) -> list[Ending]:
        """One ending a value. After ``Again`` and ``NotBegun`` nothing counts."""


@functools.cache
def _limit(topic: str) -> int:
    return find(topic).max_message_bytes - HEADROOM_BYTES


def output(topic: Topic, message: Any) -> Output:
    """The message as a record of its topic, keyed as the table says; InvalidMessage where the topic would refuse its size."""
    return Output(topic.name, str(getattr(message, topic.key)).encode(), codec.encode(message))


def dead(error: BaseException) -> Dead:
    """What a dead letter tells of an error; a bug in our code ends here too, with its trace, and stops nobody else."""
    trace = "".join(traceback.format_exception(error))
    return Dead(
        type(error).__name__,
        _text(error)[:MESSAGE_CHARACTERS] or type(error).__name__,
        trace.encode("utf-8", "replace")[-STACKTRACE_BYTES:].decode("utf-8", "ignore"),
    )


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - an error that cannot even be told must not stop its neighbours
        return f"{type(error).__name__} without a readable text"


def ending(handle: Handle, value: bytes | None) -> Ending:
    """Call the handle and name how it ended."""
    try:
        outcome = handle(value)
    except Retryable as cause:
        return Again(str(cause))
    except Exception as error:  # noqa: BLE001 - whatever a record provokes, its neighbours must not notice
        return dead(error)
    return outcome if isinstance(outcome, Drop) else Done(outcome)


@dataclass(frozen=True, slots=True)
class InProcess:
    """For handles that are quick on any input."""

    handle: Handle

    async def run(self, values: Sequence[bytes | None], state: State) -> list[Ending]:  # noqa: ARG002 - stateless
        """One ending a value."""
        return await _in_turn(values, self.handle)


@dataclass(frozen=True, slots=True)
class WithState:
    """For handles that read and change keyed state; a record that fails changes nothing."""

    handle: HandleWithState

    async def run(self, values: Sequence[bytes | None], state: State) -> list[Ending]:
        """One ending a value; each sees what the ones before it changed."""
        return await _in_turn(values, lambda value: state.attempt(lambda: self.handle(value, state)))


async def _in_turn(values: Sequence[bytes | None], handle: Handle) -> list[Ending]:
    clock = time.monotonic
    started = turn = clock()
    endings: list[Ending] = []
    for value in values:
        endings.append(ending(handle, value))
        if isinstance(endings[-1], Again) or clock() - started > BUDGET_S:
            break
        if clock() - turn > TURN_S:
            await asyncio.sleep(0)
            turn = clock()
    return endings + [NotBegun()] * (len(values) - len(endings))
