"""Where the recent articles name an actor: each article with the sentences around, bounded in number and length. Pure."""

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
    """How many of the recent articles name the actor, and what the newest of them say."""
    naming = [kept for kept in recent if actor in kept.actors]
    shown = [found for kept in naming[:ARTICLES] if (found := _article(actor, kept))]
    return {"articles": len(naming), "shown": shown}


def _article(actor: str, kept: RecentArticle) -> dict[str, Any] | None:
    try:
        tagged = decode(kept.record, TaggedArticle)
    except InvalidMessage:  # its dead letter tells of it
        return None
    found = [mention for mention in tagged.mentions if mention.actor == actor]
    surfaces = dict.fromkeys(shorten(mention.surface, NAME_CHARACTERS) for mention in found)
    held = next((named.offices for named in tagged.actors if named.actor == actor), ())
    address, host = safe_link(tagged.article.url, tagged.article.uri)
    return {
        "id": kept.id,
        "headline": kept.headline,
        "source": kept.source,
        "published": kept.published,
        "link": address,
        "host": host,
        "language": shorten(tagged.article.language, 12),
        "times": len(found),
        "surfaces": list(surfaces)[:SURFACES],
        "offices": [
            {
                "title": shorten(office.title, NAME_CHARACTERS),
                "acting": office.acting,
                "verified": office.verified,
            }
            for office in held
        ],
        "excerpts": [
            excerpt_parts(text, spans) for text, spans in _paragraphs(tagged.article.body, found)
        ],
    }


def _paragraphs(body: str, found: Iterable[Mention]) -> list[tuple[str, list[Span]]]:
    """The first paragraphs that name the actor, each with the places in it."""
    marked: dict[int, list[Span]] = {}
    for mention in found:
        if mention.field == "body":
            start = body.rfind(_BETWEEN, 0, mention.start) + 1
            start += start > 0
            marked.setdefault(start, []).append(
                Span(start=mention.start - start, end=mention.end - start)
            )
    return [
        (body[start:].partition(_BETWEEN)[0], spans)
        for start, spans in sorted(marked.items())[:PARAGRAPHS]
    ]
