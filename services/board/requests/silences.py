"""Silences at the board: what is silenced now, a new one, and the end of one."""

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from services.alerting.silences.new_silence import (
    FORGOTTEN_AFTER,
    SilenceError,
    build_silence,
    end_silence,
    silence_state,
)
from services.board.questions.gate import RequestRefused, check_headers, parse_json
from services.board.requests.writer import Send, write_or_refuse
from services.board.state.desk_decisions import DeskDecisions
from services.board.state.excerpt import shorten
from shared.base.log import get
from shared.messages.desk_records import build_silence_record
from shared.messages.schemas import Silence

log = get(__name__)

MAX_REQUEST_BYTES: Final = 20_000
MAX_SHOWN: Final = 200
TEXT_CHARACTERS: Final = 500
_ID_BYTES: Final = 8
_SOURCE: Final = "board/silences"


class NewSilenceBody(msgspec.Struct, forbid_unknown_fields=True):
    """A silence as the page asks for it; it begins ``starts_at``, or else now."""

    matchers: list[str]
    author: str
    comment: str
    hours: float
    starts_at: datetime | None = None
    story: str = ""
    destination: str = ""


class EndSilenceBody(msgspec.Struct, forbid_unknown_fields=True):
    """Which silence to end, and who ends it."""

    id: str


class Silences:
    """Lists, writes and ends silences. ``topic`` is the cluster's name of silences.v1."""

    def __init__(
        self,
        desk: DeskDecisions,
        topic: str,
        send: Send,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._desk, self._topic, self._send, self._clock = desk, topic, send, clock

    def list_silences(self) -> dict[str, Any]:
        """Return what holds, will hold, or has ended in the last thirty days, as JSON has it."""
        now = self._clock()
        recent = [each for each in self._desk.silences if each.ends_at > now - FORGOTTEN_AFTER]
        shown = [_as_json(each, now) for each in recent[:MAX_SHOWN]]
        return {"silences": shown, "left_out": len(recent) - len(shown)}

    async def add(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Write a new silence, and return it. Raises RequestRefused."""
        check_headers(headers)
        request, now = parse_json(body, NewSilenceBody, MAX_REQUEST_BYTES), self._clock()
        try:
            silence = _build(request, now)
        except (SilenceError, OverflowError) as error:
            raise RequestRefused(422, str(error)) from None
        await self._write(silence, now)
        log.info("a silence was added on the board", silence=silence.silence_id)
        return _as_json(silence, now)

    async def end(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """End a silence now, and return it. Raises RequestRefused."""
        check_headers(headers)
        request, now = parse_json(body, EndSilenceBody, MAX_REQUEST_BYTES), self._clock()
        known = {each.silence_id: each for each in self._desk.silences}
        silence = known.get(request.id)
        if silence is None or silence.ends_at <= now:
            raise RequestRefused(404, "this silence has ended already, or is not known here")
        ended = end_silence(silence, now)
        await self._write(ended, now)
        log.info("a silence was ended on the board", silence=ended.silence_id)
        return _as_json(ended, now)

    async def _write(self, silence: Silence, now: datetime) -> None:
        await write_or_refuse(
            self._send, build_silence_record(self._topic, silence, ce_source=_SOURCE, now=now)
        )


def _build(request: NewSilenceBody, now: datetime) -> Silence:
    starts_at = request.starts_at or now
    if starts_at.tzinfo is None:
        raise SilenceError("say in which time zone it begins: 2026-12-01T22:00+08:00")
    return build_silence(
        secrets.token_hex(_ID_BYTES),
        request.matchers,
        starts_at=starts_at.astimezone(UTC),
        ends_at=starts_at.astimezone(UTC) + timedelta(hours=request.hours),
        now=now,
        author=request.author,
        comment=request.comment,
        story_id=request.story.strip() or None,
        destination=request.destination.strip() or None,
    )


def _as_json(silence: Silence, now: datetime) -> dict[str, Any]:
    """Return a silence with the fields of ``summitwire silence list --json``, texts shortened."""
    return {
        "id": silence.silence_id,
        "state": silence_state(silence, now),
        "matchers": [shorten(matcher, TEXT_CHARACTERS) for matcher in silence.matchers],
        "story": silence.story_id,
        "destination": silence.destination,
        "starts_at": silence.starts_at,
        "ends_at": silence.ends_at,
        "author": shorten(silence.author, TEXT_CHARACTERS),
        "comment": shorten(silence.comment, TEXT_CHARACTERS),
    }
