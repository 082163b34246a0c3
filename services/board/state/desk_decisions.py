"""What people have decided about messages: feedback and silences, and which story they are about.

Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

import msgspec

from services.board.state.excerpt import shorten
from services.board.state.stories.notification_summary import NotificationSummary
from shared.base.outcomes import InvalidMessage
from shared.feedback.feedback_book import AUTHOR_CHARACTERS, COMMENT_CHARACTERS, FeedbackBook
from shared.kafka.topics import FEEDBACK, SILENCES
from shared.messages.codec import decode
from shared.messages.schemas import EscalationStep, Feedback, Silence, UtcTime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskEntry:
    """A decision as the page shows it: ``kind`` is acknowledged, wrong, silenced or escalates.

    ``until`` is the end of a silence, or when others are told: ``escalated_to``.
    """

    id: str
    kind: str
    author: str
    at: datetime
    destination: str
    comment: str = ""
    why: str = ""
    until: datetime | None = None
    escalated_to: tuple[str, ...] = ()


class PendingHead(msgspec.Struct):
    """What the page shows of a story's escalation: without the message."""

    destination: str
    story_id: str
    since: UtcTime
    steps: tuple[EscalationStep, ...] = ()


@dataclass(frozen=True, slots=True)
class DeskSubject:
    """What a decision is about: one notification, or all of a story, at a destination or at all.

    An empty one is about no story in particular.
    """

    notification_id: str = ""
    story_id: str = ""
    destination: str | None = None

    @property
    def id(self) -> str:
        """The id of the notification or else of the story."""
        return self.notification_id or self.story_id

    def is_about(self, note: NotificationSummary) -> bool:
        """Return whether it is about this notification."""
        if self.destination not in (None, note.destination):
            return False
        if self.notification_id:
            return self.notification_id == note.id
        return bool(self.story_id) and self.story_id == note.story_id


@dataclass(slots=True)
class DeskDecisions:
    """All of it: ``feedback`` by its keys, and what is about a message or a story by their ids."""

    feedback: FeedbackBook = field(default_factory=FeedbackBook)
    _by_key: dict[tuple[str, bytes], Feedback | Silence] = field(default_factory=dict)
    _by_subject: dict[str, dict[bytes, Feedback | Silence]] = field(default_factory=dict)
    _pending: dict[tuple[str, str], DeskEntry] = field(default_factory=dict)

    def take(self, topic: str, key: bytes, value: bytes | None) -> DeskSubject:
        """Apply a record of feedback.v1 or silences.v1, and return what it is about.

        InvalidMessage if it cannot be decoded.
        """
        self._drop(topic, key)
        decision: Feedback | Silence | None
        if topic == SILENCES.name:
            decision = decode(value, Silence)
        else:
            decision = self.feedback.apply(key, value)
        if decision is None:
            raise InvalidMessage(self.feedback.unreadable.get(key, "it is empty"))
        self._by_key[topic, key] = decision
        self._by_subject.setdefault(_subject(decision).id, {})[key] = decision
        return _subject(decision)

    def forget(self, topic: str, key: bytes) -> None:
        """Apply a tombstone."""
        self._drop(topic, key)
        if topic == FEEDBACK.name:
            self.feedback.apply(key, None)

    @property
    def silences(self) -> list[Silence]:
        """All silences, the one that ends last first."""
        silences = [each for each in self._by_key.values() if isinstance(each, Silence)]
        return sorted(silences, key=attrgetter("ends_at", "silence_id"), reverse=True)

    def about(self, notes: Sequence[NotificationSummary]) -> list[DeskEntry]:
        """Return what was decided about these notifications of a story, oldest first."""
        entries = {
            key: _entry(each)
            for note in notes
            for subject in {note.id, note.story_id} - {""}
            for key, each in self._by_subject.get(subject, {}).items()
            if _subject(each).is_about(note) and not _is_withdrawn(each)
        }
        pending = {
            (note.destination, note.story_id): self._pending[note.destination, note.story_id]
            for note in notes
            if (note.destination, note.story_id) in self._pending
        }
        shown = [*entries.values(), *pending.values()]
        return sorted(shown, key=lambda entry: (entry.at, entry.id))

    def take_pending(self, value: bytes) -> DeskSubject:
        """Apply the state of a story's escalation, and return what it is about.

        InvalidMessage if it cannot be decoded.
        """
        head = decode(value, PendingHead)
        key = (head.destination, head.story_id)
        steps = [step for step in head.steps if not step.is_escalated]
        self._pending.pop(key, None)
        if steps:
            self._pending[key] = DeskEntry(
                id=f"escalation {head.story_id}",
                kind="escalates",
                author="",
                at=head.since,
                destination=head.destination,
                until=min(step.due_at for step in steps),
                escalated_to=tuple(step.destination for step in steps),
            )
        return DeskSubject("", head.story_id, head.destination)

    def about_message(
        self, notification_id: str, story_id: str, destination: str
    ) -> list[DeskEntry]:
        """Return the same of a message by its ids, whether the board keeps it or not."""
        decisions = {
            **self._by_subject.get(notification_id, {}),
            **(self._by_subject.get(story_id, {}) if story_id else {}),
        }
        entries = (
            _entry(each)
            for each in decisions.values()
            if _subject(each).destination in (None, destination) and not _is_withdrawn(each)
        )
        return sorted(entries, key=lambda entry: (entry.at, entry.id))

    def _drop(self, topic: str, key: bytes) -> None:
        decision = self._by_key.pop((topic, key), None)
        if decision is not None:
            subject = _subject(decision).id
            del self._by_subject[subject][key]
            if not self._by_subject[subject]:
                del self._by_subject[subject]


def _is_withdrawn(decision: Feedback | Silence) -> bool:
    return isinstance(decision, Feedback) and decision.withdrawn_at is not None


def _subject(decision: Feedback | Silence) -> DeskSubject:
    if isinstance(decision, Silence):
        return DeskSubject("", decision.story_id or "", decision.destination)
    return DeskSubject(decision.notification_id, decision.story_id, decision.destination)


def _entry(decision: Feedback | Silence) -> DeskEntry:
    author = shorten(decision.author, AUTHOR_CHARACTERS)
    comment = shorten(decision.comment, COMMENT_CHARACTERS)
    if isinstance(decision, Silence):
        return DeskEntry(
            id=decision.silence_id,
            kind="silenced",
            author=author,
            at=decision.starts_at,
            destination=decision.destination or "",
            comment=comment,
            until=decision.ends_at,
        )
    return DeskEntry(
        id=decision.feedback_id,
        kind=decision.kind,
        author=author,
        at=decision.at,
        destination=decision.destination,
        comment=comment,
        why=decision.wrong_reason or "",
    )
