"""What people have said about messages as a value: feedback.v1, folded. Pure."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from shared.base.outcomes import InvalidMessage
from shared.messages import codec
from shared.messages.ids import feedback_id
from shared.messages.schemas import Feedback, FeedbackKind, WrongReason

AUTHOR_CHARACTERS: Final = 80
COMMENT_CHARACTERS: Final = 500
RULES: Final = 50
WRONG_REASONS: Final[dict[WrongReason, str]] = {
    "off_topic": "off topic",
    "old_news": "old news",
    "denied": "denied: it did not happen",
    "duplicate": "duplicate",
}
"""Why a message is wrong, in the words of pages and lists."""


class InvalidFeedback(ValueError):  # noqa: N818 - an answer to a person, not a fault of ours
    """What a person has entered cannot be kept; the text says why and what to enter instead."""


def tidy_signature(author: str, comment: str) -> tuple[str, str]:
    """Return who says something and their comment, each on one line. Raises InvalidFeedback."""
    author, comment = " ".join(author.split()), " ".join(comment.split())
    if not author:
        raise InvalidFeedback("say who you are")
    if len(author) > AUTHOR_CHARACTERS:
        raise InvalidFeedback(f"a name has at most {AUTHOR_CHARACTERS} characters")
    if len(comment) > COMMENT_CHARACTERS:
        raise InvalidFeedback(f"a comment has at most {COMMENT_CHARACTERS} characters")
    return author, comment


def build_feedback(
    kind: FeedbackKind,
    *,
    destination: str,
    story_id: str,
    author: str,
    at: datetime,
    notification_id: str = "",
    rules: Iterable[str] = (),
    wrong_reason: str | None = None,
    comment: str = "",
) -> Feedback:
    """Build the fact that a person says this. Raises InvalidFeedback."""
    author, comment = tidy_signature(author, comment)
    reason = next((each for each in WRONG_REASONS if each == wrong_reason), None)
    if kind == "wrong" and reason is None:
        raise InvalidFeedback(f"say why it is wrong: {', '.join(WRONG_REASONS)}")
    if kind != "wrong" and wrong_reason is not None:
        raise InvalidFeedback("only what is wrong has a reason")
    return Feedback(
        feedback_id=feedback_id(kind, destination, notification_id or story_id, author),
        kind=kind,
        destination=destination,
        story_id=story_id,
        author=author,
        at=at,
        notification_id=notification_id,
        rules=tuple(dict.fromkeys(rules))[:RULES],
        wrong_reason=reason,
        comment=comment,
    )


class FeedbackBook:
    """All feedback by id. What cannot be read counts for nothing; ``unreadable`` says why."""

    def __init__(self, feedback: Iterable[Feedback] = ()) -> None:
        self.unreadable: dict[bytes, str] = {}
        self._by_key: dict[bytes, Feedback] = {}
        self._by_destination: dict[str, dict[bytes, Feedback]] = {}
        for fact in feedback:
            self._keep(fact.feedback_id.encode(), fact)

    def __len__(self) -> int:
        return len(self._by_key)

    def apply(self, key: bytes, value: bytes | None) -> Feedback | None:
        """Apply one record of the topic, and return what it says."""
        self.unreadable.pop(key, None)
        previous = self._by_key.pop(key, None)
        if previous is not None:
            del self._by_destination[previous.destination][key]
        if value is None:
            return None
        try:
            feedback = codec.decode(value, Feedback)
        except InvalidMessage as error:
            self.unreadable[key] = str(error)
            return None
        self._keep(key, feedback)
        return feedback

    def get(self, feedback_id: str) -> Feedback | None:
        """Return feedback by its id; None if it is not known."""
        return self._by_key.get(feedback_id.encode("utf-8", "replace"))

    @property
    def feedback(self) -> list[Feedback]:
        """All of it, the newest first."""
        newest = sorted(self._by_key.values(), key=lambda fact: (fact.at, fact.feedback_id))
        return newest[::-1]

    def find_answer(
        self,
        destination: str,
        story_id: str,
        *,
        notification_ids: Collection[str],
        since: datetime,
    ) -> Feedback | None:
        """Return what says that somebody has read one of these messages of a story, if anything.

        Whatever a person says of a message, they have read it. What names no message is about all
        that were sent before; it counts if it was said after ``since``.
        """
        for each in self._by_destination.get(destination, {}).values():
            if each.withdrawn_at is not None:
                continue
            is_of_story = each.story_id == story_id and each.at >= since
            if each.notification_id in notification_ids or (
                is_of_story and not each.notification_id
            ):
                return each
        return None

    def _keep(self, key: bytes, feedback: Feedback) -> None:
        self._by_key[key] = feedback
        self._by_destination.setdefault(feedback.destination, {})[key] = feedback
