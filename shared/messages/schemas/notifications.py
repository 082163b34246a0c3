"""What was decided for a destination."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import msgspec

from shared.messages.schemas.alerts import Alert
from shared.messages.schemas.daily import DailyFigures
from shared.messages.schemas.values import (
    FieldName,
    PubStatus,
    Severity,
    TimePrecision,
    TimeSource,
    UtcTime,
)

NotificationKind = Literal[
    "first", "update", "corroborated", "correction", "withdrawal", "burst", "digest", "notice"
]


class AlertOutcome(StrEnum):
    """What happened to an alert; each ends in exactly one outcome, the last of its notifications.

    ``counted``: it counts towards its rule's threshold, which is not reached yet. It stays so, or
    becomes ``notified`` together with the others that reach it. ``folded``: its story says nothing
    new. ``muted``: its receiver's quiet hours. ``digested``: it waits for a digest.
    """

    NOTIFIED = "notified"
    COUNTED = "counted"
    FOLDED = "folded"
    SILENCED = "silenced"
    INHIBITED = "inhibited"
    REPEATED = "repeated"
    DIGESTED = "digested"
    MUTED = "muted"
    PARKED = "parked"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifiedArticle:
    """An article as notifications and timelines name it; its time is the event time."""

    article_id: str
    revision: str
    version: int
    source: str
    headline: str
    uri: str
    url: str | None
    event_time: UtcTime
    event_time_source: TimeSource
    event_time_precision: TimePrecision = "moment"
    pubstatus: PubStatus = "usable"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """A change of an article's text as people read it: the words before and after, in context."""

    field: FieldName
    before: str
    after: str


class EscalationOrigin(msgspec.Struct, frozen=True, kw_only=True):
    """Which message nobody has answered within so many seconds, and where."""

    destination: str
    story_id: str
    notification_id: str
    after_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What was decided about a story's alerts for one destination (``channel:name``).

    Only those with the outcome ``notified`` are posted. The first alert of each rule is complete,
    most urgent first; others are shortened: no matches, excerpts or signature, and their first
    actors without names. Of a burst only the first is complete. ``articles`` are those that it
    is about, the one to link first. ``new_sentences`` say what the story did not say so far,
    ``changes`` what a correction changed. ``sources`` are the story's independent sources so far;
    ``folded`` counts its articles that said nothing new and were not sent. ``possible_repeat``: an
    alert may have been notified so long ago that it is not remembered; the post says so.
    ``escalated_from`` is the message that it repeats for others, because nobody has answered it.
    ``earlier_rules``: without alerts, the rules that the destination was told of. A daily line is a
    notice with ``daily``.
    """

    notification_id: str
    destination: str
    outcome: AlertOutcome
    reason: str
    alerts: tuple[Alert, ...]
    possible_repeat: bool = False
    kind: NotificationKind = "first"
    story_id: str = ""
    severity: Severity | None = None
    articles: tuple[NotifiedArticle, ...] = ()
    new_sentences: tuple[str, ...] = ()
    changes: tuple[TextChange, ...] = ()
    sources: tuple[str, ...] = ()
    folded: int = 0
    omitted: int = 0
    earlier_rules: tuple[str, ...] = ()
    daily: DailyFigures | None = None
    escalated_from: EscalationOrigin | None = None
