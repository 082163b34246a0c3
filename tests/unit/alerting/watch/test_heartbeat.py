"""Heartbeats go out while everything works, through the guard of deliveries, and not otherwise."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from services.alerting.settings import AlertingSettings
from services.alerting.watch.heartbeat import Heartbeat, HeartbeatTarget
from shared.base.exits import ConfigurationError
from shared.http.clients import delivery_client


class Monotonic:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@asynccontextmanager
async def receiver(status: int = 200) -> AsyncIterator[tuple[str, list[str]]]:
    """Serve a URL that takes heartbeats, and yield it with what came."""
    requests: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        requests.append(f"{request.method} {request.path}")
        return web.Response(status=status, headers={"location": "http://127.0.0.1:1/"})

    app = web.Application()
    app.router.add_route("*", "/ping/{secret}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}/ping/s3cret", requests
    finally:
        await runner.cleanup()


async def beat(url: str, *works: bool, allowed: str = "127.0.0.1", later: float = 0.0) -> str:
    """Return the outcome of one heartbeat after these words of the watch."""
    monotonic = Monotonic()
    async with delivery_client(hosts=["127.0.0.1"], allowed=[allowed]) as client:
        heartbeat = Heartbeat(client, HeartbeatTarget(url=url), monotonic=monotonic)
        for each in works:
            heartbeat.note(each)
        monotonic.seconds += later
        return await heartbeat.beat()


async def test_it_beats_only_while_everything_works() -> None:
    """And in the process that watches; an old word does not count."""
    async with receiver() as (url, requests):
        assert await beat(url) == ""
        assert await beat(url, False) == "withheld"
        assert await beat(url, True, later=61) == "withheld"
        assert requests == []
        assert await beat(url, True, later=59) == "accepted"
        assert requests == ["POST /ping/s3cret"]


@pytest.mark.parametrize(
    ("status", "outcome"), [(204, "accepted"), (302, "refused"), (500, "refused")]
)
async def test_only_success_counts(
    status: int, outcome: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A redirect is not followed, and the log does not show the URL."""
    async with receiver(status) as (url, requests):
        assert await beat(url, True) == outcome
    assert len(requests) == 1
    assert "s3cret" not in "".join(capsys.readouterr())


async def test_the_address_guard_holds(capsys: pytest.CaptureFixture[str]) -> None:
    """A private address that nobody allowed gets nothing."""
    async with receiver() as (url, requests):
        assert await beat(url, True, allowed="10.0.0.0/8") == "failed"
    assert requests == []
    assert "s3cret" not in "".join(capsys.readouterr())


def test_nothing_is_posted_unless_it_is_configured() -> None:
    """And a bad URL is an error that does not show it."""
    assert AlertingSettings.model_validate({}).heartbeat_target() is None
    good = AlertingSettings.model_validate(
        {"heartbeat_url": "https://hc.example/s3cret\n", "heartbeat_interval": 30}
    ).heartbeat_target()
    assert good == HeartbeatTarget(url="https://hc.example/s3cret", every_s=30)
    assert "s3cret" not in repr(good)
    for bad in ("ftp://x/s3cret", "http://hc.example/s3cret", "https://a:b@x/s3cret", "s3cret"):
        with pytest.raises(ConfigurationError, match="HEARTBEAT_URL") as error:
            AlertingSettings.model_validate({"heartbeat_url": bad}).heartbeat_target()
        assert "s3cret" not in str(error.value)
