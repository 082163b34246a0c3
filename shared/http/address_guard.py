"""Which addresses an HTTP connection may go to, checked when it is opened: a host name that points inside a network is refused.

The check is made on the resolved address and that very address is connected to, so no second DNS answer can come between.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import httpcore
import httpx

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port in, IP addresses out, the preferred first; OSError where there are none."""

# IANA's special-purpose registries (iana-ipv4-special-registry, iana-ipv6-special-registry), multicast and one cloud's internal address.
# ipaddress.is_global is not enough: it lets multicast, 6to4, NAT64 and v4-compatible addresses pass, and differs between Python releases.
_PUBLIC_V6: Final = ipaddress.IPv6Network("2000::/3")
_SPECIAL: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        *(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
        ),
        *(
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
            "168.63.129.16/32",
        ),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
_NO_LIMIT_S: Final = 3_600.0


class AddressRefused(Exception):  # noqa: N818 - named for what happened
    """None of a host's addresses may be connected to."""


class Unresolved(Exception):  # noqa: N818 - named for what happened
    """Nobody knows an address for a host."""


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Which addresses may be connected to: public ones, and those of the networks and hosts that were explicitly allowed."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()

    @classmethod
    def from_entries(cls, entries: Iterable[str]) -> Self:
        """A guard that also lets these pass: networks (``10.1.0.0/16``), addresses or host names. ValueError where one is none of them."""
        networks, hosts = list[Network](), set[str]()
        for entry in (entry.strip().lower() for entry in entries):
            if "/" in entry or ":" in entry or entry.replace(".", "").isdigit():
                networks.append(ipaddress.ip_network(entry))
            else:
                hosts.add(entry)
        return cls(tuple(networks), frozenset(hosts - {""}))

    def filter_addresses(self, host: str, addresses: Sequence[str]) -> tuple[str, ...]:
        """Those of a host's addresses that may be connected to, in their order."""
        return tuple(text for text in addresses if host.lower() in self.hosts or self._passes(text))

    def _passes(self, text: str) -> bool:
        address = ipaddress.ip_address(text)
        return is_public(text) or any(address in network for network in self.networks)


def is_public(text: str) -> bool:
    """Whether an IP address is an ordinary one of the public internet: global unicast, and nothing that embeds another address."""
    address = ipaddress.ip_address(text)
    return (address.version == 4 or address in _PUBLIC_V6) and not any(
        address in network for network in _SPECIAL
    )


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """The addresses that the operating system knows for a host, the preferred first."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections for httpcore: resolves the host, checks the addresses, connects to one that passed."""

    def __init__(self, guard: AddressGuard, resolve: Resolve) -> None:
        self._guard, self._resolve, self._inner = guard, resolve, httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is the library's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the host. Raises AddressRefused, Unresolved or httpcore's connect errors."""

        def connect(address: str, limit_s: float) -> Awaitable[httpcore.AsyncNetworkStream]:
            return self._inner.connect_tcp(address, port, limit_s, local_address, socket_options)

        try:
            async with asyncio.timeout(timeout):
                return await _first(
                    connect, await self._addresses(host, port), timeout or _NO_LIMIT_S
                )
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error

    async def _addresses(self, host: str, port: int) -> tuple[str, ...]:
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise Unresolved(host) from error
        permitted = self._guard.filter_addresses(host, found)
        if not permitted:
            raise AddressRefused(f"{host} is at {', '.join(found)[:100] or 'no address'}")
        return permitted


async def _first(
    connect: Callable[[str, float], Awaitable[httpcore.AsyncNetworkStream]],
    addresses: tuple[str, ...],
    limit_s: float,
) -> httpcore.AsyncNetworkStream:
    share_s = limit_s / len(addresses)  # a silent address must leave time for the next
    for address in addresses[:-1]:
        try:
            return await connect(address, share_s)
        except (httpcore.ConnectError, httpcore.ConnectTimeout):
            continue
    return await connect(addresses[-1], limit_s)


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over a guarded backend. The base's __init__ is not run: there is no unguarded pool to fall back to."""

    def __init__(self, backend: GuardedBackend, *, keep_alive: int) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=100,
            max_keepalive_connections=keep_alive,
            keepalive_expiry=5.0,
            network_backend=backend,
        )
