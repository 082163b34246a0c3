"""Why an alert was raised, in full: every clause with the places that met it, and the article's text with them marked. Pure.

What is kept of an alert is cut to a bounded size; the text is shown while the article is among the recent ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.board.state.cards import NAME_CHARACTERS
from services.board.state.excerpt import TextPart, mark_parts, shorten
from shared.base.outcomes import InvalidMessage
from shared.messages.codec import decode
from shared.messages.schemas import Alert, FieldName, Span, TaggedArticle

CLAUSE_CHARACTERS: Final = 600
PLACES: Final = 200
TEXT_CHARACTERS: Final = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationMatch:
    """A stretch of the cleaned article that met a clause; offsets count code points from 0, end exclusive."""

    clause: str
    field: FieldName
    start: int
    end: int
    surface: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Which revisions of which rule and article the alert is of, and what met the rule's clauses; ``more`` places are not kept."""

    rule_revision: str
    article_id: str
    article_revision: str
    found: tuple[ExplanationMatch, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of the article in stretches."""

    field: FieldName
    parts: tuple[TextPart, ...]


def build_explanation(alert: Alert) -> Explanation:
    """What to keep of an alert."""
    return Explanation(
        rule_revision=shorten(alert.rule_revision, NAME_CHARACTERS),
        article_id=alert.article_id,
        article_revision=alert.article_revision,
        found=tuple(
            ExplanationMatch(
                clause=shorten(one.clause, CLAUSE_CHARACTERS),
                field=one.field,
                start=one.start,
                end=one.end,
                surface=shorten(one.surface, NAME_CHARACTERS),
            )
            for one in alert.matches[:PLACES]
        ),
        more=max(0, len(alert.matches) - PLACES),
    )


def marked_paragraphs(told: Explanation, record: bytes | None) -> tuple[Paragraph, ...]:
    """The article with the places marked; nothing where it is not at hand, or is by now another revision."""
    try:
        article = decode(record, TaggedArticle).article
    except InvalidMessage:  # no record, or one that only its dead letter tells of
        return ()
    if article.revision != told.article_revision:
        return ()
    headline = _paragraphs("headline", article.headline, told.found)
    return (*headline, *_paragraphs("body", article.body[:TEXT_CHARACTERS], told.found))


def _paragraphs(
    field: FieldName, whole: str, found: Sequence[ExplanationMatch]
) -> tuple[Paragraph, ...]:
    spans = [Span(start=one.start, end=one.end) for one in found if one.field == field]
    made, at = list[Paragraph](), 0
    for piece in whole.split("\n\n"):
        inside = [
            Span(start=max(span.start, at) - at, end=min(span.end, at + len(piece)) - at)
            for span in spans
        ]
        made.append(Paragraph(field=field, parts=mark_parts(piece, inside)))
        at += len(piece) + 2
    return tuple(paragraph for paragraph in made if paragraph.parts)


def render_explanation(told: Explanation, card: Any, record: bytes | None) -> dict[str, Any]:
    """What the page of an alert's explanation shows."""
    return {"card": card, "reasons": told, "text": marked_paragraphs(told, record)}
