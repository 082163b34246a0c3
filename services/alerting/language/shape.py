"""What the grammar lets stand together and the language does not: NOT and filters alone, AND inside an operand, a place inside a place."""

from collections.abc import Callable, Iterator
from typing import Final

from services.alerting.language.errors import fail
from services.alerting.language.tree import And, AtLeast, Filter, Length, Near, Node, Not, Or, Tag, Term, Where, Wild, children

_Problem = tuple[int, str, str, str]
DOUBLE_NEGATION: Final = ("double-negation", "NOT NOT says nothing", "leave both out")


def check(expression: str, tree: Node) -> None:
    """Raise the LanguageError of the first thing in the expression that cannot stand where it stands."""
    problems = sorted(_problems(tree, None))
    if problems:
        fail(expression, *problems[0])
    if not is_positive(tree):
        fail(expression, _alone(tree), "filter-alone", "source(), lang() and words never stand alone", "put a term beside it: trump AND lang(en)")


def is_positive(node: Node) -> bool:
    """Whether some term must be found for the node to be satisfied."""
    match node:
        case And(of):
            return any(map(is_positive, of))
        case Or(of):
            return all(map(is_positive, of))
        case Where(_, of):
            return is_positive(of)
        case Not() | Filter() | Length():
            return False
        case _:
            return True


def _problems(node: Node, parent: Node | None) -> Iterator[_Problem]:
    for rule in _RULES:
        yield from rule(node, parent)
    for child in children(node):
        yield from _problems(child, node)


def _not_needs_company(node: Node, parent: Node | None) -> Iterator[_Problem]:
    if not isinstance(node, Not):
        return
    if isinstance(parent, Not):
        yield node.at, *DOUBLE_NEGATION
    elif isinstance(parent, Or):
        yield node.at, "or-not", "OR NOT would match nearly every article", "write AND NOT, or put (… AND NOT …) in brackets with a term"
    elif not isinstance(parent, (Near, AtLeast)) and not (isinstance(parent, And) and is_positive(parent)):
        yield node.at, "not-alone", "NOT needs something positive beside it", "write the term first: trump AND NOT golf"


def _operands(node: Node, parent: Node | None) -> Iterator[_Problem]:  # noqa: ARG001 - one signature for all
    if isinstance(node, (Near, AtLeast)):
        what = "W/n" if isinstance(node, Near) else "ATLEASTn"
        for child in children(node):
            yield from _operand(child, what)


def _operand(node: Node, what: str) -> Iterator[_Problem]:
    match node:
        case Term() | Wild() | Tag():
            return
        case Or(of):
            for child in of:
                yield from _operand(child, what)
        case And() | Not():
            name = "AND" if isinstance(node, And) else "NOT"
            yield node.at, "operand", f"{name} cannot stand inside an operand of {what}", _TWO_CLAUSES
        case Near():
            yield node.at, "chained-proximity", f"{what} takes terms, not a second W/n", "write two clauses: a W/5 b AND b W/5 c"
        case Where(place):
            yield node.at, "operand", f"{place}() cannot stand inside an operand of {what}", f"put all of it inside: {place}(a W/5 b)"
        case _:
            yield node.at, "operand", f"this cannot stand inside an operand of {what}", "an operand is a term, a tag or an OR of those in brackets"


def _places(node: Node, parent: Node | None) -> Iterator[_Problem]:  # noqa: ARG001 - one signature for all
    if isinstance(node, Where):
        yield from _inside(node.of, node)


def _inside(node: Node, outer: Where) -> Iterator[_Problem]:
    if isinstance(node, Where):
        yield node.at, "nested-place", f"{node.place}() cannot stand inside {outer.place}()", f"write {node.place}(…) AND {outer.place}(…)"
    elif isinstance(node, (Filter, Length)):
        message = f"source(), lang() and words tell of the whole article, not of its {outer.place}"
        yield node.at, "filter-inside", message, f"write it beside {outer.place}(…) with AND"
    else:
        for child in children(node):
            yield from _inside(child, outer)


_TWO_CLAUSES: Final = "write two clauses: (a W/5 c) AND (b W/5 c), or use OR"
_RULES: Final[tuple[Callable[[Node, Node | None], Iterator[_Problem]], ...]] = (_not_needs_company, _operands, _places)


def _alone(node: Node) -> int:
    """Where the first filter without a term beside it begins."""
    inner = children(node)
    return _alone(next(child for child in inner if not is_positive(child))) if inner else node.at
