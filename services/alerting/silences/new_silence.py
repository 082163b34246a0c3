"""A silence as a person asks for it, checked; how one is ended. Pure."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from services.alerting.routes.matchers import MatcherError, parse_matcher
from shared.feedback.feedback_book import AUTHOR_CHARACTERS, COMMENT_CHARACTERS
from shared.messages.schemas import Silence

MAX_DURATION: Final = timedelta(days=366)
FORGOTTEN_AFTER: Final = timedelta(days=30)
"""How long after its end a silence is kept."""
MAX_MATCHERS: Final = 50
_STORY_ID: Final = re.compile(r"[0-9a-f]{32}")


class SilenceError(ValueError):
    """What a person asks for is no silence; the text says why and what to write instead."""


def build_silence(
    silence_id: str,
    matchers: Iterable[str],
    *,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    author: str,
    comment: str,
    story_id: str | None = None,
    destination: str | None = None,
) -> Silence:
    """Return the silence that holds from ``starts_at`` to ``ends_at``. Raises SilenceError."""
    parsed = _parse(matchers)
    author, comment = " ".join(author.split()), " ".join(comment.split())
    if not (parsed or story_id or destination):
        raise SilenceError("say what to silence: matchers such as rule=second-summit")
    if story_id and not _STORY_ID.fullmatch(story_id):
        raise SilenceError(f"{story_id[:40]!r} is no story: copy the whole id from the board")
    if len(parsed) > MAX_MATCHERS:
        raise SilenceError(f"a silence has at most {MAX_MATCHERS} matchers")
    if not author or len(author) > AUTHOR_CHARACTERS:
        raise SilenceError(f"say who silences, in at most {AUTHOR_CHARACTERS} characters")
    if not comment or len(comment) > COMMENT_CHARACTERS:
        raise SilenceError(f"say why, in at most {COMMENT_CHARACTERS} characters")
    if ends_at <= max(now, starts_at):
        raise SilenceError(f"it would end at {_clock(ends_at)}, before it begins")
    if ends_at - starts_at > MAX_DURATION:
        raise SilenceError("a silence lasts a year at most")
    return Silence(
        silence_id=silence_id,
        matchers=parsed,
        starts_at=starts_at,
        ends_at=ends_at,
        author=author,
        comment=comment,
        story_id=story_id,
        destination=destination,
    )


def end_silence(silence: Silence, now: datetime) -> Silence:
    """Return the silence, ended now."""
    return replace(silence, ends_at=now, starts_at=min(silence.starts_at, now))


def silence_state(silence: Silence, now: datetime) -> str:
    """Return active, pending or expired: amtool's words."""
    if silence.ends_at <= now:
        return "expired"
    return "active" if silence.starts_at <= now else "pending"


def _parse(matchers: Iterable[str]) -> tuple[str, ...]:
    """Return matchers in their canonical form; the error says what is wrong with all of them."""
    parsed, problems = [], []
    for text in matchers:
        try:
            parsed.append(str(parse_matcher(text)))
        except MatcherError as error:
            problems.append(f"{error}{'; ' * bool(error.suggestion)}{error.suggestion}")
    if problems:
        raise SilenceError("\n".join(problems))
    return tuple(parsed)


def _clock(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
