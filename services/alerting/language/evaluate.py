"""What an expression means: the plain evaluator. The compiled matcher must give the same result."""

from dataclasses import dataclass

from services.alerting.language.document import Document, WordSpan
from services.alerting.language.format import format as canonical
from services.alerting.language.near import near, non_overlapping
from services.alerting.language.occurrences import occurrences
from services.alerting.language.tree import (
    EVERYWHERE,
    And,
    AtLeast,
    Filter,
    Length,
    Near,
    Node,
    Not,
    Or,
    Region,
    Where,
)
from shared.messages.schemas import FieldName


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedSpan:
    """A span that satisfied a clause; the clause is in canonical form, with its region."""

    clause: str
    field: FieldName
    start: int
    end: int
    first: int
    last: int


def evaluate(tree: Node, document: Document) -> tuple[MatchedSpan, ...] | None:
    """Return the spans that satisfy the expression, or None if it is not satisfied.

    They stand in the order of the expression's clauses, those in the headline first.
    """
    hits = _evaluate_node(tree, document, EVERYWHERE)
    return None if hits is None else tuple(dict.fromkeys(hits))


def _evaluate_node(node: Node, document: Document, region: Region) -> list[MatchedSpan] | None:
    """Return the spans that satisfy a node, or None.

    One function with loops, so that the deepest expression that ``parse`` accepts needs only half
    of Python's stack.
    """
    hits: list[MatchedSpan] = []
    match node:
        case And(of):
            for part in of:
                spans = _evaluate_node(part, document, region)
                if spans is None:
                    return None
                hits += spans
            return hits
        case Or(of):
            is_met = False
            for part in of:
                spans = _evaluate_node(part, document, region)
                is_met = is_met or spans is not None
                hits += spans or []
            return hits if is_met else None
        case Not(of):
            return [] if _evaluate_node(of, document, region) is None else None
        case Where(inner, of):
            return _evaluate_node(of, document, region.inside(inner))
        case Filter() | Length():
            return [] if _passes(node, document) else None
        case _:
            return _to_matched_spans(node, region, _find_spans(node, document, region)) or None


def _find_spans(clause: Node, document: Document, region: Region) -> list[WordSpan]:
    """Return the spans that satisfy a clause, or none."""
    match clause:
        case Near():
            return near(clause, document, region)
        case AtLeast(count, of):
            spans = non_overlapping(occurrences(of, document, region))
            return spans if len(spans) >= count else []
        case _:
            return occurrences(clause, document, region)


def _to_matched_spans(clause: Node, region: Region, spans: list[WordSpan]) -> list[MatchedSpan]:
    if not spans:
        return []
    name = region.enclose_text(canonical(clause))
    return [
        MatchedSpan(
            clause=name,
            field=span.field,
            start=span.start,
            end=span.end,
            first=span.first,
            last=span.last,
        )
        for span in spans
    ]


def _passes(node: Filter | Length, document: Document) -> bool:
    if isinstance(node, Length):
        size = len(document.body.starts)
        return size > node.count if node.sign == ">" else size < node.count
    if node.kind == "source":
        return document.source.casefold() == node.id
    language = document.language.casefold().replace("_", "-")
    return node.id in (language, language.split("-")[0])
