"""What an expression means: the plain evaluator. A faster one must give the same hits."""

from dataclasses import dataclass

from services.alerting.language.document import Document, WordSpan
from services.alerting.language.format import format as canonical
from services.alerting.language.near import near, non_overlapping
from services.alerting.language.occurrences import occurrences
from services.alerting.language.tree import (
    And,
    AtLeast,
    Filter,
    Length,
    Near,
    Node,
    Not,
    Or,
    Place,
    Where,
)
from shared.messages.schemas import FieldName


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedSpan:
    """One stretch that satisfied a clause; the clause is in canonical form, with the place it was asked for."""

    clause: str
    field: FieldName
    start: int
    end: int
    first: int
    last: int


def evaluate(tree: Node, document: Document) -> tuple[MatchedSpan, ...] | None:
    """The stretches that satisfy the expression, in the order of its clauses, headline first; None where it is not satisfied."""
    hits = _satisfied(tree, document, None)
    return None if hits is None else tuple(dict.fromkeys(hits))


def _satisfied(node: Node, document: Document, place: Place | None) -> list[MatchedSpan] | None:
    """Written as one function with loops, so that the deepest expression that ``parse`` lets through takes half of Python's frames."""
    hits: list[MatchedSpan] = []
    match node:
        case And(of):
            for part in of:
                found = _satisfied(part, document, place)
                if found is None:
                    return None
                hits += found
            return hits
        case Or(of):
            met = False
            for part in of:
                found = _satisfied(part, document, place)
                met = met or found is not None
                hits += found or []
            return hits if met else None
        case Not(of):
            return [] if _satisfied(of, document, place) is None else None
        case Where(inner, of):
            return _satisfied(of, document, inner)
        case Filter() | Length():
            return [] if _passes(node, document) else None
        case _:
            return _hits(node, place, _stretches(node, document, place)) or None


def _stretches(clause: Node, document: Document, place: Place | None) -> list[WordSpan]:
    """The stretches that satisfy a clause, or none."""
    match clause:
        case Near():
            return near(clause, document, place)
        case AtLeast(count, of):
            found = non_overlapping(occurrences(of, document, place))
            return found if len(found) >= count else []
        case _:
            return occurrences(clause, document, place)


def _hits(clause: Node, place: Place | None, found: list[WordSpan]) -> list[MatchedSpan]:
    if not found:
        return []
    name = canonical(clause) if place is None else f"{place}({canonical(clause)})"
    return [
        MatchedSpan(
            clause=name,
            field=one.field,
            start=one.start,
            end=one.end,
            first=one.first,
            last=one.last,
        )
        for one in found
    ]


def _passes(node: Filter | Length, document: Document) -> bool:
    if isinstance(node, Length):
        size = len(document.body.words)
        return size > node.count if node.sign == ">" else size < node.count
    if node.kind == "source":
        return document.source.casefold() == node.id
    language = document.language.casefold().replace("_", "-")
    return node.id in (language, language.split("-")[0])
