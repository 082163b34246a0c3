"""A record that processing leads to: its topic, key and value. Child processes build them, too."""

import functools
from typing import Any

import msgspec

from shared.base.outcomes import InvalidMessage
from shared.kafka.topics import HEADROOM_BYTES, Topic, find_topic
from shared.messages import codec


class Output(msgspec.Struct, frozen=True):
    """A record to write: its topic's name in the table, its key and its value.

    InvalidMessage if it is larger than the topic allows.
    """

    topic: str
    key: bytes
    value: bytes

    def __post_init__(self) -> None:
        size, limit = len(self.key) + len(self.value), _max_output_bytes(self.topic)
        if size > limit:
            raise InvalidMessage(
                f"its output is {size} bytes, and {self.topic} takes {limit} at most"
            )


@functools.cache
def _max_output_bytes(topic: str) -> int:
    return find_topic(topic).max_message_bytes - HEADROOM_BYTES


def output(topic: Topic, message: Any) -> Output:
    """Return the message as a record of its topic, keyed as the table of topics says.

    InvalidMessage if it is larger than the topic allows.
    """
    return Output(topic.name, str(getattr(message, topic.key)).encode(), codec.encode(message))
