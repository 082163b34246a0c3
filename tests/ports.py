"""Ports for tests to listen on. Each xdist worker hands out ports of a range of its own, so two workers never hand out the same one."""

import os
import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

FIRST: Final = 20_000
"""Linux takes the ports of outgoing connections from 32768 up: none of those below is taken by chance."""
PER_WORKER: Final = 1_500
WORKERS: Final = 8


def free_port() -> int:
    """Return a port of this machine that nobody listens on, and that no other test gets, also once its server has ended."""
    return free_ports(1)


def free_ports(count: int) -> int:
    """Return the first of ``count`` ports in a row that nobody listens on."""
    while not _can_listen(ports := [next(_PORTS) for _ in range(count)]):
        pass
    return ports[0]


def _can_listen(ports: list[int]) -> bool:
    if ports != list(range(ports[0], ports[0] + len(ports))):  # it went round in the middle
        return False
    try:
        with ExitStack() as stack:
            for port in ports:
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def _cycle() -> Iterator[int]:
    """Yield this worker's ports round and round, from a random one on: two runs of the tests may go on at once."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first, step = FIRST + worker % WORKERS * PER_WORKER, random.randrange(PER_WORKER)
    while True:
        yield first + step
        step = (step + 1) % PER_WORKER


_PORTS: Final = _cycle()
