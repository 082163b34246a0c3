"""Every message on every topic, as frozen dataclasses. Field names follow IPTC ninjs where it has one.

Times are timezone-aware UTC. Offsets count code points from 0, end exclusive, and point into the text as it stands.
Nothing here holds an offset of Kafka, a host name, a clock reading of the processing or a random number, with two exceptions
that are named where they stand (``Delivery``, ``RuleSetChange``), so that a message processed twice is the same message.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

UtcTime = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with its zone; a time without one is refused when a message is read."""
FieldName = Literal["headline", "body"]
PubStatus = Literal["usable", "withheld", "canceled"]
Origin = Literal["feed", "seed", "push"]
Tense = Literal["past", "present", "future"]
Signal = Literal["kill", "correction", "refile", "repeat", "update"]
MentionKind = Literal["name", "surname", "office", "organisation"]


class Severity(StrEnum):
    """How loudly a rule wants to be heard, quietest first."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class TimeSource(StrEnum):
    """Where an article's event time was taken from, the most trusted first."""

    PAGE = "page"
    FEED = "feed"
    MANIFEST = "manifest"
    FETCHED = "fetched"


class MentionReason(StrEnum):
    """Why a mention means whom it means, or why it stays open."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of a text: code points ``start`` (inclusive) to ``end`` (exclusive)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageSpan:
    """A stretch of a text in a language (ISO 639, lower case), with the confidence that it is (0 to 1)."""

    start: int
    end: int
    language: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RawArticle:
    """One page or file as it was fetched, untouched, with what the feed or manifest said of it."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedLine:
    """A line of the original that is not part of the article; ``line`` counts from 0 in the original text."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateValue:
    """What one witness said of a field, in its own words."""

    witness: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProvenance:
    """How a field's value was found: the witness that won, why, and what every witness said, in the order in which they are believed.

    ``disagree``: a witness differs so much that a person should look; for times by more than a day.
    """

    field: str
    chosen: str
    why: str
    testimony: tuple[CandidateValue, ...] = ()
    disagree: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What differs from the version that was replaced: code points ``start`` to ``end`` of the new text, and what stood there before.

    Nothing ``removed``: it was inserted; an empty stretch: it was deleted. Long removed text is cut, and says so with "…".
    """

    field: FieldName
    start: int
    end: int
    removed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanArticle:
    """One article, cut out of its page: headline, body and what is known of them, each with its evidence.

    ``paragraphs`` and ``sentences`` are spans of ``body``; paragraphs are joined there by one blank line.
    ``signature`` is a MinHash of the body's word shingles; equal positions of two signatures estimate Jaccard similarity.
    ``evidence`` says for each field where its value came from, e.g. ``{"headline": "json-ld"}``; ``findings`` say it in full for those
    fields that several witnesses speak of. ``located`` is the place of the dateline.
    ``repeated`` are spans of ``body`` that other articles of its source carry, too: rules do not fire on them alone.
    ``version`` counts from 1 (ninjs; a wire's own number, where it has one); ``replaces`` is the revision of the version before, and
    ``changes`` what differs from it, where its text was kept. ``signal`` is what the publisher calls it at its start, e.g. a correction.
    ``foreign`` are paragraphs of ``body`` that are surely in another language than the article.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeHeld:
    """An office as its holder had it on the article's date; ``verified`` says whether the term's dates were checked."""

    office: str
    title: str
    acting: bool
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorOnDate:
    """A person or organisation that the article names, with the offices held on the article's date."""

    actor: str
    name: str
    offices: tuple[OfficeHeld, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Where an actor or an office is named; ``ambiguous`` lists the candidates where nobody can say which one is meant.

    ``reason`` says how that was decided; None in messages of before it was kept.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryMention:
    """Where a country is named, by name, demonym or (``metonym``) a capital or seat that stands for its government."""

    field: FieldName
    start: int
    end: int
    surface: str
    iso3: str
    metonym: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordHit:
    """Where a word form of a keyword of the vocabulary stands."""

    field: FieldName
    start: int
    end: int
    surface: str
    keyword: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Who did what to whom: ``source`` and ``target`` are ids of actors or ISO 3166 alpha-3 codes; the span is the verb's.

    ``tense`` "future" is whatever is only to come or to be refused; ``quoted``: said within quotation marks.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedArticle:
    """A clean article with who and what it names; ``tagger_revision`` is the hash of the data that the tagger used."""

    article: CleanArticle
    tagger_revision: str
    mentions: tuple[Mention, ...] = ()
    actors: tuple[ActorOnDate, ...] = ()
    countries: tuple[CountryMention, ...] = ()
    keywords: tuple[KeywordHit, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def article_id(self) -> str:
        """The article's id: what its records are keyed by."""
        return self.article.article_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Why a rule fired: the clause of the rule and the words of the article that satisfied it."""

    clause: str
    field: FieldName
    start: int
    end: int
    surface: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A sentence around matches; ``marks`` are spans of ``text``."""

    field: FieldName
    text: str
    marks: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """How many hits of a rule make news: ``count`` with different ``distinct`` within ``within_s`` seconds of event time."""

    count: int
    within_s: int
    distinct: Literal["article", "source", "story"] = "article"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A fact: this revision of this rule matches this revision of this article, here.

    With a ``threshold`` it is one hit among those that together make news.
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


class AlertOutcome(StrEnum):
    """What became of an alert; every alert ends in exactly one, the last that its notifications say.

    ``counted``: it counts towards its rule's threshold, which was not met yet; it stays so, or becomes ``notified`` with the others of its set.
    """

    NOTIFIED = "notified"
    COUNTED = "counted"
    FOLDED = "folded"
    SILENCED = "silenced"
    INHIBITED = "inhibited"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """News about alerts for one destination (``channel:name``, e.g. ``slack:newsroom``); only those with the outcome ``notified`` are posted.

    Of several alerts the first is whole and the others are shortened: no matches, excerpts, actors or signature.
    ``possible_repeat``: one of them may have been told before, so long ago that it is not remembered; the post says so.
    """

    notification_id: str
    destination: str
    outcome: AlertOutcome
    reason: str
    alerts: tuple[Alert, ...]
    possible_repeat: bool = False


class DeliveryState(StrEnum):
    """How far a notification has come; INTENT without a later state means that nobody knows whether it was accepted."""

    INTENT = "intent"
    RETRY = "retry"
    DELIVERED = "delivered"
    PARKED = "parked"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One entry of the delivery ledger. It holds clock readings: it records what happened, not what follows.

    ``in_doubt`` counts the attempts whose answer never came; the next post carries the mark "possible repeat".
    ``answer`` is a short, secret-free account of the destination's last answer.
    """

    notification_id: str
    destination: str
    state: DeliveryState
    attempts: int
    in_doubt: int
    first_attempt_at: UtcTime
    last_attempt_at: UtcTime
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMemory:
    """What is remembered of a page that a feed lists: short hashes of its content and of its visible text, and when it was asked for.

    ``unchanged`` counts the downloads in a row whose text was the same as before; they make the next one wait.
    """

    content: str
    text: str
    asked_at: UtcTime
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What the fetcher remembers of a feed between polls; ``seen`` are the entry ids of the last polls, newest last.

    ``tried`` counts the failed downloads of each page that waits, ``pages`` holds what is known of pages, both by page id. A ``gone`` feed
    has answered 410, since ``gone_since``, and is asked daily. ``read_at`` is when the server last sent the whole feed.
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
    """An operator's request to ask a feed at once and as if for the first time, entries that were seen excepted."""

    url: str
    asked_at: UtcTime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMemory:
    """Lines that a source repeats from article to article: line hash → how many of its ``articles`` carried it, fading with every hundred more.

    ``recent`` are the ids of its last articles, the oldest first. Article histories stand in the same topic, under ``<source>/<article id>``:
    those of ``recent`` with the newest text, ``kept`` of them in all. ``clock_ms`` is the source's own time (Unix ms), by which they expire.
    """

    source: str
    articles: int
    lines: dict[str, float]
    recent: tuple[str, ...] = ()
    kept: int = 0
    clock_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleVersion:
    """One version of an article: what made it, and what was decided of it when it came. ``plain`` is what its text is known by.

    ``content`` is the hash of what was left of the text once the source's memory had cut it; a text that left the same as an earlier version
    has that version's ``revision``, and gave no message. ``fetched_ms`` is when the text was fetched (Unix ms).
    ``cut`` and ``repeated`` are hashes of lines that other articles of its source carry: those that were left out, and those that are marked.
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
    """What the cleaner remembers of an article: its versions by number; headline and body (zlib; empty where too long) of the last.

    Headline and body of older articles are not kept. ``seen_ms`` is the source's own time (Unix ms) when the last version came.
    """

    source: str
    article_id: str
    headline: str = ""
    body: bytes = b""
    versions: tuple[ArticleVersion, ...] = ()
    seen_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedAlert:
    """One article that a rule with a threshold has hit. ``at_ms`` is its event time (Unix ms), ``value`` what must differ; ``told``: counted off."""

    alert_id: str
    article_id: str
    rule_revision: str
    at_ms: int
    value: str
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifiedWindow:
    """A stretch of event time that a notification has told of: it begins at ``start_ms`` (Unix ms) and is as long as the rule says.

    ``end_ms`` is 0 in windows of before it was kept.
    """

    rule_revision: str
    start_ms: int
    end_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleHits:
    """What notify remembers of a rule with a threshold: its last hits and the windows it has told of, each in the order in which they came.

    ``forgotten_ms`` (Unix ms of event time) is the end of the latest window that is not kept any more: a hit up to there may have been told.
    The alerts of hits that were not told yet stand in the same topic, shortened, under the keys ``<rule id>/<alert id>``.
    """

    rule_id: str
    hits: tuple[CountedAlert, ...] = ()
    windows: tuple[NotifiedWindow, ...] = ()
    forgotten_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule as it is in force: the canonical expression and what to do when it matches."""

    rule_id: str
    revision: str
    title: str
    severity: Severity
    when: str
    destinations: tuple[str, ...]
    threshold: Threshold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSetChange:
    """One change of the rules in force: who made it, when, and to what. Its record closes the change in rules.v1.

    It holds a clock reading and may name a host: it records what happened, not what follows; no alert depends on either.
    ``number`` counts the changes from 1. ``revision`` is the hash of the whole set after it, ``previous`` of the one before (empty: none);
    ``rules`` is the set's size. At most so many ids are listed that the record stays small: ``unnamed`` counts the rest.
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
    | Notification
    | Delivery
    | FeedState
    | FeedRevival
    | SourceMemory
    | ArticleHistory
    | RuleHits
    | Rule
    | RuleSetChange
)
