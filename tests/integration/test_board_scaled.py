"""The board asks every process behind a service's name, over real sockets."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from services.board.live import Live
from services.board.poll import ServicePoller
from tests.ports import free_port

TWO = ("127.0.0.1", "127.0.0.2")


@asynccontextmanager
async def a_service(address: str, port: int, *, ready: bool) -> AsyncIterator[None]:
    """A process that answers its probes there."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=503 if request.path == "/readyz" and not ready else 200)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, address, port).start()
        yield
    finally:
        await runner.cleanup()


async def test_each_process_of_a_scaled_service_is_shown() -> None:
    """By its address, with its own state; when one is gone the other goes by the service's name
    again.
    """
    port, addresses = free_port(), list(TWO)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    live = Live(alerts=1, viewers=1, epoch="test")
    poller = ServicePoller(
        live, {"tagger": f"http://tagger.test:{port}"}, every_s=60.0, resolve=resolve
    )
    localhost = ServicePoller(
        live, {"tagger": f"http://localhost:{port}"}, every_s=60.0, resolve=resolve
    )
    async with a_service(TWO[0], port, ready=True), a_service(TWO[1], port, ready=False):
        scaled = await poller.probe_all()
        addresses.remove(TWO[1])
        alone = await localhost.probe_all()
    await poller.close()
    await localhost.close()
    assert [(each.name, each.state) for each in scaled] == [
        ("tagger 127.0.0.1", "up"),
        ("tagger 127.0.0.2", "not ready"),
    ]
    assert [(each.name, each.state) for each in alone] == [("tagger", "up")]
