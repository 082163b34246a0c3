"""What an expression means: the plain evaluator. The compiled matcher must give the same result."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

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


class MatchedSpan(NamedTuple):
    """A span that satisfied a clause; the clause is in canonical form, with its region."""

    clause: str
    field: FieldName
    start: int
    end: int
    first: int
    last: int


class EvaluatedPart(NamedTuple):
    """A part that an expression requires, with the spans that satisfy it."""

    node: Node
    spans: tuple[MatchedSpan, ...]


def evaluate(tree: Node, document: Document) -> tuple[MatchedSpan, ...] | None:
    """Return the spans that satisfy the expression, or None if it is not satisfied.

    They stand in the order of the expression's clauses, those in the headline first.
    """
    parts = evaluate_parts(tree, document)
    return None if parts is None else join_spans(parts)


def evaluate_parts(tree: Node, document: Document) -> tuple[EvaluatedPart, ...] | None:
    """Return each part of an AND with the spans that satisfy it, or None if one is not satisfied.

    Any other expression is its only part.
    """
    parts = []
    for part in tree.of if isinstance(tree, And) else (tree,):
        hits = _evaluate_node(part, document, EVERYWHERE)
        if hits is None:
            return None
        parts.append(EvaluatedPart(part, tuple(dict.fromkeys(hits))))
    return tuple(parts)


def join_spans(parts: Iterable[EvaluatedPart]) -> tuple[MatchedSpan, ...]:
    """Return the spans of all parts, each once."""
    return tuple(dict.fromkeys(span for part in parts for span in part.spans))


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
    name = region.enclose_text(_clause_text(clause))
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


@lru_cache(maxsize=16_384)
def _clause_text(clause: Node) -> str:
    return canonical(clause)


def _passes(node: Filter | Length, document: Document) -> bool:
    if isinstance(node, Length):
        size = len(document.body.starts)
        return size > node.count if node.sign == ">" else size < node.count
    if node.kind == "source":
        return document.source.casefold() == node.id
    language = document.language.casefold().replace("_", "-")
    return node.id in (language, language.split("-")[0])
