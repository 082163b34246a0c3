"""The input: one article as a destination receives it, with the tags that stories use."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.messages.schemas import FieldName, Signal, Span

TagKind = Literal["actor", "country", "event"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleTag:
    """A span of headline, deck or body that names an actor, a country or an event."""

    field: FieldName
    start: int
    end: int
    kind: TagKind
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryArticle:
    """One version of an article.

    ``published_at`` has a zone. ``sentences`` are spans of ``body``; tags point into the field that
    they name. ``signal`` is what the publisher calls the version, and ``is_canceled`` says that it
    takes the article back. ``byline`` is what the page prints, for the agency in it.
    """

    article_id: str
    source: str
    published_at: datetime
    headline: str
    body: str
    sentences: tuple[Span, ...]
    version: int = 1
    deck: str = ""
    language: str = "en"
    byline: str = ""
    signal: Signal | None = None
    is_canceled: bool = False
    tags: tuple[ArticleTag, ...] = ()
