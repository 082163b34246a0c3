"""Resolve host names with the operating system, so that a dead name server delays no other host.

The system's call cannot be cancelled and may last half a minute. asyncio would run it on its few
shared threads, where the names of one hostile domain could occupy them all. Here each host that is
being looked up has a thread of its own, and whoever asks for the same host meanwhile shares it.
"""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Final

AT_ONCE: Final = 100
"""Lookups at the same time; a further host counts as one that does not resolve."""
GetAddressInfo = Callable[..., Sequence[Sequence[Any]]]
"""``socket.getaddrinfo``."""


class NameLookups:
    """Looks up host names, each host once at a time."""

    def __init__(self, find: GetAddressInfo = socket.getaddrinfo, at_once: int = AT_ONCE) -> None:
        self._find, self._at_once = find, at_once
        self._running = dict[tuple[str, int], Future[Sequence[str]]]()
        self._lock = threading.Lock()

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """Return a host's addresses, the preferred first; OSError or UnicodeError without any."""
        if is_address(host):
            return (host,)
        return await asyncio.wrap_future(self._share(host, port))

    def _share(self, host: str, port: int) -> Future[Sequence[str]]:
        """Return the lookup of this host that is running, or start it."""
        key = (host, port)
        with self._lock:
            if key in self._running:
                return self._running[key]
            if len(self._running) >= self._at_once:
                raise OSError(f"more than {self._at_once} host names are being looked up")
            future = self._running[key] = Future[Sequence[str]]()
            # So that whoever stops waiting does not cancel it for the others.
            future.set_running_or_notify_cancel()
        threading.Thread(target=self._look_up, args=(key, future), daemon=True).start()
        return future

    def _look_up(self, key: tuple[str, int], future: "Future[Sequence[str]]") -> None:
        try:
            infos = self._find(*key, type=socket.SOCK_STREAM)
            addresses = list(dict.fromkeys(str(info[4][0]) for info in infos))
        except Exception as error:  # noqa: BLE001 - who waits for the lookup gets it as it is
            self._end(key)
            future.set_exception(error)
        else:
            self._end(key)
            future.set_result(addresses)

    def _end(self, key: tuple[str, int]) -> None:
        with self._lock:
            del self._running[key]


def is_address(host: str) -> bool:
    """Return whether a host is an address in its usual form; the system reads the unusual ones."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


resolve_by_system: Final = NameLookups().resolve
"""Resolve a host with the operating system; the preferred address comes first."""
