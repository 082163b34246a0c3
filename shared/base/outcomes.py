"""How a step may end besides returning a value: drop the message, reject it, or ask for a retry.

Nothing else leaves a step.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Drop:
    """An expected end: the message goes no further, for ``reason``. It is counted, not kept."""

    reason: StrEnum


class InvalidMessage(Exception):  # noqa: N818 - an outcome, named for what the message is
    """The message can never be processed: it becomes a dead letter.

    The text says what is wrong and where; it never holds a secret.
    """


class LimitExceeded(InvalidMessage):
    """The message broke a limit of CPU time or memory, or ended its process.

    The text says which.
    """


class Retryable(Exception):  # noqa: N818 - an outcome, named for what the stage does
    """Something outside is not ready: the stage pauses the partition and retries the message."""
