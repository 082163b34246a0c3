"""Check the address of a feed as a person writes it, and tell two spellings of one address. Pure.

Its text stays as it is written, as a feed may need all of its parameters.
"""

import ipaddress
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import urlsplit

from services.fetcher.addresses.canonical_url import canonical_url
from shared.base.outcomes import InvalidMessage
from shared.files.yaml_document import Steps, YamlDocument
from shared.http.address_guard import AddressGuard
from shared.http.clients import WEB_PORTS

IsReachable = Callable[[str, int], bool]
"""Whether a host may be asked on a port, as far as the settings say so."""
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def parse_address(
    document: YamlDocument, place: Steps, written: str, is_reachable: IsReachable
) -> str:
    """Return the address without blanks around it and without its fragment; report mistakes."""
    url = written.strip().partition("#")[0]
    if any(sign.isspace() or not sign.isprintable() for sign in url):
        document.report(
            place,
            "there is a blank or an invisible character in the address",
            code="bad-url",
            suggestion="remove it, or write a blank as %20",
        )
        return url
    try:
        canonical_url(url)
    except InvalidMessage as error:
        has_secret = "@" in url.partition("?")[0]
        suggestion = "remove user and password, and use `headers` or `token_file`"
        document.report(
            place, str(error), code="bad-url", suggestion=suggestion if has_secret else ""
        )
        return url
    parts = urlsplit(url)
    port = parts.port or _DEFAULT_PORTS[parts.scheme.lower()]
    if not is_reachable(parts.hostname or "", port):
        document.report(
            place,
            f"port {port} is refused unless the host is one of FETCH_ALLOW",
            code="refused-port",
            suggestion="add the port to FETCH_PORTS, or the host to FETCH_ALLOW",
            level="warning",
        )
    return url


def feed_identity(url: str) -> str:
    """Return what all spellings of a valid address share; the parameters count as written."""
    try:
        address, mark, parameters = url.partition("?")
        return canonical_url(address) + mark + parameters
    except InvalidMessage:
        return url


def reachable_by(allowed: Iterable[str] = (), ports: Iterable[int] = WEB_PORTS) -> IsReachable:
    """Return the check by the settings FETCH_ALLOW and FETCH_PORTS; no name is looked up."""
    open_ports = frozenset(ports)
    try:
        guard = AddressGuard.from_entries(allowed)
    except ValueError:
        guard = AddressGuard()  # the client of these settings says what is wrong with them

    def is_reachable(host: str, port: int) -> bool:
        if port in open_ports or host in guard.hosts:
            return True
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return bool(guard.networks)  # the name may be in one of them
        return any(address in network for network in guard.networks)

    return is_reachable
