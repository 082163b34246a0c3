"""Where the recent articles name an actor, with the sentences around it. Pure.

Bounded in number and length.
"""

from collections.abc import Iterable
from typing import Any, Final

from services.board.state.cards import NAME_CHARACTERS, safe_link
from services.board.state.excerpt import excerpt_parts, shorten
from services.board.state.recent_articles import RecentArticle
from shared.base.outcomes import InvalidMessage
from shared.messages.codec import decode
from shared.messages.schemas import Mention, Span, TaggedArticle

ARTICLES: Final = 20
PARAGRAPHS: Final = 2
SURFACES: Final = 6
_BETWEEN: Final = "\n\n"


def recent_mentions(actor: str, recent: Iterable[RecentArticle]) -> dict[str, Any]:
    """Return how many recent articles name the actor, and excerpts of the newest."""
    matching = [article for article in recent if actor in article.actors]
    excerpts = [
        mentions for article in matching[:ARTICLES] if (mentions := _article(actor, article))
    ]
    return {"articles": len(matching), "shown": excerpts}


def _article(actor: str, article: RecentArticle) -> dict[str, Any] | None:
    try:
        tagged = decode(article.record, TaggedArticle)
    except InvalidMessage:  # its stage reports it as a dead letter
        return None
    mentions = [mention for mention in tagged.mentions if mention.actor == actor]
    surfaces = dict.fromkeys(shorten(mention.surface, NAME_CHARACTERS) for mention in mentions)
    offices = next((named.offices for named in tagged.actors if named.actor == actor), ())
    address, host = safe_link(tagged.article.url, tagged.article.uri)
    return {
        "id": article.id,
        "headline": article.headline,
        "source": article.source,
        "published": article.published,
        "published_precision": article.published_precision,
        "link": address,
        "host": host,
        "language": shorten(tagged.article.language, 12),
        "times": len(mentions),
        "surfaces": list(surfaces)[:SURFACES],
        "offices": [
            {
                "title": shorten(office.title, NAME_CHARACTERS),
                "acting": office.acting,
                "verified": office.verified,
            }
            for office in offices
        ],
        "excerpts": [
            excerpt_parts(text, spans) for text, spans in _paragraphs(tagged.article.body, mentions)
        ],
    }


def _paragraphs(body: str, mentions: Iterable[Mention]) -> list[tuple[str, list[Span]]]:
    """Return the first paragraphs that name the actor, each with its spans."""
    spans_by_start: dict[int, list[Span]] = {}
    for mention in mentions:
        if mention.field == "body":
            start = body.rfind(_BETWEEN, 0, mention.start) + 1
            start += start > 0
            spans_by_start.setdefault(start, []).append(
                Span(start=mention.start - start, end=mention.end - start)
            )
    return [
        (body[start:].partition(_BETWEEN)[0], spans)
        for start, spans in sorted(spans_by_start.items())[:PARAGRAPHS]
    ]
