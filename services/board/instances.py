"""Lists the processes behind a service's URL: one per IPv4 address of its host name. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Instance:
    """One process of a service.

    ``name`` is what the page calls it; ``address`` is the only address to connect to, None for
    whatever the host name resolves to.
    """

    name: str
    url: str
    address: str | None = None


def host_and_port(url: str) -> tuple[str, int]:
    """Split a checked URL (settings.parse_services) into what a resolver takes."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def list_instances(name: str, url: str, addresses: Sequence[str]) -> tuple[Instance, ...]:
    """List a service's processes by the addresses of its host.

    A single one, or one without a known address, keeps the service's name alone.
    """
    several = sorted(set(addresses), key=_number)
    if len(several) < 2:
        return (Instance(name, url),)
    return tuple(Instance(f"{name} {address}", url, address) for address in several)


def _number(address: str) -> tuple[int, ...]:
    return tuple(int(part) for part in address.split("."))
