"""Why no Kafka broker answers at an address: what the network alone can tell."""

import asyncio
import socket
from typing import Final

from shared.base.settings import parse_addresses

PATIENCE_S: Final = 2.0


async def diagnose_connection(bootstrap: str) -> str:
    """What is found at each address of KAFKA_BOOTSTRAP, in words, e.g. ``nothing listens on 127.0.0.1:9092``."""
    return ", ".join([await _found(host, port) for host, port in parse_addresses(bootstrap)])


async def _found(host: str, port: int) -> str:
    where = f"{host}:{port}"
    try:
        async with asyncio.timeout(PATIENCE_S):
            _, writer = await asyncio.open_connection(host, port)
    except socket.gaierror:
        return f"the name {host} is not known"
    except ConnectionRefusedError:
        return f"nothing listens on {where}"
    except TimeoutError:
        return f"{where} cannot be reached (a firewall?)"
    except OSError as error:
        return f"{where} cannot be reached ({error.strerror})"
    writer.close()
    return f"what listens on {where} does not answer as Kafka does: another program, or another KAFKA_SECURITY_PROTOCOL"
