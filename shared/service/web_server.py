"""A service's HTTP side: /livez, /readyz and /metrics, and whatever routes a service adds (aiohttp, Faust's own web stack)."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import faust
from aiohttp import web

from shared.base import metrics
from shared.http.request_policy import RequestPolicy, enforce_request_policy
from shared.service.readiness import Readiness, describe
from shared.stream.watchdog import Standstill

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Route = tuple[str, Handler]
"""A path and the handler of its GET; a POST route says so in front of its path: ``POST /path``."""

METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
SHUTDOWN_S: Final = 2.0


class WebServer(faust.Service):  # type: ignore[misc]  # faust publishes no types
    """Serves routes on one address for as long as the service lives; with a ``door`` only to who asks by one of its names."""

    def __init__(
        self,
        host: str,
        port: int,
        routes: Sequence[Route],
        request_policy: RequestPolicy | None = None,
    ) -> None:
        super().__init__()
        self.web_url = f"http://{host}:{port}"
        self._host, self._port = host, port
        self._runner = web.AppRunner(
            _application(routes, request_policy), access_log=None, shutdown_timeout=SHUTDOWN_S
        )

    async def on_start(self) -> None:
        """Listen."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()

    async def on_stop(self) -> None:
        """Close open connections and listen no more."""
        await self._runner.cleanup()


def build_probe_routes(
    stalled: Callable[[], Standstill | None], readiness: Readiness
) -> list[Route]:
    """Answer Kubernetes' two questions and Prometheus' one: /livez 503 where something stands still, /readyz where work is not possible."""

    async def livez(_request: web.Request) -> web.Response:
        standstill = stalled()
        what = standstill.description if standstill else None
        return web.json_response({"ok": what is None, "stalled": what}, status=503 if what else 200)

    async def readyz(_request: web.Request) -> web.Response:
        obstacles = readiness.update(datetime.now(UTC))
        return web.json_response(
            {"ok": not obstacles, "obstacles": describe(obstacles)},
            status=503 if obstacles else 200,
        )

    async def exposition(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.exposition(), headers={"Content-Type": METRICS_TYPE})

    return [("/livez", livez), ("/readyz", readyz), ("/metrics", exposition)]


def _application(routes: Sequence[Route], door: RequestPolicy | None) -> web.Application:
    application = web.Application()
    if door is not None:
        enforce_request_policy(application, door)
    for where, handler in routes:
        method, _, path = where.rpartition(" ")
        application.router.add_route(method or "GET", path, handler)
    return application
