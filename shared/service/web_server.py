"""A service's HTTP server: /livez, /readyz, /metrics, and any routes that a service adds.

It is aiohttp, which is also what Faust's own web server is.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import faust
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from shared.base import metrics
from shared.http.request_policy import RequestPolicy, enforce_request_policy
from shared.service.connection_limits import ConnectionLimits, LimitedConnections
from shared.service.readiness import Readiness, describe
from shared.stream.watchdog import Standstill

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Route = tuple[str, Handler]
"""A path and the handler of its GET; a POST route has its method in front: ``POST /path``."""

METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
SHUTDOWN_S: Final = 2.0


def _is_own_fault(record: logging.LogRecord) -> bool:
    """Return whether a line is about more than a request that is no HTTP: a 400 is its answer."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


_REQUEST_LOG: Final = logging.getLogger("aiohttp.server.requests")
_REQUEST_LOG.addFilter(_is_own_fault)


class WebServer(faust.Service):  # type: ignore[misc]  # faust publishes no types
    """Serves routes on one address while the service lives, under a ``request_policy`` if any.

    With ``limits`` strangers may reach it, and bodies are passed on compressed, as they arrive.
    """

    def __init__(
        self,
        host: str,
        port: int,
        routes: Sequence[Route],
        request_policy: RequestPolicy | None = None,
        limits: ConnectionLimits | None = None,
    ) -> None:
        super().__init__()
        self.web_url = f"http://{host}:{port}"
        self._host, self._port = host, port
        self._connections = LimitedConnections(limits) if limits else None
        self._listener: asyncio.Server | None = None
        application = _build_application(routes, request_policy)
        if self._connections:
            application.middlewares.insert(0, self._connections.build_middleware())
        options: dict[str, Any] = {
            "access_log": None,
            "shutdown_timeout": SHUTDOWN_S,
            "logger": _REQUEST_LOG,
        }
        if limits:
            options["auto_decompress"] = False
        self._runner = web.AppRunner(application, **options)

    async def on_start(self) -> None:
        """Start listening."""
        await self._runner.setup()
        if self._connections is None:
            await web.TCPSite(self._runner, self._host, self._port).start()
            return
        connections, server = self._connections, self._runner.server
        assert server is not None  # noqa: S101 - setup() has made it
        self._listener = await asyncio.get_running_loop().create_server(
            lambda: connections.build_protocol(server()), self._host, self._port
        )

    async def on_stop(self) -> None:
        """Stop listening and close open connections."""
        if self._listener is not None:
            self._listener.close()
        await self._runner.cleanup()


def build_probe_routes(
    stalled: Callable[[], Standstill | None], readiness: Readiness
) -> list[Route]:
    """Build the routes for Kubernetes and Prometheus.

    /livez is 503 if something has stalled, /readyz is 503 if work is not possible.
    """

    async def livez(_request: web.Request) -> web.Response:
        standstill = stalled()
        description = standstill.description if standstill else None
        return web.json_response(
            {"ok": description is None, "stalled": description},
            status=503 if description else 200,
        )

    async def readyz(_request: web.Request) -> web.Response:
        obstacles = readiness.update(datetime.now(UTC))
        return web.json_response(
            {"ok": not obstacles, "obstacles": describe(obstacles)},
            status=503 if obstacles else 200,
        )

    async def exposition(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.exposition(), headers={"Content-Type": METRICS_TYPE})

    return [("/livez", livez), ("/readyz", readyz), ("/metrics", exposition)]


def _build_application(routes: Sequence[Route], policy: RequestPolicy | None) -> web.Application:
    application = web.Application()
    if policy is not None:
        enforce_request_policy(application, policy)
    for route, handler in routes:
        method, _, path = route.rpartition(" ")
        application.router.add_route(method or "GET", path, handler)
    return application
