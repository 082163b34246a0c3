"""Starts the hostile servers, each at an address of its own, an honest site, and the canary."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.hostile_server import (  # noqa: F401 - their behaviours register themselves
    bodies,
    connections,
    documents,
    heads,
    redirects,
    robots,
    tls,
)
from tests.hostile_server.certificates import Authority, create_authority
from tests.hostile_server.exchange import Exchange, Neighbours
from tests.hostile_server.honest import answer
from tests.hostile_server.table import BEHAVIOURS, Behaviour, Part, Scheme

KEY = "t0k3n"
"""In each feed's address."""
HEAD_LIMIT = 64 * 1024


@dataclass(slots=True)
class HostileWeb:
    """The servers that are running.

    ``urls``: the feed of each behaviour. ``canary_connections`` counts what must never be;
    ``violations`` says which request had what it must not have.
    """

    neighbours: Neighbours
    authority: Authority
    urls: dict[str, str] = field(default_factory=dict)
    canary_connections: int = 0
    violations: list[str] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def describe(self) -> dict[str, object]:
        """Return the addresses, for another process."""
        return {
            "urls": self.urls,
            "canary": self.neighbours.canary,
            "elsewhere": self.neighbours.elsewhere,
            "authority": str(self.authority.file),
        }

    def report(self) -> dict[str, object]:
        """Return what the servers have seen, for another process."""
        return {"canary_connections": self.canary_connections, "violations": self.violations}

    async def serve(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        behaviour: Behaviour | None,
    ) -> None:
        """Answer the requests of a connection."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._answer_requests(reader, writer, behaviour)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer_requests(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        behaviour: Behaviour | None,
    ) -> None:
        base = self.urls[behaviour.name].rpartition("/")[0] if behaviour else ""
        exchange = Exchange(reader, writer, base, self.neighbours)
        if behaviour and behaviour.part is Part.CONNECTION:
            await behaviour.serve(exchange)
            return
        while True:
            await _read_request(exchange)
            self._look_for_leaks(exchange, behaviour)
            if behaviour and _is_for(behaviour.part, exchange.path):
                await behaviour.serve(exchange)
                return
            if exchange.path.startswith("/redirect?"):
                await exchange.redirect(exchange.path.partition("?")[2])
            else:
                await answer(exchange)

    def _look_for_leaks(self, exchange: Exchange, behaviour: Behaviour | None) -> None:
        headers = exchange.headers
        if "cookie" in headers or "referer" in headers or "authorization" in headers:
            self.violations.append(f"{behaviour and behaviour.name}: {sorted(headers)}")
        if "x-secret" in headers:
            host = exchange.base.rpartition("/")[2]
            if headers["host"] != host or not exchange.path.startswith("/feed"):
                self.violations.append(f"{headers['host']}{exchange.path}: the secret header")

    async def _meet_canary(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.canary_connections += 1
        writer.close()

    async def close(self) -> None:
        """End all connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _is_for(part: Part, path: str) -> bool:
    is_robots, is_page = path.startswith("/robots.txt"), path.startswith("/page")
    return {
        Part.ALL: True,
        Part.ROBOTS: is_robots,
        Part.PAGE: is_page,
        Part.FEED: not is_robots and not is_page,
    }[part]


async def _read_request(exchange: Exchange) -> None:
    lines = (await exchange.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    exchange.path = lines[0].split(" ")[1]
    pairs = (line.partition(":") for line in lines[1:] if line)
    exchange.headers = {name.lower(): value.strip() for name, _, value in pairs}


@asynccontextmanager
async def hostile_web(
    folder: Path, behaviours: Mapping[str, Behaviour] = BEHAVIOURS
) -> AsyncIterator[HostileWeb]:
    """Run the servers for as long as the context lasts; ``folder`` is for their certificates."""
    authority = create_authority(folder)
    web = HostileWeb(Neighbours("", ""), authority)
    servers = list[asyncio.Server]()

    async def start(address: str, behaviour: Behaviour | None) -> str:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await web.serve(reader, writer, behaviour)

        scheme = behaviour.scheme if behaviour else Scheme.HTTP
        is_plain = scheme in (Scheme.HTTP, Scheme.PLAIN)
        tls_context = None if is_plain else authority.contexts(address)[scheme]
        server = await asyncio.start_server(
            serve, address, 0, ssl=tls_context, backlog=200, limit=HEAD_LIMIT
        )
        servers.append(server)
        port = server.sockets[0].getsockname()[1]
        return f"{'http' if scheme is Scheme.HTTP else 'https'}://{address}:{port}"

    canary = await _start_canary(web)
    servers += canary
    elsewhere = await start("127.0.2.1", None)
    port = canary[0].sockets[0].getsockname()[1]
    web.neighbours = Neighbours(f"127.0.0.1:{port}", elsewhere)
    for number, behaviour in enumerate(behaviours.values(), start=1):
        web.urls[behaviour.name] = ""
        web.urls[behaviour.name] = f"{await start(f'127.0.1.{number}', behaviour)}/feed?key={KEY}"
    try:
        yield web
    finally:
        for server in servers:
            server.close()
        await web.close()


async def _start_canary(web: HostileWeb) -> list[asyncio.Server]:
    """Listen on all addresses of this machine, also where it has no IPv6."""
    server = await asyncio.start_server(web._meet_canary, "0.0.0.0", 0)
    port = server.sockets[0].getsockname()[1]
    with suppress(OSError):
        sock = socket.socket(socket.AF_INET6)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(("::", port))
        return [server, await asyncio.start_server(web._meet_canary, sock=sock)]
    return [server]
