"""Check that a port can be listened on, before anything is started."""

import socket

from shared.base.exits import ConfigurationError


def check_port(
    host: str, port: int, setting: str = "HTTP_PORT", hint: str = "choose another port or HTTP_HOST"
) -> None:
    """Raise ConfigurationError if we cannot listen: port in use, or address not local.

    ``setting`` is what gave the port, and ``hint`` how to choose another.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise ConfigurationError(
            f"{setting}: cannot listen on {host}:{port}: {error.strerror}; {hint}"
        ) from None
