"""All messages on all topics, as frozen dataclasses. Field names follow IPTC ninjs where possible.

The small records of which an article has dozens, such as spans and tags, are msgspec Structs, which
are created ten times as fast.
Times are timezone-aware UTC. Offsets count code points from 0, with an exclusive end, and point
into the unchanged text. No message contains a Kafka offset, a host name, a clock reading of the
processing or a random number, so that a message processed twice is the same message. The
exceptions, ``Delivery``, ``RuleSetChange`` and what the watch writes, say so.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

UtcTime = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with its zone; decoding a message refuses a time without one."""
FieldName = Literal["headline", "deck", "body"]
PubStatus = Literal["usable", "withheld", "canceled"]
Origin = Literal["feed", "seed", "push"]
Tense = Literal["past", "present", "future"]
Signal = Literal["kill", "correction", "refile", "repeat", "update"]
MentionKind = Literal["name", "surname", "office", "organisation"]
Status = Literal["asserted", "denied", "planned", "past", "claimed"]
DispatchKind = Literal["article", "revision", "withdrawal", "burst", "notice"]
NotificationKind = Literal[
    "first", "update", "corroborated", "correction", "withdrawal", "burst", "digest", "notice"
]
FeedbackKind = Literal["acknowledged", "wrong"]
WrongReason = Literal["off_topic", "old_news", "denied", "duplicate"]
TimePrecision = Literal["moment", "zoneless", "day"]
"""What a time says: a moment, a clock's time without a zone (as if it were UTC), or only a day (its
midnight in UTC)."""


class Severity(StrEnum):
    """How urgent a rule's alerts are, least urgent first."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class TimeSource(StrEnum):
    """Where an article's event time comes from, the most trusted first."""

    PAGE = "page"
    FEED = "feed"
    MANIFEST = "manifest"
    FETCHED = "fetched"


