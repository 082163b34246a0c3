"""The record of a message that follows from no other record. Pure."""

from shared.kafka.transaction import Write
from shared.messages import codec, headers
from shared.messages.schemas import Message


def build_record(
    topic: str,
    key: bytes,
    message: Message | None,
    *,
    ce_source: str,
    now_ms: int,
    partition: int | None = None,
) -> Write:
    """Build the record; None is a tombstone, which has no headers.

    ``topic`` is the cluster's name, ``ce_source`` who writes it, ``now_ms`` the time in Unix ms.
    Without a ``partition`` the key decides.
    """
    if message is None:
        return Write(topic, key, None, partition=partition)
    value = codec.encode(message)
    outgoing = headers.build_outgoing(
        (),
        value=value,
        ce_type=f"{type(message).__name__}.v1",
        ce_source=ce_source,
        checkpoint=None,
        now_ms=now_ms,
    )
    return Write(topic, key, value, outgoing, partition=partition)
