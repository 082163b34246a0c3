"""One request to a hostile server, and ways to answer it that no HTTP library would permit."""

import asyncio
import socket
import struct
from dataclasses import dataclass, field

FOREVER_S = 3_600.0


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Addresses that behaviours may point to.

    ``canary``: host and port of a listener that nobody may connect to. ``elsewhere``: the URL of an
    honest site that is not the feed's.
    """

    canary: str
    elsewhere: str

    @property
    def canary_port(self) -> str:
        return self.canary.rpartition(":")[2]


@dataclass(slots=True)
class Exchange:
    """A request as it was received, and the connection to answer it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    base: str
    neighbours: Neighbours
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def send(self, data: bytes | str) -> None:
        """Send raw bytes."""
        self.writer.write(data.encode() if isinstance(data, str) else data)
        await self.writer.drain()

    async def respond(self, body: bytes | str, *headers: str, status: str = "200 OK") -> None:
        """Send a whole response; ``headers`` are lines, in front of the length."""
        content = body.encode() if isinstance(body, str) else body
        await self.send(head(*headers, f"Content-Length: {len(content)}", status=status) + content)

    async def redirect(self, target: str, *headers: str, status: str = "302 Found") -> None:
        """Send a redirect."""
        await self.respond("", f"Location: {target}", *headers, status=status)

    async def respond_in_chunks(self, body: bytes, size: int, *headers: str) -> None:
        """Send a body in chunks of so many bytes."""
        await self.send(head(*headers, "Transfer-Encoding: chunked"))
        pieces = [chunk(body[start : start + size]) for start in range(0, len(body), size)]
        await self.send(b"".join(pieces) + chunk(b""))

    async def drip(self, data: bytes, every_s: float = 0.05) -> None:
        """Send a byte now and then, without end."""
        while True:
            for start in range(len(data)):
                await self.send(data[start : start + 1])
                await asyncio.sleep(every_s)

    async def hold(self) -> None:
        """Keep the connection and say nothing."""
        await asyncio.sleep(FOREVER_S)

    def reset(self) -> None:
        """Break the connection with a RST."""
        sock: socket.socket = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


def head(*headers: str, status: str = "200 OK") -> bytes:
    """Return a status line and headers."""
    return "\r\n".join((f"HTTP/1.1 {status}", *headers, "", "")).encode("latin-1")


def chunk(data: bytes) -> bytes:
    """Return a chunk of a chunked body; that of no bytes ends it."""
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"
