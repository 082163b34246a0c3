"""What somebody at the board wants to see cleaned: an article that is known, with its original, or a text or file of their own.

GET /api/clean?article=ID or URL, POST /api/clean. The work is in side_by_side.py, who may ask in desk.py.
"""

import binascii
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, Final

import msgspec
from aiohttp import web

from services.board.questions.gate import (
    RequestGate,
    RequestRefused,
    check_headers,
    check_page,
    json_response,
    load_body,
    parse_json,
    run_request,
)
from services.board.state.recent_articles import RecentArticle, RecentArticles

MAX_UPLOAD_BYTES: Final = 1024 * 1024
"""Of a request; aiohttp itself reads no more."""
_LONGEST_NAME: Final = 200
_TYPES: Final = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".json": "application/json",
    ".xml": "application/xml",
}

FindOriginal = Callable[[RecentArticle], Awaitable[bytes | None]]


class UploadedContent(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The bytes of a file, in base64, and its name; a text that was pasted has none."""

    content: str
    name: str = ""


class CleanPreviews:
    """Answers from the recent articles, their originals, and what visitors bring."""

    def __init__(
        self,
        recent: RecentArticles,
        desk: RequestGate,
        original: FindOriginal,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._recent, self._desk, self._original, self._now = recent, desk, original, now

    async def of_article(self, headers: Mapping[str, str], asked: str) -> dict[str, Any]:
        """An article by id or address, beside its original. Raises Refused."""
        check_page(headers)
        kept = self._recent.find(asked.strip())
        if kept is None:
            raise RequestRefused(
                404,
                "that article is not among the recent ones that the board keeps, or not any more",
            )
        with self._desk.turn():
            original = await self._original(kept)
        return await self._desk.ask(_beside_original, kept.record, original)

    async def of_content(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """What would be made of a text or file. Raises Refused."""
        check_headers(headers)
        brought = parse_json(body, UploadedContent, MAX_UPLOAD_BYTES)
        content = _content(brought)
        if not content.strip():
            raise RequestRefused(400, "paste a text, or choose a file")
        suffix = PurePath(brought.name.removesuffix(".gz")).suffix.lower()
        name = brought.name[:_LONGEST_NAME] or "pasted"
        return await self._desk.ask(
            _cleaned, content, _TYPES.get(suffix, ""), name, self._now().isoformat()
        )


def _beside_original(record: bytes, raw: bytes | None) -> dict[str, Any]:
    from services.board.questions.clean_comparison import compare_article  # noqa: PLC0415 - the cleaner with its models is loaded in the child only

    return compare_article(record, raw)


def _cleaned(content: bytes, content_type: str, name: str, now: str) -> dict[str, Any]:
    from services.board.questions.clean_comparison import compare_content  # noqa: PLC0415 - as above

    return compare_content(content, content_type, name, now)


def _content(brought: UploadedContent) -> bytes:
    try:
        return b64decode(brought.content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestRefused(400, f"content is no base64: {error}") from None


def handlers(
    cleanings: CleanPreviews, headers: Mapping[str, str]
) -> tuple[Callable[[web.Request], Awaitable[web.Response]], ...]:
    """The handlers of the routes GET and POST /api/clean; ``headers`` go with every answer."""

    async def of_article(request: web.Request) -> web.Response:
        answer = cleanings.of_article(request.headers, request.query.get("article", ""))
        return json_response(*await run_request(answer), headers)

    async def of_content(request: web.Request) -> web.Response:
        async def answer() -> dict[str, Any]:
            return await cleanings.of_content(request.headers, await load_body(request))

        return json_response(*await run_request(answer()), headers)

    return of_article, of_content
