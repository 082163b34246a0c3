"""The last tagged articles that came, for trying rules on and to show who is named: bounded in number and in bytes. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from services.board.state.excerpt import shorten

MAX_RECORD_BYTES: Final = 256 * 1024
"""A larger article is not kept: a rule is tried on many, and none may cost as much as all others."""
HEADLINE_CHARACTERS: Final = 200
SOURCE_CHARACTERS: Final = 60


class _Article(msgspec.Struct):
    article_id: str
    headline: str
    source: str
    event_time: datetime
    uri: str = ""
    url: str | None = None


class _Named(msgspec.Struct):
    actor: str


class _Tagged(msgspec.Struct):
    """What a list of articles shows of one, and whom it names; the decoder passes over the rest."""

    article: _Article
    actors: tuple[_Named, ...] = ()


_DECODER: Final = msgspec.json.Decoder(_Tagged)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentArticle:
    """One article: its record as it came, what a list shows of it, its addresses, whom it names (ids), and when it was fetched (Unix ms)."""

    id: str
    headline: str
    source: str
    published: datetime
    addresses: tuple[str, ...]
    actors: frozenset[str]
    record: bytes = field(repr=False)
    fetched_ms: int | None = None


@dataclass(slots=True, kw_only=True)
class RecentArticles:
    """The last ``most`` articles, each in its last revision."""

    limit: int
    _kept: dict[str, RecentArticle] = field(default_factory=dict)

    def take(self, record: bytes | None, fetched_ms: int | None = None) -> None:
        """Keep an article that was fetched then (Unix ms). What is none, or too large, is left to the stages that must read it."""
        if not record or len(record) > MAX_RECORD_BYTES or not self.limit:
            return
        try:
            tagged = _DECODER.decode(record)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return
        article = tagged.article
        self._kept.pop(article.article_id, None)
        named = frozenset(one.actor for one in tagged.actors)
        self._kept[article.article_id] = _kept(article, named, record, fetched_ms)
        if len(self._kept) > self.limit:
            del self._kept[next(iter(self._kept))]

    def newest_first(self) -> Iterable[RecentArticle]:
        """The articles, the last that came first."""
        return reversed(self._kept.values())

    def find(self, asked: str) -> RecentArticle | None:
        """The article with this id, or else the last that came with this address; None where there is none."""
        return self._kept.get(asked) or next(
            (kept for kept in self.newest_first() if asked and asked in kept.addresses), None
        )

    def record(self, article_id: str) -> bytes | None:
        """The record of an article; None where it is not here any more."""
        kept = self._kept.get(article_id)
        return kept.record if kept else None


def _kept(
    article: _Article, actors: frozenset[str], record: bytes, fetched_ms: int | None
) -> RecentArticle:
    return RecentArticle(
        id=article.article_id,
        headline=shorten(article.headline, HEADLINE_CHARACTERS),
        source=shorten(article.source, SOURCE_CHARACTERS),
        published=article.event_time,
        addresses=tuple(address for address in (article.uri, article.url) if address),
        actors=actors,
        record=record,
        fetched_ms=fetched_ms,
    )
