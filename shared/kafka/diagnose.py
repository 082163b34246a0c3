"""Find out why no Kafka broker answers at an address, as far as the network shows it."""

import asyncio
import socket
from typing import Final

from shared.base.settings import parse_addresses

CONNECT_TIMEOUT_S: Final = 2.0


async def diagnose_connection(bootstrap: str) -> str:
    """Return what was found at each address of KAFKA_BOOTSTRAP.

    For example ``nothing listens on 127.0.0.1:9092``.
    """
    addresses = parse_addresses(bootstrap)
    return ", ".join([await _diagnose_address(host, port) for host, port in addresses])


async def _diagnose_address(host: str, port: int) -> str:
    address = f"{host}:{port}"
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            _, writer = await asyncio.open_connection(host, port)
    except socket.gaierror:
        return f"the name {host} is not known"
    except ConnectionRefusedError:
        return f"nothing listens on {address}"
    except TimeoutError:
        return f"{address} cannot be reached (a firewall?)"
    except OSError as error:
        return f"{address} cannot be reached ({error.strerror})"
    writer.close()
    return (
        f"what listens on {address} does not answer as Kafka does: another program, "
        "or another KAFKA_SECURITY_PROTOCOL"
    )
