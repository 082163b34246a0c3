"""Which names a web server answers to, and what a request's Host says. Pure.

A page of another site can reach a server on this machine through a name of its own that it lets point
here (DNS rebinding). The browser then takes both for one site; only the Host header tells them apart.
The port is free, as with Vite's and webpack's allowedHosts: the attacker's page has to use ours anyway.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

LOCALHOST: Final = ("localhost", "127.0.0.1", "::1")
_HOST: Final = re.compile(
    r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_.-]{1,254})(?::[0-9]{1,5})?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class HostNames:
    """The names of a server: lower case, IPv6 addresses without brackets."""

    names: frozenset[str]

    @classmethod
    def from_settings(cls, configured: str = "", listens_on: str = "") -> Self:
        """Return localhost's names, those configured (comma-separated), and the address listened on.

        An address that means all of them is no name. ValueError says which entry is no host name.
        """
        names = {_configured(entry) for entry in map(str.strip, configured.split(",")) if entry}
        address = {_plain(listens_on)} if _is_concrete(listens_on) else set()
        return cls(frozenset({*LOCALHOST, *names, *address}))

    def admit(self, hosts: Sequence[str], target: str = "/") -> bool:
        """Return whether a request with these Host headers and this target is meant for the server.

        There must be one Host. A target in absolute form names a host, too, and both must be the server's.
        """
        if len(hosts) != 1 or parse_host(hosts[0]) not in self.names:
            return False
        return (
            target.startswith("/") or target == "*" or parse_host(_authority(target)) in self.names
        )


def parse_host(host: str) -> str | None:
    """Return the name or address in a Host header, without its port; None where it is no host."""
    match = _HOST.fullmatch(host)
    return _plain(match["host"]) if match else None


def is_same_origin(origin: str, host: str) -> bool:
    """Return whether an Origin header names the very host and port of the Host header."""
    return _authority(origin).lower() == host.lower() != ""


def _authority(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def _plain(host: str) -> str:
    """Write a host in one way: lower case, no dot at the end, IPv6 short and without brackets."""
    bare = host.removeprefix("[").removesuffix("]").lower()
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return bare.removesuffix(".")


def _is_concrete(address: str) -> bool:
    """Whether an address to listen on is one that others use: 0.0.0.0, :: and nothing mean all."""
    if not address:
        return False
    try:
        return not ipaddress.ip_address(address.strip("[]")).is_unspecified
    except ValueError:
        return True


def _configured(entry: str) -> str:
    try:
        ascii_entry = entry if entry.isascii() else entry.encode("idna").decode()
        is_bare_ipv6 = ascii_entry.count(":") > 1 and not ascii_entry.startswith("[")
        bracketed = f"[{ascii_entry}]" if is_bare_ipv6 else ascii_entry
    except UnicodeError:
        bracketed = ""
    match = _HOST.fullmatch(bracketed)
    if match is None or match["host"] != bracketed or not _plain(bracketed):
        remedy = (
            "write names or addresses without http:// and without a port, e.g. board.example.org"
        )
        raise ValueError(f"{entry!r} is no host name: {remedy}")
    return _plain(bracketed)
