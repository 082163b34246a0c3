"""How a step may end besides returning a value: go no further, be invalid, or be tried again. Nothing else leaves a step."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Drop:
    """An expected end: this message goes no further, and why. It is counted by ``reason``, not kept."""

    reason: StrEnum


class InvalidMessage(Exception):  # noqa: N818 - an ending of a step, named for what the message is
    """This message can never be processed: it becomes a dead letter. The text says what is wrong and where; never a secret."""


class LimitExceeded(InvalidMessage):
    """This message broke a limit of CPU time or memory, or ended the process that worked on it. The text says which."""


class Retryable(Exception):  # noqa: N818 - an ending of a step, named for what the stage does with it
    """Something outside is not ready: the stage pauses the partition and tries the same message again."""
