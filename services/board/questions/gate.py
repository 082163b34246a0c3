"""The gate for requests that cost something: who may ask, and how much at once.

The board is open to the network. A request must come from the board's own page, in JSON, of a
bounded size. One is worked on at a time, in a child process that is stopped when it takes too long;
a few wait, and others are asked to retry.
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
"""Runs a function in a limited child process: ``ProcessPool.call``."""


class RequestRefused(Exception):  # noqa: N818 - an answer, not a fault of ours
    """The request is not served: the status and what the visitor can do."""

    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message
        super().__init__(message)


class RequestGate:
    """Passes requests to the child process, one at a time, with a bounded queue."""

    def __init__(self, call: Call) -> None:
        self._call, self._pending = call, 0

    async def ask(self, function: Callable[..., dict[str, Any]], *args: Any) -> dict[str, Any]:
        """Return the function's answer.

        Raises RequestRefused if it exceeds a limit or too many ask.
        """
        with self.turn():
            try:
                return await self._call(function, *args)
            except InvalidMessage as limit:
                raise RequestRefused(422, f"this {limit}: try something simpler") from limit
            except PoolBroken as broken:
                log.exception("the board's child process cannot work")
                raise RequestRefused(503, "not possible right now: see the board's log") from broken

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold a place in the queue. Raises RequestRefused if too many ask."""
        if self._pending > WAITING:
            raise RequestRefused(429, "too many requests: try again in a moment")
        self._pending += 1
        try:
            yield
        finally:
            self._pending -= 1


def check_headers(headers: Mapping[str, str]) -> None:
    """Refuse a request unless the board's own page makes it, in JSON.

    A form of another site cannot send JSON, and a browser names the page that asks. Raises
    RequestRefused.
    """
    check_page(headers)
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise RequestRefused(415, "send application/json")


def check_page(headers: Mapping[str, str]) -> None:
    """Refuse a request if the browser says that another site's page makes it.

    Raises RequestRefused.
    """
    origin, host = headers.get("Origin"), headers.get("Host", "")
    site = headers.get("Sec-Fetch-Site")
    is_own = origin is None or site == "same-origin" or _same(origin, host)
    if site not in (None, "same-origin") or not is_own:
        raise RequestRefused(403, "only the board's own page may request this")


def parse_json(body: bytes, kind: type[T], most_bytes: int) -> T:
    """Parse a request's body. Raises RequestRefused if it is too large or invalid."""
    if len(body) > most_bytes:
        raise RequestRefused(413, f"at most {most_bytes} bytes")
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestRefused(400, f"not understood: {str(error)[:200]}") from None


async def run_request(answer: Awaitable[dict[str, Any]]) -> tuple[int, bytes]:
    """Await an answer and return its status and JSON."""
    try:
        return 200, orjson.dumps(await answer, option=orjson.OPT_UTC_Z)
    except RequestRefused as refused:
        return refused.status, orjson.dumps({"refused": refused.message})


async def load_body(request: web.Request) -> bytes:
    """Read a request's body. Raises RequestRefused if it is too large or too slow."""
    try:
        async with asyncio.timeout(READ_S):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise RequestRefused(413, "at most a megabyte") from None
    except TimeoutError:
        raise RequestRefused(408, f"the request took longer than {READ_S:g} s") from None


def json_response(status: int, body: bytes, headers: Mapping[str, str]) -> web.Response:
    """Build the response to a browser; ``headers`` go with every one."""
    more = {"Retry-After": str(COME_BACK_S)} if status == 429 else {}
    return web.Response(
        body=body, status=status, content_type="application/json", headers={**headers, **more}
    )


def body_handler(
    answer: Callable[[Mapping[str, str], bytes], Awaitable[dict[str, Any]]],
    headers: Mapping[str, str],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Build a route's handler that answers from a request's headers and body.

    ``headers`` go with every response.
    """

    async def handle(request: web.Request) -> web.Response:
        async def answer_request() -> dict[str, Any]:
            return await answer(request.headers, await load_body(request))

        return json_response(*await run_request(answer_request()), headers)

    return handle


def _same(origin: str, host: str) -> bool:
    """Return whether the requesting page is of this very host and port."""
    try:
        return urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:
        return False
