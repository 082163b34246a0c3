"""Why a rule fires on an article: for each clause, the spans that satisfied it. Pure."""

from dataclasses import dataclass
from typing import Final

from services.alerting.language.document import Document
from services.alerting.language.evaluate import MatchedSpan, evaluate
from services.alerting.language.tree import Node
from shared.messages.schemas import FieldName, Span

CONTEXT: Final = 60
"""Code points of text shown on either side of a span."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchInContext:
    """A span that satisfied a clause, with its text and the text around it.

    Its code points count in the field of the cleaned article.
    """

    clause: str
    field: FieldName
    start: int
    end: int
    surface: str
    before: str
    after: str


def explain_match(tree: Node, document: Document) -> tuple[MatchInContext, ...] | None:
    """Return the spans by clause and place, or None if the rule does not fire."""
    hits = evaluate(tree, document)
    return None if hits is None else tuple(_in_context(hit, document) for hit in hits)


def marks(hits: tuple[MatchInContext, ...], field: FieldName) -> tuple[Span, ...]:
    """Return the spans of one field in text order, each once."""
    spans = sorted({(hit.start, hit.end) for hit in hits if hit.field == field})
    return tuple(Span(start=start, end=end) for start, end in spans)


def _in_context(hit: MatchedSpan, document: Document) -> MatchInContext:
    text = document.field(hit.field).text
    return MatchInContext(
        clause=hit.clause,
        field=hit.field,
        start=hit.start,
        end=hit.end,
        surface=text[hit.start : hit.end],
        before=text[max(0, hit.start - CONTEXT) : hit.start],
        after=text[hit.end : hit.end + CONTEXT],
    )
