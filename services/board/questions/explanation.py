"""Why an alert was raised: every clause with the spans that matched it, marked in the text. Pure.

What is kept of an alert is bounded; the text is shown while the article is among the recent ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.board.state.cards import NAME_CHARACTERS
from services.board.state.excerpt import TextPart, mark_parts, shorten
from shared.base.outcomes import InvalidMessage
from shared.messages.codec import decode
from shared.messages.schemas import Alert, FieldName, Span, TaggedArticle
from shared.text.spans import clip_spans

CLAUSE_CHARACTERS: Final = 600
PLACES: Final = 200
TEXT_CHARACTERS: Final = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationMatch:
    """A span of the cleaned article that matched a clause.

    Offsets count code points from 0; the end is exclusive.
    """

    clause: str
    field: FieldName
    start: int
    end: int
    surface: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The revisions of rule and article, and the matches of the rule's clauses.

    ``more`` further matches are not kept.
    """

    rule_revision: str
    article_id: str
    article_revision: str
    matches: tuple[ExplanationMatch, ...]
    omitted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of the article in marked and unmarked parts."""

    field: FieldName
    parts: tuple[TextPart, ...]


def build_explanation(alert: Alert) -> Explanation:
    """Return what is kept of an alert to explain it."""
    return Explanation(
        rule_revision=shorten(alert.rule_revision, NAME_CHARACTERS),
        article_id=alert.article_id,
        article_revision=alert.article_revision,
        matches=tuple(
            ExplanationMatch(
                clause=shorten(match.clause, CLAUSE_CHARACTERS),
                field=match.field,
                start=match.start,
                end=match.end,
                surface=shorten(match.surface, NAME_CHARACTERS),
            )
            for match in alert.matches[:PLACES]
        ),
        omitted=max(0, len(alert.matches) - PLACES),
    )


def marked_paragraphs(explanation: Explanation, record: bytes | None) -> tuple[Paragraph, ...]:
    """Return the article with the matches marked.

    Empty if the article is no longer kept, or has another revision by now.
    """
    try:
        article = decode(record, TaggedArticle).article
    except InvalidMessage:  # no record, or one that its stage dead-letters
        return ()
    if article.revision != explanation.article_revision:
        return ()
    texts: tuple[tuple[FieldName, str], ...] = (
        ("headline", article.headline),
        ("deck", article.deck),
        ("body", article.body),
    )
    return tuple(
        paragraph
        for field, text in texts
        for paragraph in _paragraphs(field, text[:TEXT_CHARACTERS], explanation.matches)
    )


def _paragraphs(
    field: FieldName, text: str, matches: Sequence[ExplanationMatch]
) -> tuple[Paragraph, ...]:
    spans = [Span(start=match.start, end=match.end) for match in matches if match.field == field]
    paragraphs, at = list[Paragraph](), 0
    for piece in text.split("\n\n"):
        inside = clip_spans(spans, Span(start=at, end=at + len(piece)))
        paragraphs.append(Paragraph(field=field, parts=mark_parts(piece, inside)))
        at += len(piece) + 2
    return tuple(paragraph for paragraph in paragraphs if paragraph.parts)


def render_explanation(explanation: Explanation, card: Any, record: bytes | None) -> dict[str, Any]:
    """Return what the page of an explanation shows."""
    return {"card": card, "reasons": explanation, "text": marked_paragraphs(explanation, record)}
