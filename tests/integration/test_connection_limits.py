"""A server for strangers: slow heads are cut off, and one connection too many is refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import uvloop
from aiohttp import web

from shared.service.connection_limits import ConnectionLimits
from shared.service.web_server import WebServer
from tests.ports import free_port

LONG_S = 3600.0
WAIT_S = 20.0
REQUEST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n"


@asynccontextmanager
async def serving(limits: ConnectionLimits) -> AsyncIterator[int]:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    port = free_port()
    server = WebServer("127.0.0.1", port, [("POST /", echo)], limits=limits)
    await server.on_start()
    try:
        yield port
    finally:
        await server.on_stop()


async def read_to_end(reader: asyncio.StreamReader) -> bytes:
    """Return all until the server ends the connection, in whatever way it does."""
    received = b""
    with suppress(ConnectionError):
        async with asyncio.timeout(WAIT_S):
            while piece := await reader.read(1000):
                received += piece
    return received


async def test_a_head_has_a_time_limit() -> None:
    """Whether nothing comes, or a part of a head, also behind a request that was answered."""
    async with serving(ConnectionLimits(head_s=0.2, idle_s=0.3)) as port:
        for sent in (b"", b"POST / HTTP/1.1\r\nHo", REQUEST + b"hi" + b"POST / HTT"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            received = await read_to_end(reader)
            assert received.endswith(b"hi") == (b"hi" in sent)
            writer.close()


async def test_a_body_is_not_cut_off_by_the_limit_of_a_head() -> None:
    """It has a limit of its own, the handler's; and a compressed body is passed on as it is."""
    async with serving(ConnectionLimits(head_s=0.2)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = REQUEST.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
        writer.write(head + b"h")
        await asyncio.sleep(0.5)  # longer than the limit: nothing must happen
        writer.write(b"i")
        assert b"200 OK" in await reader.readline()
        writer.close()


async def test_connections_are_counted() -> None:
    """The third of two is closed; a place that is free again is given to the next."""
    async with serving(ConnectionLimits(connections=2, head_s=LONG_S)) as port:
        first = await asyncio.open_connection("127.0.0.1", port)
        second = await asyncio.open_connection("127.0.0.1", port)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(REQUEST)
        assert await read_to_end(reader) == b""
        first[1].close()
        await first[1].wait_closed()
        answer = b""
        while b"200 OK" not in answer:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(REQUEST.replace(b"Host", b"Connection: close\r\nHost") + b"hi")
            answer = await read_to_end(reader)
        second[1].close()


def test_the_loop_of_the_services_is_served_alike() -> None:
    """uvloop's connections are no subclass of asyncio's; services run on it."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(test_a_head_has_a_time_limit())
