"""Limit the connections of a server that strangers can reach: how many, and how slow.

aiohttp waits for ever for a request's head. Here a head has a time limit, so that connections that
send a byte now and then (slow loris) cannot use up the server.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web

_Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """The connections at once, and the seconds in which a request's head must have arrived.

    ``idle_s``: how long a connection is kept open between two requests; longer than clients do, so
    that none sends a request just when it is closed.
    """

    connections: int = 200
    head_s: float = 10.0
    idle_s: float = 75.0


class LimitedConnections:
    """The open connections of a server. ``middleware`` must be its application's first one."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._open: dict[asyncio.BaseTransport, _Connection] = {}

    def build_protocol(self, inner: asyncio.Protocol) -> asyncio.Protocol:
        """Return the protocol of a new connection; ``inner`` is aiohttp's."""
        return _Connection(inner, self._open, self.limits)

    def build_middleware(self) -> Any:
        """Return the aiohttp middleware that tells heads from bodies."""

        @web.middleware
        async def follow(request: web.Request, handler: _Next) -> web.StreamResponse:
            connection = self._open.get(request.transport) if request.transport else None
            if connection is None:
                return await handler(request)
            connection.stop_clock()
            try:
                return await handler(request)
            finally:
                connection.expect_next()

        return follow


class _Connection(asyncio.Protocol):
    """Passes everything to aiohttp's protocol, and aborts a connection whose head is too slow."""

    def __init__(
        self,
        inner: asyncio.Protocol,
        open_: dict[asyncio.BaseTransport, "_Connection"],
        limits: ConnectionLimits,
    ) -> None:
        self._inner, self._open, self._limits = inner, open_, limits
        self._transport: asyncio.Transport | None = None
        self._clock: asyncio.TimerHandle | None = None
        self._is_idle = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock; one connection too many is closed at once."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._inner.connection_made(transport)
        self._open[transport] = self
        if len(self._open) > self._limits.connections:
            self._abort()
        else:
            self._start_clock(self._limits.head_s)

    def data_received(self, data: bytes) -> None:
        """Start the clock with the first bytes of a head."""
        if self._is_idle:
            self._is_idle = False
            self._start_clock(self._limits.head_s)
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass it on."""
        return self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self.stop_clock()
        if self._transport is not None:
            self._open.pop(self._transport, None)
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        """Pass it on."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Pass it on."""
        self._inner.resume_writing()

    def expect_next(self) -> None:
        """Expect another request, now that one was answered."""
        self._is_idle = True
        self._start_clock(self._limits.idle_s)

    def stop_clock(self) -> None:
        """Expect no head: it has arrived, or the connection has ended."""
        self._is_idle = False
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _start_clock(self, seconds: float) -> None:
        if self._clock is not None:
            self._clock.cancel()
        self._clock = asyncio.get_running_loop().call_later(seconds, self._abort)

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()
