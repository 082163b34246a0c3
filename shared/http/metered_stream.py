"""A connection that ends when the response trickles, has endless headers, or is no HTTP.

httpcore limits how long a server may be silent, and the size of one header block. A server can keep
within both for ever: a byte now and then, or informational responses (1xx) without end.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpcore

_HTTP: Final = b"HTTP/"
MIN_READS: Final = 4
"""Fewer pieces in a window are no trickle: a server may pause while it computes its response."""


class TricklingResponse(Exception):  # noqa: N818 - named for what happened
    """A response arrives too slowly; the text says how slowly."""


class StaleConnection(Exception):  # noqa: N818 - named for what happened
    """A connection that was kept alive ended before a byte of the response: a server may do so."""


class NotHttp(Exception):  # noqa: N818 - named for what happened
    """What arrives is not the beginning of an HTTP response."""


class EndlessHead(Exception):  # noqa: N818 - named for what happened
    """What precedes a body does not end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsePace:
    """How fast a response has to arrive.

    Its head (status and headers, with all informational responses before it) within ``head_s``
    seconds and ``head_bytes``; its body with ``bytes_per_s`` on average over each ``window_s``.
    """

    head_s: float = 10.0
    head_bytes: int = 64 * 1024
    bytes_per_s: int = 512
    window_s: float = 5.0


class MeteredStream(httpcore.AsyncNetworkStream):
    """A network stream whose reads are measured.

    A write begins a request, and so the wait for a head; ``begin_body`` says that the head has
    arrived.
    """

    def __init__(
        self,
        inner: httpcore.AsyncNetworkStream,
        pace: ResponsePace,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inner, self._pace, self._clock = inner, pace, clock
        self._is_head, self._since, self._bytes, self._reads = True, clock(), 0, 0
        self._is_reused = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the library's
        """Read some bytes.

        Raises StaleConnection, NotHttp, EndlessHead or TricklingResponse besides httpcore's errors.
        """
        if self._is_head and self._bytes > self._pace.head_bytes:
            raise EndlessHead(f"more than {self._pace.head_bytes} bytes before the body")
        try:
            data = await self._inner.read(max_bytes, timeout)
        except httpcore.ReadError:
            self._check_stale()
            raise
        if not data:
            self._check_stale()
        if self._is_head and not self._bytes and data[: len(_HTTP)] != _HTTP[: len(data)]:
            # At once: what greets us in another protocol may wait for our reply.
            raise NotHttp("its first bytes are another protocol's")
        self._bytes += len(data)
        self._reads += 1
        if data:
            self._check_pace()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the library's
        """Write a part of a request."""
        self._is_reused = self._is_reused or not self._is_head
        self._start_window(is_head=True)
        await self._inner.write(buffer, timeout)

    def begin_body(self) -> None:
        """Measure the response's body from now on."""
        self._start_window(is_head=False)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's
    ) -> httpcore.AsyncNetworkStream:
        """Return the same connection after a TLS handshake, measured in the same way."""
        inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        return MeteredStream(inner, self._pace, self._clock)

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore asks about the connection."""
        return self._inner.get_extra_info(info)

    def _start_window(self, *, is_head: bool) -> None:
        self._is_head, self._since, self._bytes, self._reads = is_head, self._clock(), 0, 0

    def _check_stale(self) -> None:
        if self._is_reused and self._is_head and not self._bytes:
            raise StaleConnection

    def _check_pace(self) -> None:
        elapsed_s = self._clock() - self._since
        if self._is_head:
            if elapsed_s > self._pace.head_s:
                raise TricklingResponse(f"no body after {self._pace.head_s:g} s")
        elif elapsed_s > self._pace.window_s and self._reads >= MIN_READS:
            if self._bytes < elapsed_s * self._pace.bytes_per_s:
                raise TricklingResponse(f"less than {self._pace.bytes_per_s} bytes a second")
            self._start_window(is_head=False)


def begin_body(extensions: Mapping[str, Any]) -> None:
    """Tell the stream of a response, given the response's extensions, that its head has arrived."""
    stream = extensions.get("network_stream")
    if isinstance(stream, MeteredStream):
        stream.begin_body()
