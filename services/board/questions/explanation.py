"""Why an alert was raised, in full: every clause with the places that met it, and the article's text with them marked. Pure.

What is kept of an alert is cut to a bounded size; the text is shown while the article is among the recent ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.board.state.cards import NAME_CHARACTERS
from services.board.state.excerpt import Part, marked, shortened
from shared.base.outcomes import InvalidMessage
from shared.messages.codec import decode
from shared.messages.schemas import Alert, FieldName, Span, TaggedArticle
from shared.text.spans import clip_spans

CLAUSE_CHARACTERS: Final = 600
PLACES: Final = 200
TEXT_CHARACTERS: Final = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A stretch of the cleaned article that met a clause; offsets count code points from 0, end exclusive."""

    clause: str
    field: FieldName
    start: int
    end: int
    surface: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Which revisions of which rule and article the alert is of, and what met the rule's clauses; ``more`` places are not kept."""

    rule_revision: str
    article_id: str
    article_revision: str
    found: tuple[Found, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of the article in stretches."""

    field: FieldName
    parts: tuple[Part, ...]


def reasons(alert: Alert) -> Reasons:
    """What to keep of an alert."""
    return Reasons(
        rule_revision=shortened(alert.rule_revision, NAME_CHARACTERS),
        article_id=alert.article_id,
        article_revision=alert.article_revision,
        found=tuple(
            Found(
                clause=shortened(one.clause, CLAUSE_CHARACTERS),
                field=one.field,
                start=one.start,
                end=one.end,
                surface=shortened(one.surface, NAME_CHARACTERS),
            )
            for one in alert.matches[:PLACES]
        ),
        more=max(0, len(alert.matches) - PLACES),
    )


def text(told: Reasons, record: bytes | None) -> tuple[Paragraph, ...]:
    """The article with the places marked; nothing where it is not at hand, or is by now another revision."""
    try:
        article = decode(record, TaggedArticle).article
    except InvalidMessage:  # no record, or one that only its dead letter tells of
        return ()
    if article.revision != told.article_revision:
        return ()
    headline = _paragraphs("headline", article.headline, told.found)
    return (*headline, *_paragraphs("body", article.body[:TEXT_CHARACTERS], told.found))


def _paragraphs(field: FieldName, whole: str, found: Sequence[Found]) -> tuple[Paragraph, ...]:
    spans = [Span(start=one.start, end=one.end) for one in found if one.field == field]
    made, at = list[Paragraph](), 0
    for piece in whole.split("\n\n"):
        inside = clip_spans(spans, Span(start=at, end=at + len(piece)))
        made.append(Paragraph(field=field, parts=marked(piece, inside)))
        at += len(piece) + 2
    return tuple(paragraph for paragraph in made if paragraph.parts)


def shown(told: Reasons, card: Any, record: bytes | None) -> dict[str, Any]:
    """What the page of an alert's explanation shows."""
    return {"card": card, "reasons": told, "text": text(told, record)}