class MentionReason(StrEnum):
    """Why a mention was resolved to an actor, or why it was not."""

    FULL_NAME = "full name"
    SHARED_NAME = "several people have this name"
    TITLE = "the title fits"
    ONLY_BEARER = "the only one of this surname in the article"
    ONLY_SO_FAR = "the only one of this surname so far"
    ONLY_IN_PARAGRAPH = "the only one of this surname in the paragraph"
    STANDS_ALONE = "in office, and the surname may stand alone"
    LEADER = "leads the country that, or another leader who, stands in the same sentence"
    LEADER_OR_OTHER = "a country's leader, or the one of this surname in the article"
    SEVERAL_BEARERS = "several people of this surname are named"
    ORGANISATION = "name of an organisation"
    HOLDER = "holds the office on the date"
    HOLDER_UNVERIFIED = "holds the office on the date; the dates are not verified"
    SEVERAL_HOLDERS = "several people hold the office on the date"
    NO_HOLDER = "nobody is known to hold the office on the date"
    UNKNOWN_NAME = "an unknown name follows the office"


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A span of text: code points ``start`` (inclusive) to ``end`` (exclusive)."""

    start: int
    end: int


class LanguageSpan(msgspec.Struct, frozen=True, kw_only=True):
    """A span of text in a language (ISO 639, lower case), with a confidence from 0 to 1."""

    start: int
    end: int
    language: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RawArticle:
    """A page or file as it was fetched, unchanged, with what its feed or manifest says about it.

    ``published_precision``: what the feed's or manifest's ``published_at`` says.
    """

    source: str
    uri: str
    content_type: str
    content: bytes
    fetched_at: UtcTime
    origin: Origin
    url: str | None = None
    headline: str | None = None
    byline: str | None = None
    language: str | None = None
    published_at: UtcTime | None = None
    published_precision: TimePrecision = "moment"


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedLine:
    """A line of the original text (``line`` counts from 0) that is not part of the article."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateValue:
    """The value that one source of evidence (``witness``) gives for a field, in its own words."""

    witness: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProvenance:
    """How a field's value was chosen: the source of evidence that won, and why.

    ``testimony`` is what every source says, the most trusted first. ``disagree``: one differs so
    much that a person should look; for times by more than a day.
    """

    field: str
    chosen: str
    why: str
    testimony: tuple[CandidateValue, ...] = ()
    disagree: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A difference from the version that was replaced.

    Code points ``start`` to ``end`` of the new text replace ``removed``. If ``removed`` is empty
    they were inserted; if the span is empty, ``removed`` was deleted. Long removed text is
    shortened, which "…" shows.
    """

    field: FieldName
    start: int
    end: int
    removed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanArticle:
    """An article extracted from its page: headline, body and metadata, each with its evidence.

    ``paragraphs`` and ``sentences`` are spans of ``body``, in which a blank line joins paragraphs.
    ``signature`` is a MinHash of the body's word shingles: the share of equal positions of two
    signatures estimates their Jaccard similarity. ``evidence`` names the source of each field's
    value, e.g. ``{"headline": "json-ld"}``; ``findings`` give the full account for fields with
    several sources. ``located`` is the place in the dateline. ``repeated`` are spans of ``body``
    that other articles of the source contain as well: rules do not fire on them alone.
    ``version`` counts from 1 (ninjs; a wire's own number if it has one), ``replaces`` is the
    revision of the previous version, and ``changes`` are the differences from it if its text is
    known. ``signal`` is what the publisher calls the text at its start, e.g. a correction.
    ``foreign`` are paragraphs of ``body`` that are certainly in another language. ``deck`` is the
    standfirst or summary between headline and body, empty if there is none; it is no part of
    ``body``.
    """

    article_id: str
    revision: str
    uri: str
    source: str
    headline: str
    body: str
    language: str
    language_confidence: float
    event_time: UtcTime
    event_time_source: TimeSource
    content_sha256: str
    signature: tuple[int, ...]
    paragraphs: tuple[Span, ...]
    sentences: tuple[Span, ...]
    url: str | None = None
    authors: tuple[str, ...] = ()
    byline: str | None = None
    dateline: str | None = None
    located: str | None = None
    section: str | None = None
    firstcreated: UtcTime | None = None
    versioncreated: UtcTime | None = None
    pubstatus: PubStatus = "usable"
    urgency: int | None = None
    stated_time: UtcTime | None = None
    dropped: tuple[DroppedLine, ...] = ()
    evidence: dict[str, str] = field(default_factory=dict)
    repeated: tuple[Span, ...] = ()
    findings: tuple[FieldProvenance, ...] = ()
    version: int = 1
    replaces: str | None = None
    changes: tuple[Change, ...] = ()
    signal: Signal | None = None
    foreign: tuple[LanguageSpan, ...] = ()
    deck: str = ""
    event_time_precision: TimePrecision = "moment"


class OfficeHeld(msgspec.Struct, frozen=True, kw_only=True):
    """An office held on the article's date; ``verified`` if the dates of the term were checked."""

    office: str
    title: str
    acting: bool
    verified: bool


class ActorOnDate(msgspec.Struct, frozen=True, kw_only=True):
    """A person or organisation in an article, with the offices held on the article's date."""

    actor: str
    name: str
    offices: tuple[OfficeHeld, ...] = ()


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """A mention of an actor or an office.

    ``ambiguous`` lists the candidates if it cannot be resolved to one. ``reason`` says how that was
    decided; it is None in messages from before the field existed. ``known_until`` is the last day
    for which the data say who holds the office, given only where it is before the article's date,
    so that nobody is named.
    """

    field: FieldName
    start: int
    end: int
    surface: str
    kind: MentionKind
    actor: str | None = None
    office: str | None = None
    ambiguous: tuple[str, ...] = ()
    reason: MentionReason | None = None
    known_until: date | None = None


class CountryMention(msgspec.Struct, frozen=True, kw_only=True):
    """A mention of a country by name, demonym or ``metonym``: a place that means its government."""

    field: FieldName
    start: int
    end: int
    surface: str
    iso3: str
    metonym: bool


class KeywordHit(msgspec.Struct, frozen=True, kw_only=True):
    """An occurrence of a word form of a keyword of the vocabulary."""

    field: FieldName
    start: int
    end: int
    surface: str
    keyword: str


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to whom.

    ``source`` and ``target`` are ids of actors or ISO 3166 alpha-3 codes; the span is the verb's.
    ``tense`` "future" includes what is only planned or refused; ``quoted``: in quotation marks.
    """

    field: FieldName
    start: int
    end: int
    surface: str
    event: str
    source: str
    target: str | None
    tense: Tense
    negated: bool
    quoted: bool


class EventMention(msgspec.Struct, frozen=True, kw_only=True):
    """A mention of an event: what happened, and whether the text says that it did.

    The span is the trigger's, a verb or noun. ``status`` is None where the tagger abstains;
    "asserted" means asserted as recent news, while "past" is background. ``reason`` quotes the
    words that decided. ``who`` did it and ``to`` whom it was done are ids of actors or ISO 3166
    alpha-3 codes; ``who_country`` and ``to_country`` are their countries, if known.
    ``reciprocal``: both do the same, as in a meeting, so either is who did it.
    """

    field: FieldName
    start: int
    end: int
    surface: str
    event: str
    status: Status | None
    reason: str
    who: str | None = None
    to: str | None = None
    who_country: str | None = None
    to_country: str | None = None
    reciprocal: bool = False


class StatusScope(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of text that does not assert something as recent news.

    Scopes of a field are ordered and do not overlap. ``status`` is never "asserted"; ``reason``
    quotes the words that decided. Text outside all scopes is asserted and recent.
    """

    field: FieldName
    start: int
    end: int
    status: Status
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedArticle:
    """A clean article with its tags; ``tagger_revision`` is the hash of the tagger's data.

    ``events`` is what taggers before ``event_mentions`` found; it is read, and no longer written.
    """

    article: CleanArticle
    tagger_revision: str
    mentions: tuple[Mention, ...] = ()
    actors: tuple[ActorOnDate, ...] = ()
    countries: tuple[CountryMention, ...] = ()
    keywords: tuple[KeywordHit, ...] = ()
    events: tuple[Event, ...] = ()
    event_mentions: tuple[EventMention, ...] = ()
    scopes: tuple[StatusScope, ...] = ()

    @property
    def article_id(self) -> str:
        """The article's id, which is the key of its records."""
        return self.article.article_id


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


class QuietSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source that is quiet for longer than is usual; seconds."""

    source: str
    quiet_s: int
    usual_s: int


class DailyFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What happened between two daily lines of a destination.

    ``matched`` are articles with an alert for it, ``messages`` were posted to it; ``withheld`` are
    the alerts that were not sent, by outcome. ``waiting`` and ``parked`` are as of ``until``.
    """

    since: UtcTime
    until: UtcTime
    articles: int
    matched: int
    messages: int
    withheld: dict[str, int] = {}
    waiting: int = 0
    parked: int = 0
    quiet: tuple[QuietSource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One version of an article for one destination, with all its alerts, most urgent first.

    A ``revision`` replaces a version that the destination has received, a ``withdrawal`` takes it
    back; they may have no alerts. A ``burst`` has the alerts of the articles that met a rule's
    threshold and no ``article``; a ``notice`` has only its ``reason``, the text, and a daily line
    its figures, too. ``article`` is
    without what only the cleaner and the tagger need, and its body is bounded. ``severity`` is that
    of the most urgent alert, here or in the version that was received. ``omitted`` alerts did not
    fit. ``only_if_notified``: nobody knows whether the destination has received the article, so
    its deliverer decides. ``possible_repeat``: an alert may have been notified so long ago that it
    is not remembered. ``waits_since`` is only set while deliver keeps it in its state, and so is
    ``waits_because``, if it waits for something that does not come by itself. A notice
    with ``escalated`` repeats that message, which nobody has answered at its own destination; the
    message's alerts are the notice's.
    """

    dispatch_id: str
    destination: str
    kind: DispatchKind
    severity: Severity
    alerts: tuple[Alert, ...] = ()
    article: TaggedArticle | None = None
    reason: str = ""
    omitted: int = 0
    only_if_notified: bool = False
    possible_repeat: bool = False
    waits_since: UtcTime | None = None
    waits_because: str = ""
    escalated: "Notification | None" = None
    daily: DailyFigures | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A destination that was notified of an article, and of which ``revisions``.

    ``severity`` is the highest so far. ``counted``: it may not have been notified, because only
    rules with a threshold have fired, or only on a version that takes the article back.
    """

    destination: str
    revisions: tuple[str, ...]
    severity: Severity
    counted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """Who was notified of an article; ``version`` is the highest version that was matched."""

    article_id: str
    version: int
    recipients: tuple[Recipient, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveRequest:
    """An operator's request to post parked notifications of a destination after all.

    Without ``notification_ids`` it means all that are parked.
    """

    destination: str
    asked_at: UtcTime
    notification_ids: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDay:
    """In which minutes of a day (UTC) articles of a source were read, and how many.

    ``minutes`` are 1 440 bits, the first minute in the lowest bit of the first byte.
    """

    source: str
    day: date
    articles: int
    minutes: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyTally:
    """What is counted for a destination's next daily line, since the time ``since``.

    ``articles_before`` were read before. ``matched`` are short ids of articles. ``due`` is when the
    last line was due and ``line`` its text; None and empty before the first.
    """

    destination: str
    since: UtcTime
    articles_before: int
    matched: tuple[str, ...] = ()
    messages: int = 0
    withheld: dict[str, int] = field(default_factory=dict)
    due: UtcTime | None = None
    line: str = ""


class OpenTrouble(msgspec.Struct, frozen=True, kw_only=True):
    """What operators were told of and is not over: ``kind`` is a stage that lags, or reading."""

    kind: str
    since: UtcTime


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchProgress:
    """How far the watch has read each partition, written with all that follows from it.

    ``positions`` are the next offsets by ``topic/partition``; ``articles`` were read in all. It
    contains clock readings, and so do the daily lines.
    """

    began_at: UtcTime
    written_at: UtcTime
    articles: int
    positions: dict[str, int]
    troubles: tuple[OpenTrouble, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMemory:
    """What is remembered of a page that a feed lists.

    Short hashes of its content and of its visible text, and when it was last requested.
    ``unchanged`` counts the downloads in a row with the same text: the more, the later the next.
    """

    content: str
    text: str
    asked_at: UtcTime
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What the fetcher remembers of a feed between polls.

    ``seen`` are the entry ids of the last polls, newest last. ``tried`` counts the failed downloads
    of each pending page and ``pages`` is what is remembered of pages, both by page id. A ``gone``
    feed has answered 410 since ``gone_since`` and is polled daily. ``read_at`` is when the server
    last sent the whole feed.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    polled_at: UtcTime | None = None
    not_before: UtcTime | None = None
    failures: int = 0
    last_error: str | None = None
    seen: tuple[str, ...] = ()
    tried: dict[str, int] = field(default_factory=dict)
    gone: bool = False
    gone_since: UtcTime | None = None
    read_at: UtcTime | None = None
    pages: dict[str, PageMemory] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRevival:
    """An operator's request to poll a feed at once and without any back-off; entries stay seen."""

    url: str
    asked_at: UtcTime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMemory:
    """The lines that a source repeats from article to article.

    ``lines`` maps a line's hash to how many of the source's ``articles`` had it; the counts decay
    with every hundred articles. ``recent`` are the ids of its last articles, oldest first. The same
    topic has ``kept`` article histories with keys ``<source>/<article id>``; those of ``recent``
    include the newest text. ``clock_ms`` is the source's own time (Unix ms), by which they expire.
    """

    source: str
    articles: int
    lines: dict[str, float]
    recent: tuple[str, ...] = ()
    kept: int = 0
    clock_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleVersion:
    """One version of an article, and what was decided about it.

    ``plain`` is the hash of its text. ``content`` is the hash of the text after source memory was
    applied; if that equals an earlier version's, the version has the earlier ``revision`` and there
    was no message. ``fetched_ms`` is when the text was fetched (Unix ms). ``cut`` and ``repeated``
    are hashes of lines that other articles of the source contain: removed ones and marked ones.
    """

    plain: str
    revision: str
    version: int
    replaces: str | None = None
    cut: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    content: str = ""
    fetched_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleHistory:
    """What the cleaner remembers of an article: its versions by number and the text of the last.

    ``body`` is compressed with zlib and empty if too long. Headline, deck and body of older
    articles are not kept. ``seen_ms`` is the source's own time (Unix ms) of the last version.
    """

    source: str
    article_id: str
    headline: str = ""
    body: bytes = b""
    versions: tuple[ArticleVersion, ...] = ()
    seen_ms: int = 0
    deck: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedAlert:
    """An alert that counts towards a rule's threshold.

    ``at_ms`` is its event time (Unix ms), ``value`` what must differ between alerts. ``told``: a
    notification has included it.
    """

    alert_id: str
    article_id: str
    rule_revision: str
    at_ms: int
    value: str
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifiedWindow:
    """A window of event time that a notification has covered, from ``start_ms`` (Unix ms).

    ``end_ms`` is 0 in windows from before the field existed; they are as long as the rule says.
    """

    rule_revision: str
    start_ms: int
    end_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleHits:
    """What notify remembers of a rule with a threshold, in order of arrival.

    ``hits`` are its last counted alerts and ``windows`` those that were notified. ``forgotten_ms``
    (Unix ms of event time) is the end of the latest window that is no longer kept: an alert up to
    that time may have been notified. The alerts that were not notified yet are in the same topic,
    shortened, with keys ``<rule id>/<alert id>``.
    """

    rule_id: str
    hits: tuple[CountedAlert, ...] = ()
    windows: tuple[NotifiedWindow, ...] = ()
    forgotten_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An active rule: the canonical expression and what to do when it matches."""

    rule_id: str
    revision: str
    title: str
    severity: Severity
    when: str
    destinations: tuple[str, ...]
    threshold: Threshold | None = None
    group: GroupTiming | None = None
    needs: Corroboration | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSetChange:
    """A change of the active rules: who made it, when, and what it changed.

    Its record closes the change in rules.v1. It contains a clock reading and maybe a host name,
    because it records what happened; no alert depends on either. ``number`` counts the changes from
    1. ``revision`` is the hash of the whole set after the change and ``previous`` that before it
    (empty: none); ``rules`` is the set's size. To keep the record small not all ids are listed:
    ``unnamed`` counts the others.
    """

    number: int
    revision: str
    previous: str
    rules: int
    changed_at: UtcTime
    changed_by: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unnamed: int = 0


Message = (
    RawArticle
    | CleanArticle
    | TaggedArticle
    | Alert
    | Recipients
    | Dispatch
    | Notification
    | Story
    | PendingEscalation
    | RedriveRequest
    | Silence
    | Feedback
    | Delivery
    | SourceDay
    | DailyTally
    | WatchProgress
    | FeedState
    | FeedRevival
    | SourceMemory
    | ArticleHistory
    | RuleHits
    | Rule
    | RuleSetChange
)
