"""Where a visitor's question comes in that costs something: who may ask, how much at once, and what a limit that is broken is answered with.

The board is a network door: a request must come from the board's own page, in JSON, of bounded size; one question is worked on at a time, in a
child process that is stopped when it takes too long; a few wait, the others are told to come back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import msgspec
import orjson
from aiohttp import web

from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.limits.process_pool import PoolBroken

log = get(__name__)

T = TypeVar("T")

WAITING: Final = 4
TIME_LIMIT_S: Final = 5.0
MEMORY_LIMIT_MB: Final = 512
READ_S: Final = 10.0
COME_BACK_S: Final = 2

Call = Callable[..., Awaitable[dict[str, Any]]]
"""Runs a function with its arguments where it cannot do harm: ``Children.call``."""


class RequestRefused(Exception):  # noqa: N818 - an answer, not a fault of ours
    """The request is not served: the status and what to do about it."""

    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message
        super().__init__(message)


class RequestGate:
    """Passes questions to the child process, one after the other; more than a few waiting are turned away."""

    def __init__(self, call: Call) -> None:
        self._call, self._asked = call, 0

    async def ask(self, function: Callable[..., dict[str, Any]], *args: Any) -> dict[str, Any]:
        """What the function answers. Raises Refused where it breaks a limit, or where too many ask."""
        with self.turn():
            try:
                return await self._call(function, *args)
            except InvalidMessage as limit:
                raise RequestRefused(422, f"this {limit}: try something simpler") from limit
            except PoolBroken as broken:
                log.exception("the board's child process cannot work")
                raise RequestRefused(
                    503, "this cannot be tried right now: the board's log says why"
                ) from broken

    @contextmanager
    def turn(self) -> Iterator[None]:
        """For as long as something is done for somebody. Raises Refused where too many ask."""
        if self._asked > WAITING:
            raise RequestRefused(429, "many people are asking: try again in a moment")
        self._asked += 1
        try:
            yield
        finally:
            self._asked -= 1


def check_headers(headers: Mapping[str, str]) -> None:
    """Raise Refused unless the board's own page asks. A form of another site cannot send JSON, and a browser names the page that asks."""
    check_page(headers)
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise RequestRefused(415, "send application/json")


def check_page(headers: Mapping[str, str]) -> None:
    """Raise Refused where a browser says that another site's page asks."""
    origin, host = headers.get("Origin"), headers.get("Host", "")
    if headers.get("Sec-Fetch-Site", "same-origin") != "same-origin" or (
        origin is not None and not _same(origin, host)
    ):
        raise RequestRefused(403, "only the board's own page may ask this")


def parse_json(body: bytes, kind: type[T], most_bytes: int) -> T:
    """What is asked for. Raises Refused where it is too much or not understood."""
    if len(body) > most_bytes:
        raise RequestRefused(413, f"at most {most_bytes} bytes")
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestRefused(400, f"not understood: {str(error)[:200]}") from None


async def run_request(answer: Awaitable[dict[str, Any]]) -> tuple[int, bytes]:
    """The status and the JSON to answer with."""
    try:
        return 200, orjson.dumps(await answer, option=orjson.OPT_UTC_Z)
    except RequestRefused as refused:
        return refused.status, orjson.dumps({"refused": refused.message})


async def load_body(request: web.Request) -> bytes:
    """What a request brings. Raises Refused where it is more than a megabyte, or slow."""
    try:
        async with asyncio.timeout(READ_S):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise RequestRefused(413, "at most a megabyte") from None
    except TimeoutError:
        raise RequestRefused(408, f"the request took longer than {READ_S:g} s") from None


def json_response(status: int, body: bytes, headers: Mapping[str, str]) -> web.Response:
    """The answer to a browser; ``headers`` go with every one."""
    more = {"Retry-After": str(COME_BACK_S)} if status == 429 else {}
    return web.Response(
        body=body, status=status, content_type="application/json", headers={**headers, **more}
    )


def _same(origin: str, host: str) -> bool:
    """Whether the page that asks is of this very host and port."""
    try:
        return urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:
        return False
