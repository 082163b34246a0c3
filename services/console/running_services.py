"""Whether the running services are ready, at the addresses in BOARD_SERVICES."""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from services.board.settings import BoardSettings, parse_services
from shared.base import settings
from shared.base.exits import ConfigurationError
from shared.base.ports import PORTS
from shared.http.clients import HttpResponse, Limits, fetch, fetch_client
from shared.http.errors import HttpError
from shared.service.readiness import summary

LIMITS: Final = Limits(connect_s=1.0, read_s=2.0, total_s=3.0, max_bytes=64 * 1024, max_redirects=0)
OK: Final = 200


def urls() -> Mapping[str, str]:
    """Return where each service answers, by name.

    Nothing if the board's settings are invalid: the check of its settings reports that.
    """
    try:
        addresses = parse_services(settings.load(BoardSettings).board_services)
    except ConfigurationError:
        return {}
    return {**addresses, "board": f"http://127.0.0.1:{PORTS['board']}"}


def state_of(url: str) -> str:
    """Return the state of a service; one that does not run is not a mistake.

    ConfigurationError says why it is not ready, and since when.
    """
    try:
        response = asyncio.run(_fetch_readiness(url))
    except HttpError:
        return f"nothing answers at {url}"
    if response.status == OK:
        return "ready"
    reason = summary(response.body) or f"HTTP {response.status}"
    raise ConfigurationError(f"not ready: {reason} ({url})")


async def _fetch_readiness(url: str) -> HttpResponse:
    async with fetch_client(allowed=[urlsplit(url).hostname or ""], limits=LIMITS) as client:
        return await fetch(client, f"{url}/readyz")
