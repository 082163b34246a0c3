"""GET and POST /api/clean: show how an article, a text or a file is cleaned.

The work is done in clean_comparison.py; gate.py decides who may ask.
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
    body_handler,
    check_headers,
    check_page,
    json_response,
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
    """The base64 content of a file and its name; pasted text has no name."""

    content: str
    name: str = ""


class CleanPreviews:
    """Answers from the recent articles, their originals, and what visitors upload."""

    def __init__(
        self,
        recent: RecentArticles,
        desk: RequestGate,
        original: FindOriginal,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._recent, self._desk, self._original, self._now = recent, desk, original, now

    async def of_article(self, headers: Mapping[str, str], query: str) -> dict[str, Any]:
        """Compare an article, by id or URL, with its original. Raises RequestRefused."""
        check_page(headers)
        article = self._recent.find(query.strip())
        if article is None:
            raise RequestRefused(
                404,
                "this article is not among the recent ones that the board keeps",
            )
        with self._desk.turn():
            original = await self._original(article)
        return await self._desk.ask(_compare_with_original, article.record, original)

    async def of_content(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Clean an uploaded text or file. Raises RequestRefused."""
        check_headers(headers)
        upload = parse_json(body, UploadedContent, MAX_UPLOAD_BYTES)
        content = _content(upload)
        if not content.strip():
            raise RequestRefused(400, "paste a text, or choose a file")
        suffix = PurePath(upload.name.removesuffix(".gz")).suffix.lower()
        name = upload.name[:_LONGEST_NAME] or "pasted"
        return await self._desk.ask(
            _clean_content, content, _TYPES.get(suffix, ""), name, self._now().isoformat()
        )


def _compare_with_original(record: bytes, raw: bytes | None) -> dict[str, Any]:
    from services.board.questions.clean_comparison import compare_article  # noqa: PLC0415 - the cleaner with its models is loaded in the child only

    return compare_article(record, raw)


def _clean_content(content: bytes, content_type: str, name: str, now: str) -> dict[str, Any]:
    from services.board.questions.clean_comparison import compare_content  # noqa: PLC0415 - as above

    return compare_content(content, content_type, name, now)


def _content(upload: UploadedContent) -> bytes:
    try:
        return b64decode(upload.content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestRefused(400, f"content is not base64: {error}") from None


def handlers(
    cleanings: CleanPreviews, headers: Mapping[str, str]
) -> tuple[Callable[[web.Request], Awaitable[web.Response]], ...]:
    """Build the handlers of GET and POST /api/clean; ``headers`` go with every response."""

    async def of_article(request: web.Request) -> web.Response:
        answer = cleanings.of_article(request.headers, request.query.get("article", ""))
        return json_response(*await run_request(answer), headers)

    return of_article, body_handler(cleanings.of_content, headers)
