"""Restrict which addresses HTTP connections may go to, so that no host name leads inside a network.

The resolved address is checked when a connection is opened, and that same address is connected to,
so that no second DNS answer can come in between.
"""

import asyncio
import ipaddress
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import httpcore

from shared.http.lean_httpx import httpx
from shared.http.metered_stream import MeteredStream, ResponsePace

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""From host and port to IP addresses, the preferred first; OSError if there are none."""

# IANA's special-purpose registries (iana-ipv4-special-registry, iana-ipv6-special-registry),
# multicast and one cloud's internal address. ipaddress.is_global is not enough: it allows
# multicast, 6to4, NAT64 and v4-compatible addresses, and differs between Python releases.
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


class PortRefused(Exception):  # noqa: N818 - named for what happened
    """A host may be connected to, but not on this port."""


class Unresolved(Exception):  # noqa: N818 - named for what happened
    """A host has no known address."""


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Decides which addresses may be connected to.

    These are the public ones, on ``ports`` (None: on any), and those of the networks and hosts that
    are explicitly allowed, on any port.
    """

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()
    ports: frozenset[int] | None = None

    @classmethod
    def from_entries(cls, entries: Iterable[str], ports: Iterable[int] | None = None) -> Self:
        """Build a guard that also allows these entries.

        An entry is a network (``10.1.0.0/16``), an address or a host name; ValueError if it is none
        of them.
        """
        networks, hosts = list[Network](), set[str]()
        for entry in (entry.strip().lower() for entry in entries):
            if "/" in entry or ":" in entry or entry.replace(".", "").isdigit():
                networks.append(ipaddress.ip_network(entry))
            else:
                hosts.add(entry)
        return cls(
            tuple(networks), frozenset(hosts - {""}), None if ports is None else frozenset(ports)
        )

    def filter_addresses(self, host: str, addresses: Sequence[str]) -> tuple[str, ...]:
        """Return those of a host's addresses that may be connected to, in order."""
        return tuple(text for text in addresses if is_public(text) or self._excepts(host, text))

    def filter_by_port(self, host: str, port: int, addresses: Sequence[str]) -> tuple[str, ...]:
        """Return those of the addresses that may be connected to on this port, in order."""
        if self.ports is None or port in self.ports:
            return tuple(addresses)
        return tuple(text for text in addresses if self._excepts(host, text))

    def _excepts(self, host: str, text: str) -> bool:
        """Return whether an address is one of those that are explicitly allowed."""
        address = ipaddress.ip_address(text)
        return host.lower() in self.hosts or any(address in network for network in self.networks)


def is_public(text: str) -> bool:
    """Return whether an IP address is global unicast and does not embed another address."""
    address = ipaddress.ip_address(text)
    return (address.version == 4 or address in _PUBLIC_V6) and not any(
        address in network for network in _SPECIAL
    )


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens httpcore's connections: resolves the host, checks its addresses, connects to one."""

    def __init__(
        self, guard: AddressGuard, resolve: Resolve, pace: ResponsePace | None = None
    ) -> None:
        self._guard, self._resolve, self._inner = guard, resolve, httpcore.AnyIOBackend()
        self._pace = pace or ResponsePace()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is the library's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the host.

        Raises AddressRefused, PortRefused, Unresolved or httpcore's connect errors.
        """

        def connect(address: str, limit_s: float) -> Awaitable[httpcore.AsyncNetworkStream]:
            return self._inner.connect_tcp(address, port, limit_s, local_address, socket_options)

        try:
            async with asyncio.timeout(timeout):
                addresses = await self._resolve_allowed(host, port)
                stream = await _connect_first(connect, addresses, timeout or _NO_LIMIT_S)
                return MeteredStream(stream, self._pace)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error

    async def _resolve_allowed(self, host: str, port: int) -> tuple[str, ...]:
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise Unresolved(host) from error
        allowed = self._guard.filter_addresses(host, addresses)
        if not allowed:
            raise AddressRefused(f"{host} is at {', '.join(addresses)[:100] or 'no address'}")
        on_port = self._guard.filter_by_port(host, port, allowed)
        if not on_port:
            raise PortRefused(f"port {port}")
        return on_port


async def _connect_first(
    connect: Callable[[str, float], Awaitable[httpcore.AsyncNetworkStream]],
    addresses: tuple[str, ...],
    limit_s: float,
) -> httpcore.AsyncNetworkStream:
    """Connect to the first address that accepts, within ``limit_s`` seconds altogether."""
    share_s = limit_s / len(addresses)  # a silent address must leave time for the next one
    for address in addresses[:-1]:
        try:
            return await connect(address, share_s)
        except (httpcore.ConnectError, httpcore.ConnectTimeout):
            continue
    return await connect(addresses[-1], limit_s)


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over a guarded backend.

    The base's __init__ is not called, so that there is no unguarded pool to fall back to.
    """

    def __init__(
        self, backend: GuardedBackend, *, keep_alive: int, trust: ssl.SSLContext | None = None
    ) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust or system_trust(),
            max_connections=100,
            max_keepalive_connections=keep_alive,
            keepalive_expiry=5.0,
            network_backend=backend,
        )


def system_trust() -> ssl.SSLContext:
    """Return a TLS context that trusts the system's authorities, and writes no keys anywhere.

    ``ssl.create_default_context`` would write each connection's keys to SSLKEYLOGFILE.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    return context
