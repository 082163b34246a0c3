"""Asks every service's /readyz and /metrics how it is, at regular intervals."""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from services.board.live import Live
from services.board.readings import Reading, readings, remark
from services.board.status import DETAIL_CHARACTERS, Health, ServiceStatus
from shared.http import Client, Limits, fetch, fetch_client
from shared.http_errors import HttpError
from shared.outcomes import InvalidMessage
from shared.readiness import summary

LIMITS: Final = Limits(connect_s=1.0, read_s=2.0, total_s=3.0, max_bytes=1024 * 1024, max_redirects=0)


class Poller:
    """Keeps ``live`` told of the services, ``name → URL``, every ``every_s`` seconds."""

    def __init__(self, live: Live, services: Mapping[str, str], *, every_s: float) -> None:
        self._live, self._services, self._every_s = live, services, every_s
        self._client = fetch_client(allowed=[urlsplit(url).hostname or "" for url in services.values()], limits=LIMITS)
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Nothing to get ready."""

    async def run(self) -> None:
        """Ask until stopped."""
        async with self._client:
            while not self._stopping.is_set():
                self._live.services = tuple(await asyncio.gather(*(ask(self._client, name, url) for name, url in self._services.items())))
                self._live.tell()
                try:
                    await asyncio.wait_for(self._stopping.wait(), self._every_s)
                except TimeoutError:
                    continue

    async def stop(self) -> None:
        """Ask no more."""
        self._stopping.set()


async def ask(client: Client, name: str, url: str) -> ServiceStatus:
    """How one service is, by its own account."""
    try:
        ready = await fetch(client, f"{url}/readyz")
        stages, detail = await _stages(client, url)
    except HttpError as error:
        return ServiceStatus(name=name, state="down", detail=str(error)[:DETAIL_CHARACTERS])
    state: Health = "up" if ready.status == 200 else "not ready"
    details = "; ".join(filter(None, (summary(ready.body), detail)))
    return ServiceStatus(name=name, state=state, detail=details[:DETAIL_CHARACTERS], stages=stages)


async def _stages(client: Client, url: str) -> tuple[tuple[Reading, ...], str]:
    answer = await fetch(client, f"{url}/metrics")
    text = answer.body.decode("utf-8", "replace") if answer.status == 200 else ""
    try:
        return readings(text), remark(text)
    except InvalidMessage as error:
        return (), str(error)
