"""Whether a broker answers: one hand-made Metadata request to Kafka.

An open port is not enough: it opens long before the broker serves requests.
"""

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
"""A Metadata v1 request for no topics; on the wire its length goes before it, as int32.

https://kafka.apache.org/protocol
"""


def brokers_in(response: bytes) -> int:
    """Return how many live brokers a Metadata v1 response (without its length) names.

    Raises ValueError if it is not such a response.
    """
    if len(response) < struct.calcsize(">ii"):
        raise ValueError("a response of Kafka is longer")
    correlation, brokers = struct.unpack_from(">ii", response)
    if correlation != CORRELATION:
        raise ValueError("not a response to our request")
    return int(brokers)


def is_broker_up(host: str, port: int) -> bool:
    """Return whether a broker there answers requests and counts itself as alive."""
    try:
        with socket.create_connection((host, port), TIMEOUT_S) as connection:
            connection.sendall(struct.pack(">i", len(REQUEST)) + REQUEST)
            (length,) = struct.unpack(">i", _receive(connection, 4))
            return brokers_in(_receive(connection, min(length, 1 << 16))) > 0
    except (OSError, ValueError):
        return False


def _receive(connection: socket.socket, count: int) -> bytes:
    received = b""
    while len(received) < count:
        part = connection.recv(count - len(received))
        if not part:
            raise ConnectionError("closed before the response was complete")
        received += part
    return received
