"""Check the Host header of a request against the names that a web server has. Pure.

Another site can point a name of its own at this machine (DNS rebinding). The browser then takes its
page and our server for the same site; only the Host header tells them apart. The port is not
checked, as in Vite's and webpack's allowedHosts: an attacking page has to use ours anyway.
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
        """Combine localhost's names, the configured ones (comma-separated) and the listen address.

        A wildcard address is not a name. ValueError names an entry that is not a host name.
        """
        names = {_parse_entry(entry) for entry in map(str.strip, configured.split(",")) if entry}
        address = {_normalise(listens_on)} if _is_concrete(listens_on) else set()
        return cls(frozenset({*LOCALHOST, *names, *address}))

    def admit(self, hosts: Sequence[str], target: str = "/") -> bool:
        """Return whether a request with these Host headers and this target is meant for the server.

        There must be exactly one Host. An absolute target also names a host, and both must match.
        """
        if len(hosts) != 1 or parse_host(hosts[0]) not in self.names:
            return False
        return (
            target.startswith("/") or target == "*" or parse_host(_authority(target)) in self.names
        )


def parse_host(host: str) -> str | None:
    """Return the name or address in a Host header, without its port; None if it is invalid."""
    match = _HOST.fullmatch(host)
    return _normalise(match["host"]) if match else None


def is_same_origin(origin: str, host: str) -> bool:
    """Return whether an Origin header names the host and port of the Host header."""
    return _authority(origin).lower() == host.lower() != ""


def is_same_address(origin: str, url: str) -> bool:
    """Return whether an Origin header names the scheme, host and port of an address."""
    parts = urlsplit(url)
    return bool(url) and origin.lower() == f"{parts.scheme}://{parts.netloc}".lower()


def _authority(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def _normalise(host: str) -> str:
    """Normalise a host: lower case, no trailing dot, IPv6 compressed and without brackets."""
    bare = host.removeprefix("[").removesuffix("]").lower()
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return bare.removesuffix(".")


def _is_concrete(address: str) -> bool:
    """Return whether a listen address is a specific one: 0.0.0.0, :: and an empty one mean all."""
    if not address:
        return False
    try:
        return not ipaddress.ip_address(address.strip("[]")).is_unspecified
    except ValueError:
        return True


def _parse_entry(entry: str) -> str:
    try:
        ascii_entry = entry if entry.isascii() else entry.encode("idna").decode()
        is_bare_ipv6 = ascii_entry.count(":") > 1 and not ascii_entry.startswith("[")
        bracketed = f"[{ascii_entry}]" if is_bare_ipv6 else ascii_entry
    except UnicodeError:
        bracketed = ""
    match = _HOST.fullmatch(bracketed)
    if match is None or match["host"] != bracketed or not _normalise(bracketed):
        remedy = (
            "write names or addresses without http:// and without a port, e.g. board.example.org"
        )
        raise ValueError(f"{entry!r} is not a host name: {remedy}")
    return _normalise(bracketed)
