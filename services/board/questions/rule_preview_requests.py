"""POST /api/try: preview a rule.

This module validates requests; rule_preview.py does the work, and gate.py decides who may ask.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from services.alerting.routes.routes import Routes
from services.board.questions.gate import (
    RequestGate,
    RequestRefused,
    check_headers,
    parse_json,
)
from services.board.state.recent_articles import RecentArticles
from shared.messages.schemas import Severity

if TYPE_CHECKING:
    from services.board.questions.rule_preview import Folders

MAX_EXPRESSION_CHARACTERS: Final = 2_000
MAX_TEXT_CHARACTERS: Final = 50_000
MAX_REQUEST_BYTES: Final = 256 * 1024
"""A text of 50 000 characters, four bytes each, and what stands around it."""


class RulePreviewRequest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An expression to preview: on the recent articles, on one of them, or on a pasted text.

    ``count``: the messages of a rule with this severity on the recent articles are asked for.
    """

    expression: str
    article: str | None = None
    headline: str = ""
    text: str = ""
    count: bool = False
    severity: Severity = Severity.MEDIUM


def preview_rule(*arguments: Any) -> dict[str, Any]:
    """Call rule_preview.preview_rule; runs in the child process."""
    from services.board.questions import rule_preview  # noqa: PLC0415 - loaded in the child only

    return rule_preview.preview_rule(*arguments)


def preview_on_article(*arguments: Any) -> dict[str, Any]:
    """Call rule_preview.preview_on_article; runs in the child process."""
    from services.board.questions import rule_preview  # noqa: PLC0415 - as above

    return rule_preview.preview_on_article(*arguments)


def preview_on_text(*arguments: Any) -> dict[str, Any]:
    """Call rule_preview.preview_on_text; runs in the child process."""
    from services.board.questions import rule_preview  # noqa: PLC0415 - as above

    return rule_preview.preview_on_text(*arguments)


def preview_messages(*arguments: Any) -> dict[str, Any]:
    """Call message_preview.preview_messages; runs in the child process."""
    from services.board.questions import message_preview  # noqa: PLC0415 - as above

    return message_preview.preview_messages(*arguments)


class RulePreviews:
    """Answers rule previews from the recent articles; messages are counted along the routes."""

    def __init__(
        self,
        recent: RecentArticles,
        desk: RequestGate,
        folders: "Callable[[], Folders]",
        *,
        routes: Callable[[], Routes] = Routes,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._recent, self._desk, self._folders, self._now = recent, desk, folders, now
        self._routes = routes

    async def answer(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Return the preview. Raises RequestRefused."""
        check_headers(headers)
        request = parse_request(body)
        if request.article is not None:
            record = self._recent.record(request.article)
            if record is None:
                raise RequestRefused(
                    404, "this article is no longer among the recent ones: choose another"
                )
            return await self._desk.ask(
                preview_on_article, request.expression, record, self._folders()
            )
        if request.text.strip() or request.headline.strip():
            return await self._desk.ask(
                preview_on_text,
                request.expression,
                request.headline,
                request.text,
                self._now().isoformat(),
                self._folders(),
            )
        records = tuple(article.record for article in self._recent.newest_first())
        if request.count:
            return await self._desk.ask(
                preview_messages,
                request.expression,
                request.severity.value,
                records,
                self._routes(),
                self._folders(),
            )
        return await self._desk.ask(preview_rule, request.expression, records, self._folders())


def parse_request(body: bytes) -> RulePreviewRequest:
    """Parse a request. Raises RequestRefused if it is too large or invalid."""
    request = parse_json(body, RulePreviewRequest, MAX_REQUEST_BYTES)
    if len(request.expression) > MAX_EXPRESSION_CHARACTERS:
        raise RequestRefused(
            413,
            f"the expression has more than {MAX_EXPRESSION_CHARACTERS} characters: "
            "use `summitwire rules backtest`",
        )
    if len(request.text) + len(request.headline) > MAX_TEXT_CHARACTERS:
        raise RequestRefused(
            413,
            f"the text has more than {MAX_TEXT_CHARACTERS} characters: use `summitwire rules why`",
        )
    return request
