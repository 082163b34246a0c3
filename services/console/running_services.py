"""Asks the services that run, wherever BOARD_SERVICES says they are, whether they can work."""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from services.board.settings import BoardSettings, parse_services
from shared.base import settings
from shared.base.ports import PORTS
from shared.base.settings import ConfigurationError
from shared.http.clients import HttpResponse, Limits, fetch, fetch_client
from shared.http.errors import HttpError
from shared.service.readiness import summary

LIMITS: Final = Limits(connect_s=1.0, read_s=2.0, total_s=3.0, max_bytes=64 * 1024, max_redirects=0)
OK: Final = 200


def urls() -> Mapping[str, str]:
    """Return where each service answers, by name; nothing where the board's settings are bad, which is told elsewhere."""
    try:
        listed = parse_services(settings.load(BoardSettings).board_services)
    except ConfigurationError:
        return {}
    return {**listed, "board": f"http://127.0.0.1:{PORTS['board']}"}


def state_of(url: str) -> str:
    """Return how a service is; ConfigurationError says what is in its way and since when. One that does not run is no mistake."""
    try:
        answer = asyncio.run(_ask(url))
    except HttpError:
        return f"nothing answers at {url}"
    if answer.status == OK:
        return "ready"
    raise ConfigurationError(
        f"not ready: {summary(answer.body) or f'HTTP {answer.status}'} ({url})"
    )


async def _ask(url: str) -> HttpResponse:
    async with fetch_client(allowed=[urlsplit(url).hostname or ""], limits=LIMITS) as client:
        return await fetch(client, f"{url}/readyz")
