"""Which clauses of a rule fail on an article, and the first of them in reading order. Pure.

A clause is what an analyst would point at: a term, tag or filter that is absent, a pair or ATLEASTn
that is not met, a NOT that is violated. Of an OR that fails, the branch with the fewest failing
clauses counts; of several such, the first.
"""

from collections.abc import Iterator

from services.alerting.explain.paths import Path
from services.alerting.language.document import Document
from services.alerting.language.evaluate import evaluate
from services.alerting.language.tree import (
    EVERYWHERE,
    And,
    AtLeast,
    Near,
    Node,
    Not,
    Or,
    Region,
    Term,
    Where,
)


def holds(node: Node, document: Document, region: Region = EVERYWHERE) -> bool:
    """Return whether a node is satisfied, within a part of the article or in all of it."""
    return evaluate(region.enclose(node), document) is not None


def failures(tree: Node, document: Document) -> tuple[Path, ...]:
    """Return the paths of the clauses that keep the rule from firing, in reading order.

    There are none if it fires.
    """
    return tuple(_failures(tree, document, EVERYWHERE, ()))


def first_failures(tree: Node, document: Document) -> tuple[Path, ...]:
    """Return the first failing clause, and those of equally good other branches of an OR.

    There are none if the rule fires.
    """
    return tuple(_firsts(tree, document, EVERYWHERE, ()))


def count_missing_clauses(tree: Node, document: Document) -> int:
    """Count the clauses that need a word or tag that is nowhere in the article.

    Clauses are the operands of the outermost AND.
    """
    loosened = [loosen(clause) for clause in (tree.of if isinstance(tree, And) else (tree,))]
    return sum(not holds(clause, document) for clause in loosened if clause is not None)


def _failures(node: Node, document: Document, region: Region, path: Path) -> Iterator[Path]:
    match node:
        case And(of):
            for number, part in enumerate(of):
                yield from _failures(part, document, region, (*path, number))
        case Or(of):
            branches = [
                tuple(_failures(part, document, region, (*path, number)))
                for number, part in enumerate(of)
            ]
            yield from min(branches, key=len)
        case Where(where, of):
            yield from _failures(of, document, region.inside(where), (*path, 0))
        case _:
            if not holds(node, document, region):
                yield path


def _firsts(node: Node, document: Document, region: Region, path: Path) -> list[Path]:
    match node:
        case And(of):
            inner = (
                _firsts(part, document, region, (*path, number)) for number, part in enumerate(of)
            )
            return next((paths for paths in inner if paths), [])
        case Or(of):
            counts = [len(tuple(_failures(part, document, region, ()))) for part in of]
            best = [number for number, count in enumerate(counts) if count == min(counts)]
            return (
                []
                if min(counts) == 0
                else [
                    first
                    for number in best
                    for first in _firsts(of[number], document, region, (*path, number))
                ]
            )
        case Where(where, of):
            return _firsts(of, document, region.inside(where), (*path, 0))
        case _:
            return [] if holds(node, document, region) else [path]


def loosen(node: Node) -> Node | None:
    """Return what is left of a rule when only the presence of words and tags counts.

    No place, distance, order or number, and no NOT; None if nothing is left.
    """
    match node:
        case And(of):
            return _join_all([loosen(part) for part in of])
        case Or(of):
            parts = [loosen(part) for part in of]
            remaining = tuple(part for part in parts if part is not None)
            return Or(remaining) if len(remaining) == len(parts) else None
        case Near(left, right, negated=negated):
            return loosen(left) if negated else _join_all([loosen(left), loosen(right)])
        case AtLeast() | Where():
            return loosen(node.of)
        case Not():
            return None
        case Term():
            return _join_all(list(node.single_words()))
        case _:
            return node


def _join_all(parts: list[Node | None]) -> Node | None:
    remaining = tuple(part for part in parts if part is not None)
    return And(remaining) if len(remaining) > 1 else next(iter(remaining), None)
