"""POST /api/try: somebody at the board tries a rule. What may be asked; the trial itself is in trial.py, who may ask in desk.py."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from aiohttp import web

from services.board.questions.gate import (
    RequestGate,
    RequestRefused,
    check_headers,
    json_response,
    load_body,
    parse_json,
    run_request,
)
from services.board.questions.rule_preview import (
    Folders,
    preview_on_article,
    preview_on_text,
    preview_rule,
)
from services.board.state.recent_articles import RecentArticles

MAX_EXPRESSION_CHARACTERS: Final = 2_000
MAX_TEXT_CHARACTERS: Final = 50_000
MAX_REQUEST_BYTES: Final = 256 * 1024
"""A text of 50 000 characters, four bytes each, and what stands around it."""


class RulePreviewRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a page asks: an expression on the recent articles, on one of them, or on a pasted text."""

    expression: str
    article: str | None = None
    headline: str = ""
    text: str = ""


class RulePreviews:
    """Answers trials from the recent articles."""

    def __init__(
        self,
        recent: RecentArticles,
        desk: RequestGate,
        folders: Callable[[], Folders],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._recent, self._desk, self._folders, self._now = recent, desk, folders, now

    async def answer(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """What the trial finds. Raises Refused."""
        check_headers(headers)
        asked = parse_request(body)
        if asked.article is not None:
            record = self._recent.record(asked.article)
            if record is None:
                raise RequestRefused(
                    404, "that article is no longer among the recent ones: choose another"
                )
            return await self._desk.ask(
                preview_on_article, asked.expression, record, self._folders()
            )
        if asked.text.strip() or asked.headline.strip():
            return await self._desk.ask(
                preview_on_text,
                asked.expression,
                asked.headline,
                asked.text,
                self._now().isoformat(),
                self._folders(),
            )
        return await self._desk.ask(
            preview_rule,
            asked.expression,
            tuple(kept.record for kept in self._recent.newest_first()),
            self._folders(),
        )


def parse_request(body: bytes) -> RulePreviewRequest:
    """What is asked for. Raises Refused where it is too much or not understood."""
    asked = parse_json(body, RulePreviewRequest, MAX_REQUEST_BYTES)
    if len(asked.expression) > MAX_EXPRESSION_CHARACTERS:
        raise RequestRefused(
            413,
            f"an expression of more than {MAX_EXPRESSION_CHARACTERS} characters is tried with `summitwire rules backtest`",
        )
    if len(asked.text) + len(asked.headline) > MAX_TEXT_CHARACTERS:
        raise RequestRefused(
            413,
            f"a text of more than {MAX_TEXT_CHARACTERS} characters is tried with `summitwire rules why`",
        )
    return asked


def handler(
    trials: RulePreviews, headers: Mapping[str, str]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The route's handler; ``headers`` go with every answer."""

    async def handle(request: web.Request) -> web.Response:
        async def answer() -> dict[str, Any]:
            return await trials.answer(request.headers, await load_body(request))

        return json_response(*await run_request(answer()), headers)

    return handle
