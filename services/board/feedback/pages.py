"""The pages behind the links in messages. A GET shows a form and changes nothing.

Chat programs, mail scanners and browsers open links by themselves; only the form that a person
sends from the page changes anything. It must come from this very page, and its address is signed.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from services.board.feedback.form import ANSWERS, Fields, first, parse_fields
from services.board.feedback.render import MessageView, render_form, render_notice, render_receipt
from services.board.questions.gate import RequestRefused, load_body
from services.board.requests.writer import Send, write_or_refuse
from services.board.state.board_state import BoardState
from shared.base.log import get
from shared.feedback.feedback_book import InvalidFeedback
from shared.feedback.message_links import (
    LinkExpired,
    LinkRefused,
    MessageLinks,
    MessageReference,
)
from shared.kafka.transaction import Write
from shared.messages.desk_records import build_feedback_record, build_silence_record
from shared.messages.schemas import Feedback, Silence
from shared.service.web_server import Route

log = get(__name__)

MAX_FORM_BYTES: Final = 16_000
MAX_WRITING: Final = 8
FORM: Final = "application/x-www-form-urlencoded"
_SOURCE: Final = "board/feedback"
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    # With no-referrer a browser would send "Origin: null" with the form.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


class FeedbackPages:
    """Shows the forms, and writes what people send. ``links`` is None if no keys are configured.

    ``topics`` are the cluster's names of feedback.v1 and silences.v1.
    """

    def __init__(
        self,
        links: MessageLinks | None,
        board: BoardState,
        topics: tuple[str, str],
        send: Send,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._links, self._board, self._send, self._clock = links, board, send, clock
        self._feedback_topic, self._silences_topic = topics
        self._turns = asyncio.Semaphore(MAX_WRITING)

    def routes(self) -> list[Route]:
        """Return the routes of the pages."""
        path = "/feedback/{action}/{token}"
        return [(path, self._handle_get), (f"POST {path}", self._handle_post)]

    async def _handle_get(self, request: web.Request) -> web.Response:
        try:
            message = self._message(request)
            action = _action(request)
        except RequestRefused as refused:
            return _page(refused.status, render_notice(refused.message))
        return _page(200, render_form(action, self._view(message, request)))

    async def _handle_post(self, request: web.Request) -> web.Response:
        view: MessageView | None = None
        fields: Fields = {}
        try:
            view = self._view(self._message(request), request)
            _check_form(request.headers)
            fields = parse_fields(await _load_form(request))
            return _page(200, await self._answer(request, view, fields))
        except InvalidFeedback as error:
            assert view is not None  # noqa: S101 - only the form's content is invalid
            return _page(422, render_form(_action(request), view, fields, str(error)))
        except RequestRefused as refused:
            return _page(refused.status, render_notice(refused.message))

    async def _answer(self, request: web.Request, view: MessageView, fields: Fields) -> str:
        """Write what a form says, and return the page that says so."""
        action, now = request.match_info["action"], self._clock()
        if action == "withdraw":
            feedback = self._find_feedback(view.message, first(fields, "id"))
            await self._write(replace(feedback, withdrawn_at=now), now)
            return render_receipt("Taken back", view, None)
        answer = ANSWERS[_action(request)](view.message, fields, now)
        await self._write(answer.decision, now)
        return render_receipt(answer.headline, view, answer)

    async def _write(self, decision: Feedback | Silence, now: datetime) -> None:
        if self._turns.locked():
            raise RequestRefused(429, "Too many requests: try again in a moment.")
        async with self._turns:
            await write_or_refuse(self._send, self._to_write(decision, now))
        log.info(
            "feedback was given",
            kind=decision.kind if isinstance(decision, Feedback) else "silence",
            destination=decision.destination,
        )

    def _to_write(self, decision: Feedback | Silence, now: datetime) -> Write:
        if isinstance(decision, Silence):
            return build_silence_record(self._silences_topic, decision, ce_source=_SOURCE, now=now)
        return build_feedback_record(self._feedback_topic, decision, ce_source=_SOURCE, now=now)

    def _message(self, request: web.Request) -> MessageReference:
        """Return which message a request is about. Raises RequestRefused."""
        if self._links is None:
            raise RequestRefused(404, "This board accepts no feedback: LINK_KEYS is not set.")
        try:
            return self._links.read(request.match_info["token"], self._clock())
        except LinkExpired:
            raise RequestRefused(
                410, "This link has expired. Use a newer message of the story, or the command line."
            ) from None
        except LinkRefused:
            raise RequestRefused(
                403, "This link is not valid. Open it from the message, complete and unchanged."
            ) from None

    def _view(self, message: MessageReference, request: web.Request) -> MessageView:
        note = self._board.notification(message.notification_id)
        entries = self._board.desk.about_message(
            message.notification_id, message.story_id, message.destination
        )
        return MessageView(
            message=message,
            token=request.match_info["token"],
            headline=note.headline if note else "",
            entries=tuple(entries),
        )

    def _find_feedback(self, message: MessageReference, feedback_id: str) -> Feedback:
        """Return feedback about the message, to be withdrawn. Raises RequestRefused."""
        feedback = self._board.desk.feedback.get(feedback_id)
        if feedback is None or feedback.notification_id != message.notification_id:
            raise RequestRefused(404, "This is not known here, or not yet: try again in a moment.")
        return feedback


def _action(request: web.Request) -> str:
    """Return the action of a page. Raises RequestRefused."""
    action = request.match_info["action"]
    if action not in ANSWERS:
        raise RequestRefused(404, "There is no such page.")
    return action


def _check_form(headers: Mapping[str, str]) -> None:
    """Refuse what no browser has sent from a page of ours. Raises RequestRefused.

    That the page is ours, the request policy checks; here one must be named.
    """
    if headers.get("Origin") is None and headers.get("Sec-Fetch-Site") != "same-origin":
        raise RequestRefused(403, "Send the form from its page, in a browser.")
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != FORM:
        raise RequestRefused(415, f"Send {FORM}.")


async def _load_form(request: web.Request) -> bytes:
    body = await load_body(request)
    if len(body) > MAX_FORM_BYTES:
        raise RequestRefused(413, f"A form has at most {MAX_FORM_BYTES} bytes.")
    return body


def _page(status: int, html: str) -> web.Response:
    return web.Response(
        status=status, text=html, content_type="text/html", charset="utf-8", headers=HEADERS
    )
