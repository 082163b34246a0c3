"""What people decide about messages: silences and feedback."""

from dataclasses import dataclass
from typing import Literal

from shared.messages.schemas.values import UtcTime

FeedbackKind = Literal["acknowledged", "wrong"]
WrongReason = Literal["off_topic", "old_news", "denied", "duplicate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What nobody is told from ``starts_at`` to ``ends_at``, because ``author`` said so.

    It holds for alerts for which all ``matchers`` hold (docs/routes.md says how they are written),
    with a ``story_id`` only for that story, and with a ``destination`` only there. ``comment`` says
    why.
    """

    silence_id: str
    matchers: tuple[str, ...]
    starts_at: UtcTime
    ends_at: UtcTime
    author: str
    comment: str
    story_id: str | None = None
    destination: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What ``author`` says about a message of a story at a destination, at ``at``.

    ``wrong_reason`` says why it is wrong: ``off_topic`` (not what the rule is for), ``old_news``,
    ``denied`` (the article says that it did not happen), ``duplicate`` (sent before). ``rules`` are
    those that it is about. Without a ``notification_id`` it is about all that the destination was
    sent of the story until then; bursts and digests have no ``story_id``. ``withdrawn_at``: its
    author has taken it back, and it counts no longer. Its id follows from author, message and
    ``kind``, so that pressing a button twice is one fact.
    """

    feedback_id: str
    kind: FeedbackKind
    destination: str
    story_id: str
    author: str
    at: UtcTime
    notification_id: str = ""
    rules: tuple[str, ...] = ()
    wrong_reason: WrongReason | None = None
    comment: str = ""
    withdrawn_at: UtcTime | None = None
