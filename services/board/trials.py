"""POST /api/try: somebody at the board tries a rule. Who may ask, how much, and how many at once; the trial itself is in trial.py.

The board is a network door: a request must come from the board's own page, in JSON, of bounded size; one trial runs at a time, in a child
process that is stopped when it takes too long; a few wait, the others are told to come back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
import orjson
from aiohttp import web

from services.board.recent import Recent
from services.board.trial import Folders, tried, tried_on, tried_on_text
from shared.isolation import PoolBroken
from shared.log import get
from shared.outcomes import InvalidMessage

log = get(__name__)

MOST_EXPRESSION: Final = 2_000
MOST_TEXT: Final = 50_000
MOST_BYTES: Final = 256 * 1024
"""A text of 50 000 characters, four bytes each, and what stands around it."""
WAITING: Final = 4
TIME_LIMIT_S: Final = 5.0
MEMORY_LIMIT_MB: Final = 512
READ_S: Final = 10.0
COME_BACK_S: Final = 2

Call = Callable[..., Awaitable[dict[str, Any]]]
"""Runs a function with its arguments where it cannot do harm: ``Children.call``."""


class Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a page asks: an expression on the recent articles, on one of them, or on a pasted text."""

    expression: str
    article: str | None = None
    headline: str = ""
    text: str = ""


class Refused(Exception):  # noqa: N818 - an answer, not a fault of ours
    """The request is not served: the status and what to do about it."""

    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message
        super().__init__(message)


class Trials:
    """Answers trials from the recent articles."""

    def __init__(self, recent: Recent, call: Call, folders: Folders, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._recent, self._call, self._folders, self._now = recent, call, folders, now
        self._asked = 0

    async def answer(self, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """The status and the JSON to answer with."""
        try:
            check_headers(headers)
            asked = read(body)
            return 200, orjson.dumps(await self._one_at_a_time(asked), option=orjson.OPT_UTC_Z)
        except Refused as refused:
            return refused.status, orjson.dumps({"refused": refused.message})

    async def _one_at_a_time(self, asked: Asked) -> dict[str, Any]:
        """The child does one after the other; more than a few waiting are turned away."""
        if self._asked > WAITING:
            raise Refused(429, "many people are trying rules: try again in a moment")
        self._asked += 1
        try:
            return await self._tried(asked)
        except InvalidMessage as limit:
            raise Refused(422, f"this trial {limit}: try a simpler expression") from limit
        except PoolBroken as broken:
            log.exception("trials cannot run")
            raise Refused(503, "rules cannot be tried right now: the board's log says why") from broken
        finally:
            self._asked -= 1

    async def _tried(self, asked: Asked) -> dict[str, Any]:
        if asked.article is not None:
            record = self._recent.record(asked.article)
            if record is None:
                raise Refused(404, "that article is no longer among the recent ones: choose another")
            return await self._call(tried_on, asked.expression, record, self._folders)
        if asked.text.strip() or asked.headline.strip():
            return await self._call(tried_on_text, asked.expression, asked.headline, asked.text, self._now().isoformat(), self._folders)
        return await self._call(tried, asked.expression, tuple(kept.record for kept in self._recent.newest_first()), self._folders)


def check_headers(headers: Mapping[str, str]) -> None:
    """Raise Refused unless the board's own page asks. A form of another site cannot send JSON, and a browser names the page that asks."""
    origin, host = headers.get("Origin"), headers.get("Host", "")
    if headers.get("Sec-Fetch-Site", "same-origin") != "same-origin" or (origin is not None and not _same(origin, host)):
        raise Refused(403, "only the board's own page may try rules")
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "send application/json")


def read(body: bytes) -> Asked:
    """What is asked for. Raises Refused where it is too much or not understood."""
    if len(body) > MOST_BYTES:
        raise Refused(413, f"at most {MOST_BYTES} bytes")
    try:
        asked = msgspec.json.decode(body, type=Asked)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, f"not a trial: {str(error)[:200]}") from None
    if len(asked.expression) > MOST_EXPRESSION:
        raise Refused(413, f"an expression of more than {MOST_EXPRESSION} characters is tried with `summitwire rules backtest`")
    if len(asked.text) + len(asked.headline) > MOST_TEXT:
        raise Refused(413, f"a text of more than {MOST_TEXT} characters is tried with `summitwire rules why`")
    return asked


def handler(trials: Trials, headers: Mapping[str, str]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The route's handler; ``headers`` go with every answer."""

    async def handle(request: web.Request) -> web.Response:
        async with asyncio.timeout(READ_S):
            body = await request.read()  # aiohttp itself reads no more than a megabyte
        status, answer = await trials.answer(request.headers, body)
        more = {"Retry-After": str(COME_BACK_S)} if status == 429 else {}
        return web.Response(body=answer, status=status, content_type="application/json", headers={**headers, **more})

    return handle


def _same(origin: str, host: str) -> bool:
    """Whether the page that asks is of this very host and port."""
    try:
        return urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:
        return False
