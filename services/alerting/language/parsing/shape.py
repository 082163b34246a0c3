"""Refuse what the grammar allows and the language does not.

NOT and filters alone, AND inside an operand, a place inside a place.
"""

from collections.abc import Callable, Iterator
from typing import Final, get_args

from services.alerting.language.tree import (
    And,
    AtLeast,
    Factuality,
    Filter,
    Length,
    Near,
    Node,
    Not,
    Or,
    Tag,
    Term,
    Where,
    Wild,
    children,
    fold,
    walk,
)

Problem = tuple[int, str, str, str]
"""Its offset in the expression, code, message and suggestion."""


def problems(tree: Node) -> list[Problem]:
    """Return everything that cannot stand where it stands, one problem for each place."""
    everything = sorted(
        {
            *_lonely_negations(tree),
            *(problem for node, _ in walk(tree) for rule in _RULES for problem in rule(node)),
        }
    )
    in_order = list({problem[0]: problem for problem in reversed(everything)}.values())[::-1]
    if in_order or is_positive(tree):
        return in_order
    return [
        (
            _alone(tree),
            "filter-alone",
            "source(), lang() and words cannot stand alone",
            "put a term beside it: trump AND lang(en)",
        )
    ]


def is_positive(tree: Node) -> bool:
    """Return whether some term must be found for the tree to be satisfied."""
    return fold(tree, _needs_a_term)


def _needs_a_term(node: Node, parts: list[bool]) -> bool:
    match node:
        case Or():
            return all(parts)
        case And() | Where():
            return any(parts)
        case Not() | Filter() | Length():
            return False
        case _:
            return True


def _lonely_negations(tree: Node) -> list[Problem]:
    """Return the negations that have nothing positive beside them."""
    if not any(isinstance(node, Not) for node, _ in walk(tree)):
        return []
    wrong: list[Problem] = [(tree.offset, *_NOT_ALONE)] if isinstance(tree, Not) else []

    def combine(node: Node, parts: list[bool]) -> bool:
        positive = _needs_a_term(node, parts)
        wrong.extend(_negations(node, company=positive and isinstance(node, And)))
        return positive

    fold(tree, combine)
    return wrong


def _negations(above: Node, *, company: bool) -> Iterator[Problem]:
    """Yield what is wrong with the negations right below a node.

    ``company``: something positive stands beside them.
    """
    for node in children(above):
        if not isinstance(node, Not) or isinstance(above, (Near, AtLeast)) or company:
            continue
        if isinstance(above, Not):
            yield node.offset, "double-negation", "NOT NOT has no effect", "leave both out"
        elif isinstance(above, Or):
            yield (
                node.offset,
                "or-not",
                "OR NOT would match nearly every article",
                "write AND NOT, or put (… AND NOT …) in brackets with a term",
            )
        else:
            yield node.offset, *_NOT_ALONE


def _operands(node: Node) -> Iterator[Problem]:
    if isinstance(node, (Near, AtLeast)):
        operator_name = "W/n" if isinstance(node, Near) else "ATLEASTn"
        for child in children(node):
            for part in child.of if isinstance(child, Or) else (child,):
                yield from _operand(part, operator_name)


def _operand(node: Node, operator_name: str) -> Iterator[Problem]:
    match node:
        case Term() | Wild() | Tag():
            return
        case And() | Not():
            name = "AND" if isinstance(node, And) else "NOT"
            yield (
                node.offset,
                "operand",
                f"{name} cannot stand inside an operand of {operator_name}",
                _TWO_CLAUSES,
            )
        case Near():
            yield (
                node.offset,
                "chained-proximity",
                f"{operator_name} takes terms, not a second W/n",
                "write two clauses: a W/5 b AND b W/5 c",
            )
        case Where(place):
            yield (
                node.offset,
                "operand",
                f"{place}() cannot stand inside an operand of {operator_name}",
                f"put all of it inside: {place}(a W/5 b)",
            )
        case _:
            yield (
                node.offset,
                "operand",
                f"this cannot stand inside an operand of {operator_name}",
                "an operand is a term, a tag or an OR of those in brackets",
            )


def _places(outer: Node) -> Iterator[Problem]:
    if not isinstance(outer, Where):
        return
    for node, _ in walk(outer.of):
        if isinstance(node, Where):
            yield from _nested(node, outer)
        elif isinstance(node, (Filter, Length)):
            part = "what it asserts" if outer.place in _FACTUALITIES else f"its {outer.place}"
            yield (
                node.offset,
                "filter-inside",
                f"source(), lang() and words apply to the whole article, not to {part}",
                f"write it beside {outer.place}(…) with AND",
            )


def _nested(inner: Where, outer: Where) -> Iterator[Problem]:
    """Yield what is wrong with one place in another one.

    A place and what is asserted there go together, in either order.
    """
    both = {inner.place, outer.place}
    if both <= _FACTUALITIES:
        yield (
            inner.offset,
            "nested-place",
            f"{inner.place}() adds nothing inside {outer.place}()"
            if outer.place == "asserted" or len(both) == 1
            else "asserted() leaves out all that fresh() does",
            f"leave {'one of them' if len(both) == 1 else 'fresh()'} out",
        )
    elif not both & _FACTUALITIES:
        yield (
            inner.offset,
            "nested-place",
            f"{inner.place}() cannot stand inside {outer.place}()",
            f"write {inner.place}(…) AND {outer.place}(…)",
        )


_FACTUALITIES: Final = frozenset(get_args(Factuality))
_NOT_ALONE: Final = (
    "not-alone",
    "NOT needs something positive beside it",
    "write the term first: trump AND NOT golf",
)
_TWO_CLAUSES: Final = "write two clauses: (a W/5 c) AND (b W/5 c), or use OR"
_RULES: Final[tuple[Callable[[Node], Iterator[Problem]], ...]] = (_operands, _places)


def _alone(tree: Node) -> int:
    """Return where the first filter without a term beside it begins."""
    while below := children(tree):
        tree = next(child for child in below if not is_positive(child))
    return tree.offset
