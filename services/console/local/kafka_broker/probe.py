"""Whether a broker answers: one Kafka Metadata request by hand, because a port opens long before the broker serves."""

import socket
import struct
from typing import Final

METADATA: Final = 3
VERSION: Final = 1
CORRELATION: Final = 7
TIMEOUT_S: Final = 2.0
_CLIENT: Final = b"summitwire"
REQUEST: Final = (
    struct.pack(">hhih", METADATA, VERSION, CORRELATION, len(_CLIENT))
    + _CLIENT
    + struct.pack(">i", 0)
)
"""Metadata v1 that asks for no topic; an int32 of its length goes before it on the wire. https://kafka.apache.org/protocol"""


def brokers_in(answer: bytes) -> int:
    """How many live brokers a Metadata v1 answer (without its length) names; ValueError where it is no such answer."""
    if len(answer) < struct.calcsize(">ii"):
        raise ValueError("an answer of Kafka's is longer")
    correlation, brokers = struct.unpack_from(">ii", answer)
    if correlation != CORRELATION:
        raise ValueError("not an answer to our request")
    return int(brokers)


def is_broker_up(host: str, port: int) -> bool:
    """Whether a broker there answers requests and counts itself as alive."""
    try:
        with socket.create_connection((host, port), TIMEOUT_S) as connection:
            connection.sendall(struct.pack(">i", len(REQUEST)) + REQUEST)
            (length,) = struct.unpack(">i", _exactly(connection, 4))
            return brokers_in(_exactly(connection, min(length, 1 << 16))) > 0
    except (OSError, ValueError):
        return False


def _exactly(connection: socket.socket, count: int) -> bytes:
    received = b""
    while len(received) < count:
        part = connection.recv(count - len(received))
        if not part:
            raise ConnectionError("closed before the answer was complete")
        received += part
    return received
