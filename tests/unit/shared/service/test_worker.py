"""The shell's parts that need no process: the port, the probes, and a component's lifecycle."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from shared.base import exits
from shared.base.exits import ConfigurationError
from shared.base.port_check import check_port
from shared.service.readiness import Readiness
from shared.service.web_server import Route, WebServer, build_probe_routes
from shared.service.worker import _Node
from shared.stream.watchdog import Standstill
from tests.ports import free_port


def test_a_free_port_is_fine_and_a_taken_one_is_reported() -> None:
    """The error names the setting, the address and the reason."""
    check_port("127.0.0.1", free_port())
    check_port("localhost", free_port())
    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", 0))
        occupied.listen()
        port = occupied.getsockname()[1]
        with pytest.raises(
            ConfigurationError,
            match=rf"^HTTP_PORT: cannot listen on 127\.0\.0\.1:{port}: "
            "Address already in use; choose another",
        ):
            check_port("127.0.0.1", port)


@pytest.mark.parametrize("host", ["203.0.113.7", "no-such-host.invalid"])
def test_an_address_that_is_not_ours_is_reported(host: str) -> None:
    """It is no traceback of the socket module."""
    with pytest.raises(ConfigurationError, match=f"cannot listen on {host}:"):
        check_port(host, free_port())


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_ipv6_addresses_work() -> None:
    """A pod may have no other."""
    check_port("::1", free_port())


class State:
    stalled: Standstill | None = None
    ready = False


async def hello(request: web.Request) -> web.Response:
    return web.Response(text=f"{request.method} hello")


@pytest.fixture
async def server() -> AsyncIterator[tuple[str, State]]:
    state = State()
    readiness = Readiness(
        {"tagger": lambda: "" if state.ready else "it has not joined its group yet"}
    )
    routes: list[Route] = [
        *build_probe_routes(lambda: state.stalled, readiness),
        ("POST /hello", hello),
    ]
    web_server = WebServer("127.0.0.1", free_port(), routes)
    await web_server.on_start()
    yield web_server.web_url, state
    await web_server.on_stop()


async def test_probes_report_the_state(server: tuple[str, State]) -> None:
    """Alive until something is stuck, ready once the group is joined; what is stuck is named."""
    url, state = server
    async with aiohttp.ClientSession(url) as session:
        assert await (await session.get("/livez")).json() == {"ok": True, "stalled": None}
        refused = await session.get("/readyz")
        (obstacle,) = (await refused.json())["obstacles"]
        assert (refused.status, obstacle["what"], obstacle["why"]) == (
            503,
            "tagger",
            "it has not joined its group yet",
        )
        assert abs(datetime.now(UTC) - datetime.fromisoformat(obstacle["since"])) < timedelta(
            minutes=1
        )
        state.ready, state.stalled = True, Standstill("partition 3 of articles.raw.v1", exits.BUG)
        ready = await session.get("/readyz")
        assert (ready.status, await ready.json()) == (200, {"ok": True, "obstacles": []})
        answer = await session.get("/livez")
        assert (answer.status, await answer.json()) == (
            503,
            {"ok": False, "stalled": "partition 3 of articles.raw.v1"},
        )


async def test_metrics_are_in_prometheus_format(server: tuple[str, State]) -> None:
    """With the content type that names its version."""
    async with aiohttp.ClientSession(server[0]) as session:
        answer = await session.get("/metrics")
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert "# HELP summitwire_stage_records_total" in await answer.text()


async def test_a_route_may_name_its_method(server: tuple[str, State]) -> None:
    """Other methods are refused."""
    async with aiohttp.ClientSession(server[0]) as session:
        assert await (await session.post("/hello")).text() == "POST hello"
        assert (await session.get("/hello")).status == 405


class FakeComponent:
    """A component that notes what is done to it."""

    def __init__(self, *, joins: bool = True) -> None:
        self.log: list[str] = []
        self._joins, self._stop = joins, asyncio.Event()

    async def start(self) -> None:
        self.log.append("start")
        if not self._joins:
            await asyncio.Event().wait()

    async def run(self) -> None:
        self.log.append("run")
        await self._stop.wait()
        self.log.append("ran")

    async def stop(self) -> None:
        self.log.append("stop")
        self._stop.set()


async def test_a_component_is_started_run_and_drained() -> None:
    """It is stopped, and then its run is awaited."""
    component = FakeComponent()
    node = _Node(component, 5.0)
    await node.on_start()
    while component.log != ["start", "run"]:
        await asyncio.sleep(0)
    await node.on_stop()
    assert component.log == ["start", "run", "stop", "ran"]


async def test_a_component_that_has_not_started_has_nothing_to_drain() -> None:
    """It is cancelled: joining a group can take a minute, and the operator wants it to end."""
    component = FakeComponent(joins=False)
    node = _Node(component, 5.0)
    await node.on_start()
    while component.log != ["start"]:
        await asyncio.sleep(0)
    await asyncio.wait_for(node.on_stop(), 5)
    assert component.log == ["start"]
