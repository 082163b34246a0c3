"""What the pipeline's steps pass on: an article being built, which each step completes further."""

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
    TimePrecision,
    TimeSource,
)


class ContentFormat(StrEnum):
    """The format that a text is parsed as."""

    TEXT = "text"
    HTML = "html"
    NINJS = "ninjs"
    NEWSML = "newsml-g2"
    NITF = "nitf"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTime:
    """A time that a page or wire states, in the time zone that it states it in.

    ``precision``: what ``moment`` says. ``is_guess``: a person may read it on the page as the time
    of publication, but no field says that it is.
    """

    moment: datetime
    provenance: str
    precision: TimePrecision = "moment"
    is_guess: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """The article that was extracted from a page, a wire item or plain text.

    ``body_lines``: numbers of the lines that the body consists of, from 0 (plain text only).
    """

    headline: str
    paragraphs: tuple[str, ...]
    deck: str = ""
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
    body_lines: tuple[int, ...] = ()
    dropped: tuple[DroppedLine, ...] = ()
    findings: tuple[FieldProvenance, ...] = ()
    evidence: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDraft:
    """An article being built; the fields are in the order in which the steps fill them.

    ``removed_lines``: fingerprints of the lines that source memory removes (memory/boilerplate.py).
    """

    raw: RawArticle
    removed_lines: Collection[str] = frozenset()
    text: str = ""
    content_format: ContentFormat = ContentFormat.TEXT
    extraction: Extraction = field(default_factory=lambda: Extraction(headline="", paragraphs=()))
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
    event_time_precision: TimePrecision = "moment"
    signature: tuple[int, ...] = ()
    evidence: dict[str, str] = field(default_factory=dict)

    def with_evidence(self, **evidence: str) -> "ArticleDraft":
        """Return a copy with more evidence."""
        return replace(self, evidence={**self.evidence, **evidence})
