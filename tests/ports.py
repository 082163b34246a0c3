"""Ports for tests to listen on.

Each pytest-xdist worker has a range of its own, so two workers never pick the same port.
"""

import os
import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

FIRST: Final = 20_000
"""All ranges end below 32768, where Linux begins to take ports for outgoing connections."""
PORTS_PER_WORKER: Final = 1_500
WORKERS: Final = 8


def free_port() -> int:
    """Return a port that nobody listens on.

    No other test gets it for a long time, so a server may end and listen there again.
    """
    return free_ports(1)


def free_ports(count: int) -> int:
    """Return the first of ``count`` consecutive ports that nobody listens on."""
    while not _can_listen(ports := [next(_PORTS) for _ in range(count)]):
        pass
    return ports[0]


def _can_listen(ports: list[int]) -> bool:
    if ports[-1] - ports[0] != len(ports) - 1:  # the range wrapped around in between
        return False
    try:
        with ExitStack() as stack:
            for port in ports:
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def _cycle_ports() -> Iterator[int]:
    """Yield this worker's ports in order, for ever.

    The start is random: two test runs on one machine, which share the ranges, seldom collide.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first, offset = FIRST + worker % WORKERS * PORTS_PER_WORKER, random.randrange(PORTS_PER_WORKER)
    while True:
        yield first + offset
        offset = (offset + 1) % PORTS_PER_WORKER


_PORTS: Final = _cycle_ports()
