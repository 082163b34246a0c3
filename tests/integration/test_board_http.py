"""The board's pages over real sockets, without Kafka: viewers come, go, come back, and are too
slow.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from services.board.live import Live
from services.board.poll import LIMITS, probe_service
from shared.http.clients import fetch_client
from tests.board_tools import alert_ids, served, stream, until
from tests.ports import free_port
from tests.unit.board.board_samples import an_alert, incoming


def a_live(viewers: int = 5) -> Live:
    return Live(alerts=500, viewers=viewers, epoch="run")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/static/board.js",
        "/static/board.css",
        "/static/icon.svg",
        "/api/alerts",
        "/api/status",
        "/events",
    ],
)
async def test_every_answer_forbids_what_the_page_does_not_need(path: str) -> None:
    """No foreign script, style, image or frame; no guessing of types; no referrer."""
    async with (
        served(a_live()) as at,
        aiohttp.ClientSession() as session,
        session.get(at.url + path) as answer,
    ):
        assert answer.status == 200
        assert (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'"
            in answer.headers["Content-Security-Policy"]
        )
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert (answer.headers["X-Content-Type-Options"], answer.headers["Referrer-Policy"]) == (
            "nosniff",
            "no-referrer",
        )


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/index.html",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static//etc/passwd",
        "/nothing",
    ],
)
async def test_nothing_else_is_served(path: str) -> None:
    """Three files, by name; no folder is looked into when asked."""
    async with (
        served(a_live()) as at,
        aiohttp.ClientSession() as session,
        session.get(at.url + path) as answer,
    ):
        assert answer.status == 404


@pytest.mark.parametrize("limit", ["-1", "x", "", "1e3", "９", "9999999"])
async def test_a_wrong_limit_is_told(limit: str) -> None:
    """400 with what would be right."""
    async with (
        served(a_live()) as at,
        aiohttp.ClientSession() as session,
        session.get(f"{at.url}/api/alerts", params={"limit": limit}) as answer,
    ):
        assert answer.status == 400
        assert "whole number" in (await answer.json())["error"]


async def test_who_comes_back_gets_only_what_was_missed() -> None:
    """Last-Event-ID over HTTP."""
    live = a_live()
    async with served(live) as at:
        async with stream(at.url) as watched:
            seen = (await watched.next("snapshot")).id
        live.take([incoming(an_alert(1))])
        async with stream(at.url, seen) as again:
            event = await again.next("snapshot", "stories")
        assert (event.kind, alert_ids(event.data)) == ("stories", [an_alert(1).alert_id])


async def test_a_quiet_stream_beats() -> None:
    """So that proxies keep it open and the page can tell silence from death."""
    async with served(a_live(), heartbeat_s=0.05) as at, stream(at.url) as watched:
        for _ in range(3):
            await watched.next("beat")


async def test_one_viewer_too_many_is_told_to_come_back() -> None:
    """503 with Retry-After; a place that is given up is free again."""
    live = a_live(viewers=1)
    async with served(live, heartbeat_s=0.05) as at, aiohttp.ClientSession() as session:
        async with stream(at.url) as first:
            await first.next("snapshot")
            async with session.get(f"{at.url}/events") as answer:
                assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
        await until(lambda: not live.hub.viewers, "the first viewer's place is free")
        async with stream(at.url) as second:
            await second.next("snapshot")


async def test_another_site_s_page_may_not_listen() -> None:
    """A browser says where a request comes from; another site's cannot fill the house."""
    async with served(a_live()) as at, aiohttp.ClientSession() as session:
        async with session.get(
            f"{at.url}/events", headers={"Sec-Fetch-Site": "cross-site"}
        ) as answer:
            assert answer.status == 403
        async with session.get(
            f"{at.url}/events", headers={"Sec-Fetch-Site": "same-origin"}
        ) as answer:
            assert answer.status == 200


async def test_a_viewer_that_reads_nothing_is_dropped_and_the_others_are_served() -> None:
    """Its kernel buffers fill, then its queue; then it is gone, and nobody else has waited
    for it.
    """
    live = a_live()
    async with served(live, heartbeat_s=0.05) as at, stream(at.url) as quick:
        await quick.next("snapshot")
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.setblocking(False)
            host, port = at.url.removeprefix("http://").split(":")
            await asyncio.get_running_loop().sock_connect(slow, (host, int(port)))
            await asyncio.get_running_loop().sock_sendall(
                slow, b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"
            )
            await until(lambda: len(live.hub.viewers) == 2, "the slow one is let in")
            for _ in range(100):
                live.hub.publish("alerts", b'["' + b"x" * 200_000 + b'"]')
                await quick.next("alerts")
            assert any(viewer.is_lost for viewer in live.hub.viewers)
        await until(lambda: len(live.hub.viewers) == 1, "the slow one is gone")
        assert not any(viewer.is_lost for viewer in live.hub.viewers)


@asynccontextmanager
async def a_service(ready: int, metrics: str) -> AsyncIterator[str]:
    """A stand-in for a service's probes."""

    async def readyz(_request: web.Request) -> web.Response:
        return web.Response(status=ready)

    async def exposition(_request: web.Request) -> web.Response:
        return web.Response(text=metrics)

    application = web.Application()
    application.add_routes([web.get("/readyz", readyz), web.get("/metrics", exposition)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port := free_port()).start()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


LAG = 'summitwire_stage_lag_records{stage="tagger",partition="0"} 4\n'


@pytest.mark.parametrize(
    ("ready", "metrics", "state", "lags", "detail"),
    [
        (200, LAG, "up", [4], ""),
        (503, LAG, "not ready", [4], ""),
        (200, "{nonsense", "up", [], "its /metrics cannot be read"),
    ],
)
async def test_a_service_is_as_its_probes_say(
    ready: int, metrics: str, state: str, lags: list[int], detail: str
) -> None:
    """Ready, not ready, or ready with metrics that nobody can read."""
    async with (
        a_service(ready, metrics) as url,
        fetch_client(allowed=["127.0.0.1"], limits=LIMITS) as client,
    ):
        found = await probe_service(client, "tagger", url)
    assert (found.name, found.state, [stage.lag for stage in found.stages]) == (
        "tagger",
        state,
        lags,
    )
    assert found.detail.startswith(detail)


async def test_a_service_that_does_not_answer_is_down() -> None:
    """With the reason, as an operator would want to read it."""
    async with fetch_client(allowed=["127.0.0.1"], limits=LIMITS) as client:
        found = await probe_service(client, "tagger", f"http://127.0.0.1:{free_port()}")
    assert (found.state, found.stages) == ("down", ())
    assert "accepts no connection" in found.detail
