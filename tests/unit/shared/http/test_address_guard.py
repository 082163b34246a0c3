"""Which addresses may be connected to, and that it is the checked address that is used."""

import asyncio
import ipaddress
from collections.abc import Sequence

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http.address_guard import (
    AddressGuard,
    AddressRefused,
    GuardedBackend,
    PortRefused,
    Unresolved,
    is_public,
)

INSIDE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "::8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
OUTSIDE = [
    "8.8.8.8",
    "1.1.1.1",
    "172.15.0.1",
    "172.32.0.1",
    "100.63.0.1",
    "192.0.1.1",
    "223.255.255.255",
    "2001:4860:4860::8888",
    "2606:4700::1111",
    "2a00:1450::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_that_are_not_ordinary_public_ones_are_refused(address: str) -> None:
    """A guard without exceptions refuses private, reserved, multicast and embedding addresses."""
    assert AddressGuard().filter_addresses("news.example", [address]) == ()


@pytest.mark.parametrize("address", OUTSIDE)
def test_public_addresses_pass(address: str) -> None:
    """Neighbours of the reserved ranges and well-known public addresses pass."""
    assert AddressGuard().filter_addresses("news.example", [address]) == (address,)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_nothing_passes_that_python_calls_not_global(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    """Our list is stricter: what Python calls private, multicast or reserved is never public."""
    if is_public(str(address)):
        assert address.is_global
        assert not [
            address.is_multicast,
            address.is_reserved,
            address.is_loopback,
            address.is_link_local,
        ].count(True)


def test_allowed_networks_addresses_and_hosts_pass_and_nothing_beside_them() -> None:
    """Each form of entry allows exactly that; an IPv4 network does not allow its IPv6 disguise."""
    guard = AddressGuard.from_entries(["127.0.0.1", "10.1.0.0/16", "fd00::/8", " Slack-Sink "])
    assert guard.filter_addresses(
        "any", ["127.0.0.1", "127.0.0.2", "10.1.9.9", "10.2.0.1", "fd12::1", "::ffff:127.0.0.1"]
    ) == (
        "127.0.0.1",
        "10.1.9.9",
        "fd12::1",
    )
    assert guard.filter_addresses("slack-sink", ["192.168.0.9"]) == ("192.168.0.9",)


@pytest.mark.parametrize("entry", ["10.0.0.1/8", "2130706433", "1.2.3", "fd00::/300"])
def test_an_entry_that_is_no_network_is_an_error(entry: str) -> None:
    """A mistake in the allow-list is told at start, not taken for a host name."""
    with pytest.raises(ValueError, match=entry.partition("/")[0]):
        AddressGuard.from_entries([entry])


async def answers(*addresses: str) -> Sequence[str]:
    return addresses


async def test_an_inside_address_is_refused_before_any_connection() -> None:
    """A name or disguised number that resolves inside raises AddressRefused with the address."""
    backend = GuardedBackend(AddressGuard(), lambda _host, _port: answers("127.0.0.1", "10.0.0.1"))
    with pytest.raises(AddressRefused, match=r"news\.example is at 127\.0\.0\.1, 10\.0\.0\.1"):
        await backend.connect_tcp("news.example", 80, timeout=1)


@pytest.mark.parametrize("port", [0, 22, 25, 79, 81, 443_0, 6379, 9200, 65_535])
async def test_a_public_host_is_refused_on_other_ports(port: int) -> None:
    """A redirect to a public host's mail or database port is not followed to it."""
    backend = GuardedBackend(
        AddressGuard.from_entries([], [80, 443]), lambda _host, _port: answers("8.8.8.8")
    )
    with pytest.raises(PortRefused, match=rf"^port {port}$"):
        await backend.connect_tcp("news.example", port, timeout=1)


def test_what_is_allowed_explicitly_is_allowed_on_any_port() -> None:
    """FETCH_ALLOW is for hosts of one's own; the address inside is refused before its port."""
    guard = AddressGuard.from_entries(["10.1.0.0/16", "feeds"], [443])
    assert guard.filter_by_port("x", 8_000, ["10.1.2.3", "8.8.8.8"]) == ("10.1.2.3",)
    assert guard.filter_by_port("FEEDS", 8_000, ["8.8.8.8"]) == ("8.8.8.8",)
    assert guard.filter_by_port("x", 443, ["8.8.8.8"]) == ("8.8.8.8",)


def test_of_several_addresses_only_the_public_ones_pass() -> None:
    """A name with a public and an inside address leads to the public one, never inside."""
    addresses = ["10.0.0.1", "8.8.8.8", "::ffff:10.0.0.1", "fe80::1%2"]
    assert AddressGuard().filter_addresses("news.example", addresses) == ("8.8.8.8",)


async def test_a_host_without_an_address_is_unresolved() -> None:
    """A resolver's error names the host and nothing else."""

    async def nobody(_host: str, _port: int) -> Sequence[str]:
        raise OSError("name or service not known")

    with pytest.raises(Unresolved, match=r"^news\.example$"):
        await GuardedBackend(AddressGuard(), nobody).connect_tcp("news.example", 80, timeout=1)


async def test_the_resolver_has_the_connect_timeout_too() -> None:
    """A DNS server that never answers ends as a connect timeout."""

    async def never(_host: str, _port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    with pytest.raises(httpcore.ConnectTimeout):
        await GuardedBackend(AddressGuard(), never).connect_tcp("news.example", 80, timeout=0.05)
