"""Alerts, and what their rules ask for."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from shared.messages.schemas.tags import ActorOnDate
from shared.messages.schemas.values import (
    FieldName,
    PubStatus,
    Severity,
    Span,
    TimePrecision,
    TimeSource,
    UtcTime,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Why a rule fired: a clause of the rule and the words of the article that satisfy it."""

    clause: str
    field: FieldName
    start: int
    end: int
    surface: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A sentence with matches; ``marks`` are spans of ``text``."""

    field: FieldName
    text: str
    marks: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """How many alerts of a rule it takes for a notification.

    ``count`` with different ``distinct`` values, within ``within_s`` seconds of event time.
    """

    count: int
    within_s: int
    distinct: Literal["article", "source", "story"] = "article"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTiming:
    """When a story's messages go out, in seconds; None leaves it to the route or the default.

    ``wait_s`` before the first message, ``interval_s`` between messages, and ``repeat_s`` before
    the story may be said to be corroborated once more.
    """

    wait_s: int | None = None
    interval_s: int | None = None
    repeat_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corroboration:
    """How many ``independent`` sources, within ``within_s`` seconds, it takes for a message."""

    independent: int
    within_s: int


class Escalation(msgspec.Struct, frozen=True, kw_only=True):
    """Whom else to tell if nobody has answered a message after so many seconds: a receiver."""

    after_s: int
    receiver: str
    destinations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRoute:
    """How an alert reaches one of its destinations: what seeds/routes.yaml says of it.

    ``route`` is the route's place in the tree, ``1.2`` for the second below the first; it is empty
    if no route leads there, so that only the receiver's own settings hold. ``mute_times`` and
    ``digest`` are names in the file. ``inhibits``: what is less urgent than a critical message
    that the destination had of the same story is not sent. ``escalation`` says who else is told if
    nobody answers.
    """

    destination: str
    route: str = ""
    group: GroupTiming | None = None
    mute_times: tuple[str, ...] = ()
    digest: str | None = None
    inhibits: bool = False
    escalation: Escalation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """The fact that this revision of a rule matches this revision of an article, and where.

    With a ``threshold`` it counts towards it and is notified together with the others. ``owner`` is
    the rule's, ``countries`` are those that the article mentions (ISO 3166 alpha-3, lower case).
    ``routes`` say how it reaches those destinations for which routes.yaml says anything.
    ``reliability`` is what the feeds file says of the article's source.
    """

    alert_id: str
    rule_id: str
    rule_revision: str
    rule_title: str
    severity: Severity
    destinations: tuple[str, ...]
    article_id: str
    article_revision: str
    uri: str
    url: str | None
    source: str
    headline: str
    language: str
    event_time: UtcTime
    event_time_source: TimeSource
    pubstatus: PubStatus
    signature: tuple[int, ...]
    matches: tuple[Match, ...]
    excerpts: tuple[Excerpt, ...]
    actors: tuple[ActorOnDate, ...] = ()
    threshold: Threshold | None = None
    event_time_precision: TimePrecision = "moment"
    group: GroupTiming | None = None
    needs: Corroboration | None = None
    owner: str | None = None
    countries: tuple[str, ...] = ()
    routes: tuple[AlertRoute, ...] = ()
    reliability: str | None = None
