"""The server that publishers and hubs reach, apart from that of the probes."""

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

from shared.service.connection_limits import ConnectionLimits
from shared.service.web_server import Route, WebServer

LIMITS: Final = ConnectionLimits()


class ServerPart(Protocol):
    """Some routes, and what they need while they are served."""

    def routes(self) -> Sequence[Route]:
        """Return the routes."""

    async def start(self) -> None:
        """Prepare; the server listens afterwards."""

    async def run(self) -> None:
        """Work until stopped."""

    async def stop(self) -> None:
        """Release everything; the server does not listen any more."""


class PushServer:
    """A component: the server and its parts."""

    def __init__(self, host: str, port: int, parts: Sequence[ServerPart]) -> None:
        self._host, self._port, self._parts = host, port, parts
        self._server: WebServer | None = None

    def obstacle(self) -> str:
        """Return why nothing can be pushed now, or ""."""
        return "" if self._server else "the server for what is pushed does not listen yet"

    async def start(self) -> None:
        """Listen, once all parts are ready."""
        for part in self._parts:
            await part.start()
        routes = [route for part in self._parts for route in part.routes()]
        server = WebServer(self._host, self._port, routes, limits=LIMITS)
        await server.on_start()
        self._server = server

    async def run(self) -> None:
        """Run the parts until stopped."""
        await asyncio.gather(*(part.run() for part in self._parts))

    async def stop(self) -> None:
        """Answer what came in, stop listening, then stop the parts."""
        if self._server is not None:
            await self._server.on_stop()
        for part in self._parts:
            await part.stop()
