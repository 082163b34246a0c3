"""Deliver's state: the ledger, stories and escalations."""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from shared.messages.schemas.notifications import Notification, NotifiedArticle
from shared.messages.schemas.values import Severity, UtcTime


class EscalationStep(msgspec.Struct, frozen=True, kw_only=True):
    """When another destination is to be told, ``after_s`` seconds after the message."""

    destination: str
    after_s: int
    due_at: UtcTime
    is_escalated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingEscalation:
    """A story's messages at a destination for which others are told unless somebody answers.

    ``since`` is when the first of them was decided, ``notification_ids`` are the posts, and
    ``severity`` is the highest. ``message`` is the latest as it would be escalated; it is kept as
    long as a step is open. ``is_answered``: somebody takes care of it.
    """

    destination: str
    story_id: str
    since: UtcTime
    notification_ids: tuple[str, ...]
    steps: tuple[EscalationStep, ...]
    severity: Severity | None = None
    message: Notification | None = None
    is_answered: bool = False


class StoryThread(msgspec.Struct, frozen=True, kw_only=True):
    """The thread of a story in a channel that has threads; ``message`` names its first message.

    ``address`` says where it is: one elsewhere is another thread. ``is_corrected``: a correction
    was posted in it.
    """

    address: str
    message: str
    is_corrected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What one destination was told about a story, and what is needed to tell what is new.

    ``articles`` are the last of it, oldest first; ``article_ids`` all that are remembered.
    ``rules`` are those that the destination was told of and ``severity`` the highest; ``sent_at``
    is when it was last told, None if it never was. ``memory`` is what the story says so far, in
    the form of services/alerting/stories, compressed. ``thread`` is known once a message was
    accepted.
    """

    story_id: str
    destination: str
    headline: str
    seen_at: UtcTime
    articles: tuple[NotifiedArticle, ...] = ()
    article_ids: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    severity: Severity | None = None
    sent_at: UtcTime | None = None
    messages: int = 0
    folded: int = 0
    sources: tuple[str, ...] = ()
    memory: bytes = b""
    thread: StoryThread | None = None


class DeliveryState(StrEnum):
    """How far a notification has come; after INTENT alone it is unknown whether it was accepted.

    CLOSED ends a notification that is not to be posted, e.g. one that was folded.
    """

    INTENT = "intent"
    RETRY = "retry"
    DELIVERED = "delivered"
    PARKED = "parked"
    DEAD = "dead"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An entry of the delivery ledger.

    It contains clock readings, because it records what happened and nothing is derived from it.
    ``in_doubt`` counts the attempts whose answer never came; the next post is then marked "possible
    repeat". ``answer`` is a short description of the destination's last answer, without secrets.
    ``dispatch_ids`` are the dispatches that it is about: they are not delivered again.
    """

    notification_id: str
    destination: str
    state: DeliveryState
    attempts: int
    in_doubt: int
    first_attempt_at: UtcTime
    last_attempt_at: UtcTime
    answer: str = ""
    dispatch_ids: tuple[str, ...] = ()
