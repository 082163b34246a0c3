"""Clients that hang up or send no HTTP: no line of them in the log, and the server serves on."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from services.fetcher.push.article_api import load_body
from services.fetcher.push.problem import PushProblem
from shared.service.connection_limits import ConnectionLimits
from shared.service.web_server import WebServer
from tests.ports import free_port

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
WAIT_S = 20.0


class PushLike:
    """A server that reads bodies as POST /articles does; ``refusals`` are the codes it gave."""

    def __init__(self) -> None:
        self.refusals = asyncio.Queue[str]()

    async def take(self, request: web.Request) -> web.Response:
        """Answer with the body."""
        if "Explode" in request.headers:
            raise ValueError("a mistake of ours")
        try:
            return web.Response(body=await load_body(request, 1_000))
        except PushProblem as problem:
            self.refusals.put_nowait(problem.code)
            return web.Response(status=problem.status)


@pytest.fixture
async def server() -> AsyncIterator[tuple[PushLike, int]]:
    """A running server and its port."""
    port, handler = free_port(), PushLike()
    server = WebServer("127.0.0.1", port, [("POST /", handler.take)], limits=ConnectionLimits())
    await server.on_start()
    yield handler, port
    await server.on_stop()


async def send(port: int, request: bytes, *, until_answered: bool = True) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await writer.drain()
    answer = await asyncio.wait_for(reader.readline(), WAIT_S) if until_answered else b""
    writer.transport.abort()
    return answer


async def test_a_client_that_hangs_up_leaves_no_trace(
    server: tuple[PushLike, int], caplog: pytest.LogCaptureFixture
) -> None:
    """In the middle of its body, with a length and in chunks."""
    handler, port = server
    for framing in (
        b"Content-Length: 100\r\n\r\nabc",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    ):
        await send(port, HEAD + framing, until_answered=False)
        assert await asyncio.wait_for(handler.refusals.get(), WAIT_S) == "cut-off"
    assert (await send(port, HEAD + b"Content-Length: 2\r\n\r\nok")).startswith(b"HTTP/1.1 200")
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


@pytest.mark.parametrize(
    "request_bytes",
    [
        HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        HEAD + b"X: " + b"x" * 20_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost x\r\n\r\n",
        b"\x16\x03\x01 hello\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_a_400_without_a_trace(
    server: tuple[PushLike, int], caplog: pytest.LogCaptureFixture, request_bytes: bytes
) -> None:
    """Anybody can send it, and nobody here can put it right."""
    assert b" 400 " in await send(server[1], request_bytes)
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


async def test_our_own_mistakes_are_still_logged(
    server: tuple[PushLike, int], caplog: pytest.LogCaptureFixture
) -> None:
    """With their stack trace."""
    request = HEAD + b"Explode: 1\r\nContent-Length: 0\r\n\r\n"
    assert b" 500 " in await send(server[1], request)
    assert [record.exc_info is not None for record in caplog.records] == [True]
