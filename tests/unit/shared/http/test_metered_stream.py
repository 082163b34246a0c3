"""Reads are measured: trickles, endless heads and other protocols end the exchange."""

from collections.abc import Iterable
from typing import Any

import httpcore
import pytest

from shared.http.metered_stream import (
    EndlessHead,
    MeteredStream,
    NotHttp,
    ResponsePace,
    TricklingResponse,
)

PACE = ResponsePace(head_s=10.0, head_bytes=1_000, bytes_per_s=100, window_s=5.0)
OK = b"HTTP/1.1 200 OK\r\n\r\n"


class Server(httpcore.AsyncNetworkStream):
    """Sends pieces, each after some seconds of a clock that it moves itself."""

    def __init__(self, pieces: Iterable[tuple[float, bytes]]) -> None:
        self._pieces, self.now = iter(pieces), 0.0

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109
        after_s, piece = next(self._pieces, (0.0, b""))
        self.now += after_s
        return piece

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        pass

    async def aclose(self) -> None:
        pass

    def get_extra_info(self, info: str) -> Any:
        raise NotImplementedError(info)


async def read_head(*pieces: tuple[float, bytes]) -> bytes:
    server = Server(pieces)
    stream = MeteredStream(server, PACE, lambda: server.now)
    await stream.write(b"GET / HTTP/1.1\r\n\r\n")
    return b"".join([await stream.read(65_536) for _ in pieces])


async def read_body(*pieces: tuple[float, bytes]) -> bytes:
    server = Server(((0.0, OK), *pieces))
    stream = MeteredStream(server, PACE, lambda: server.now)
    await stream.write(b"GET / HTTP/1.1\r\n\r\n")
    await stream.read(65_536)
    stream.begin_body()
    return b"".join([await stream.read(65_536) for _ in pieces])


async def test_a_head_has_its_time_and_its_size() -> None:
    """Ten seconds and a thousand bytes pass; a drip of both, or 1xx without end, does not."""
    assert await read_head((9.9, OK)) == OK
    with pytest.raises(TricklingResponse, match="no body after 10 s"):
        await read_head((5.0, b"HTTP/"), (5.1, b"1"))
    informational = b"HTTP/1.1 100 Continue\r\n\r\n"
    with pytest.raises(EndlessHead, match="more than 1000 bytes before the body"):
        await read_head(*[(0.0, informational)] * 50)


@pytest.mark.parametrize("greeting", [b"SSH-2.0-x", b"220 mail", b"\x15\x03\x01", b"HTML", b"h"])
async def test_another_protocol_is_told_by_its_first_bytes(greeting: bytes) -> None:
    """Nobody waits for the end of a greeting."""
    with pytest.raises(NotHttp):
        await read_head((0.0, greeting))


@pytest.mark.parametrize("size", [1, 3, 5, 8])
async def test_http_is_known_in_pieces_of_any_size(size: int) -> None:
    """The first piece may be a single byte."""
    pieces = [(0.0, OK[start : start + size]) for start in range(0, len(OK), size)]
    assert await read_head(*pieces) == OK


async def test_a_body_may_pause_but_not_trickle() -> None:
    """A pause before the last piece passes, and 100 bytes a second; less than that does not."""
    assert len(await read_body((0.0, b"a" * 10), (8.0, b"b" * 10))) == 20
    assert len(await read_body(*[(1.0, b"a" * 101)] * 60)) == 6_060
    with pytest.raises(TricklingResponse, match="less than 100 bytes a second"):
        await read_body(*[(1.0, b"a" * 99)] * 7)


async def test_each_window_counts_for_itself() -> None:
    """A quick start is no credit for a trickle later."""
    with pytest.raises(TricklingResponse):
        await read_body((0.1, b"a" * 1_000_000), *[(1.0, b"a")] * 14)
