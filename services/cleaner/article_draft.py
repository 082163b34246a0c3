"""What the steps hand on: an article in the making. Each step fills the fields that it names, and changes no other."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from shared.messages.schemas import (
    DroppedLine,
    FieldProvenance,
    LanguageSpan,
    PubStatus,
    RawArticle,
    Signal,
    Span,
    TimeSource,
)


class ContentFormat(StrEnum):
    """What a text is to be read as."""

    TEXT = "text"
    HTML = "html"
    NINJS = "ninjs"
    NEWSML = "newsml-g2"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTime:
    """When the page says it was published, in the zone that it was told in; ``day_only``: it names no time of day (``at`` is then midnight UTC)."""

    at: datetime
    day_only: bool
    witness: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What was cut out of a page or text. ``kept`` are the numbers of the body's lines (plain text only), from 0."""

    headline: str
    paragraphs: tuple[str, ...]
    authors: tuple[str, ...] = ()
    byline: str | None = None
    url: str | None = None
    section: str | None = None
    located: str | None = None
    language: str | None = None
    pubstatus: PubStatus = "usable"
    urgency: int | None = None
    version: int | None = None
    published: PageTime | None = None
    modified: PageTime | None = None
    kept: tuple[int, ...] = ()
    dropped: tuple[DroppedLine, ...] = ()
    findings: tuple[FieldProvenance, ...] = ()
    evidence: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDraft:
    """An article in the making; the fields stand in the order in which the steps fill them.

    ``known`` are the fingerprints of lines that its source's memory tells us to cut (memory/judge.py).
    """

    raw: RawArticle
    known: Collection[str] = frozenset()
    text: str = ""
    form: ContentFormat = ContentFormat.TEXT
    cut: Extraction = field(default_factory=lambda: Extraction(headline="", paragraphs=()))
    body: str = ""
    paragraphs: tuple[Span, ...] = ()
    sentences: tuple[Span, ...] = ()
    headline: str = ""
    dateline: str | None = None
    located: str | None = None
    signal: Signal | None = None
    pubstatus: PubStatus = "usable"
    language: str = "und"
    language_confidence: float = 0.0
    foreign: tuple[LanguageSpan, ...] = ()
    event_time: datetime | None = None
    event_time_source: TimeSource = TimeSource.FETCHED
    signature: tuple[int, ...] = ()
    evidence: dict[str, str] = field(default_factory=dict)

    def knowing(self, **evidence: str) -> "ArticleDraft":
        """The same draft with more evidence."""
        return replace(self, evidence={**self.evidence, **evidence})
