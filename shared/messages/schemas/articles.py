"""Articles as they were fetched, and cleaned."""

from dataclasses import dataclass, field

from shared.messages.schemas.values import (
    FieldName,
    LanguageSpan,
    Origin,
    PubStatus,
    Signal,
    Span,
    TimePrecision,
    TimeSource,
    UtcTime,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawArticle:
    """A page or file as it was fetched, unchanged, with what its feed or manifest says about it.

    ``published_precision``: what the feed's or manifest's ``published_at`` says. ``reliability`` is
    what the operator wrote of the source: high, medium or low.
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
    reliability: str | None = None


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
    ``body``. ``reliability`` is that of the raw article.
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
    reliability: str | None = None
