"""What people send from a page behind a message's link: the fields of its form, checked. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qs

from shared.feedback.feedback_book import InvalidFeedback, build_feedback, tidy_signature
from shared.feedback.message_links import MessageReference
from shared.messages.ids import content_id
from shared.messages.schemas import Feedback, Silence

MAX_FIELDS: Final = 80
DURATIONS: Final[dict[str, timedelta]] = {
    "1 hour": timedelta(hours=1),
    "4 hours": timedelta(hours=4),
    "12 hours": timedelta(hours=12),
    "1 day": timedelta(days=1),
    "3 days": timedelta(days=3),
    "7 days": timedelta(days=7),
}
"""How long a story may be silenced from its message."""

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class FormAnswer:
    """What a person decided about a message: feedback, or a silence of its story."""

    decision: Feedback | Silence

    @property
    def headline(self) -> str:
        """What the page says that was done."""
        if isinstance(self.decision, Silence):
            return f"Silenced until {self.decision.ends_at:%-d %b, %H:%M} UTC"
        return "Acknowledged" if self.decision.kind == "acknowledged" else "Noted as wrong"


def parse_fields(body: bytes) -> Fields:
    """Parse a form's body. Raises InvalidFeedback."""
    try:
        return parse_qs(
            body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"
        )
    except ValueError:
        raise InvalidFeedback("the form cannot be read: reload the page") from None


def acknowledge(message: MessageReference, fields: Fields, now: datetime) -> FormAnswer:
    """Return the acknowledgement of a message. Raises InvalidFeedback."""
    return FormAnswer(
        build_feedback(
            "acknowledged",
            destination=message.destination,
            story_id=message.story_id,
            notification_id=message.notification_id,
            rules=message.rules,
            author=first(fields, "author"),
            at=now,
            comment=first(fields, "comment"),
        )
    )


def correct(message: MessageReference, fields: Fields, now: datetime) -> FormAnswer:
    """Return that a message, or some of its rules, are wrong. Raises InvalidFeedback."""
    chosen = set(fields.get("rule", ()))
    rules = tuple(rule for rule in message.rules if rule in chosen)
    if not rules and len(message.rules) > 1:
        raise InvalidFeedback("say which rule is wrong")
    return FormAnswer(
        build_feedback(
            "wrong",
            destination=message.destination,
            story_id=message.story_id,
            notification_id=message.notification_id,
            rules=rules or message.rules,
            author=first(fields, "author"),
            at=now,
            wrong_reason=first(fields, "why"),
            comment=first(fields, "comment"),
        )
    )


def silence(message: MessageReference, fields: Fields, now: datetime) -> FormAnswer:
    """Return the silence of a message's story at its destination. Raises InvalidFeedback.

    The same person's next one replaces it.
    """
    author, comment = tidy_signature(first(fields, "author"), first(fields, "comment"))
    duration = DURATIONS.get(first(fields, "duration"))
    if duration is None:
        raise InvalidFeedback("say how long")
    if not message.story_id:
        raise InvalidFeedback("this message is about several stories: silence one of them")
    return FormAnswer(
        Silence(
            silence_id=content_id("silence", message.destination, message.story_id, author),
            matchers=(),
            starts_at=now,
            ends_at=now + duration,
            author=author,
            comment=comment or "from its message",
            story_id=message.story_id,
            destination=message.destination,
        )
    )


ANSWERS: Final[dict[str, Callable[[MessageReference, Fields, datetime], FormAnswer]]] = {
    "acknowledge": acknowledge,
    "wrong": correct,
    "silence": silence,
}
"""By the action in the link."""


def first(fields: Fields, name: str) -> str:
    """Return a field's first value, empty if there is none."""
    return next(iter(fields.get(name, ())), "")
