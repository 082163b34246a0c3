"""The most recent tagged articles, bounded in number and bytes. Pure.

Rule previews run on them, and the pages of actors quote them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from services.board.state.excerpt import shorten

MAX_RECORD_BYTES: Final = 256 * 1024
"""A larger article is skipped: a preview runs on many, and no single one may dominate its cost."""
HEADLINE_CHARACTERS: Final = 200
SOURCE_CHARACTERS: Final = 60


class _Article(msgspec.Struct):
    article_id: str
    headline: str
    source: str
    event_time: datetime
    event_time_precision: str = "moment"
    uri: str = ""
    url: str | None = None


class _Named(msgspec.Struct):
    actor: str


class _Tagged(msgspec.Struct):
    """The part of a tagged article that a list shows; the decoder skips the rest."""

    article: _Article
    actors: tuple[_Named, ...] = ()


_DECODER: Final = msgspec.json.Decoder(_Tagged)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentArticle:
    """One article: its record as it arrived, and what lists and searches need of it.

    ``actors`` are the ids of those it names; ``fetched_ms`` is when it was fetched, in Unix ms.
    """

    id: str
    headline: str
    source: str
    published: datetime
    published_precision: str
    addresses: tuple[str, ...]
    actors: frozenset[str]
    record: bytes = field(repr=False)
    fetched_ms: int | None = None


@dataclass(slots=True, kw_only=True)
class RecentArticles:
    """The last ``limit`` articles, each in its latest revision."""

    limit: int
    _articles: dict[str, RecentArticle] = field(default_factory=dict)

    def take(self, record: bytes | None, fetched_ms: int | None = None) -> None:
        """Add an article that was fetched at ``fetched_ms`` (Unix ms).

        One that is invalid or too large is skipped: it is up to the stages to report it.
        """
        if not record or len(record) > MAX_RECORD_BYTES or not self.limit:
            return
        try:
            tagged = _DECODER.decode(record)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return
        article = tagged.article
        self._articles.pop(article.article_id, None)
        actors = frozenset(actor.actor for actor in tagged.actors)
        self._articles[article.article_id] = _to_recent_article(article, actors, record, fetched_ms)
        if len(self._articles) > self.limit:
            del self._articles[next(iter(self._articles))]

    def newest_first(self) -> Iterable[RecentArticle]:
        """Return the articles, newest arrival first."""
        return reversed(self._articles.values())

    def find(self, query: str) -> RecentArticle | None:
        """Return the article with this id, else the newest with this URL; None if there is none."""
        return self._articles.get(query) or next(
            (article for article in self.newest_first() if query and query in article.addresses),
            None,
        )

    def record(self, article_id: str) -> bytes | None:
        """Return the record of an article; None if it is no longer kept."""
        article = self._articles.get(article_id)
        return article.record if article else None


def _to_recent_article(
    article: _Article, actors: frozenset[str], record: bytes, fetched_ms: int | None
) -> RecentArticle:
    return RecentArticle(
        id=article.article_id,
        headline=shorten(article.headline, HEADLINE_CHARACTERS),
        source=shorten(article.source, SOURCE_CHARACTERS),
        published=article.event_time,
        published_precision=article.event_time_precision,
        addresses=tuple(address for address in (article.uri, article.url) if address),
        actors=actors,
        record=record,
        fetched_ms=fetched_ms,
    )
