"""The tree of an expression.

``offset`` is that of the token from which a node came; it does not count when trees are compared.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final, Literal, TypeVar, cast

T = TypeVar("T")
TagKind = Literal["actor", "office", "country", "keyword", "event"]
FilterKind = Literal["source", "lang"]
Place = Literal["headline", "lead", "body"]
Unit = Literal["words", "in order", "sentence", "paragraph"]

LEAD_WORDS: Final = 100


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several in a row: normalised forms, or exact ones where ``exact``."""

    words: tuple[str, ...]
    exact: bool = False
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Wild:
    """A word with unknown characters: ``?`` stands for one, a ``*`` at the end for any number."""

    pattern: str
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Tag:
    """A place where the tagger found an actor, an office, a country, a keyword or an event."""

    kind: TagKind
    id: str
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """Articles of one source or language."""

    kind: FilterKind
    id: str
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Length:
    """Articles whose body has more (``>``) or fewer (``<``) words than ``count``."""

    sign: Literal[">", "<"]
    count: int
    offset: int = field(default=0, compare=False, repr=False)


class _Inner:
    """A node with nodes below it. Two are equal if their trees are.

    They are compared in a loop, because trees may be deeper than Python's stack.
    """

    __slots__ = ()

    def __eq__(self, object_: object) -> bool:
        if not isinstance(object_, _Inner):
            return NotImplemented
        return all(mine == theirs for mine, theirs in zip_longest(_labels(self), _labels(object_)))

    def __hash__(self) -> int:
        return hash(tuple(_labels(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Near(_Inner):
    """Two operands near each other; ``distance`` counts in word positions.

    ``negated``: some left operand has no right one near it.
    """

    left: "Node"
    right: "Node"
    unit: Unit
    distance: int = 0
    negated: bool = False
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class AtLeast(_Inner):
    """At least ``count`` occurrences of the operand."""

    count: int
    of: "Node"
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Where(_Inner):
    """The expression must be satisfied wholly inside one part of the article."""

    place: Place
    of: "Node"
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Not(_Inner):
    """The expression must not be satisfied."""

    of: "Node"
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class And(_Inner):
    """All parts must be satisfied; the negated ones stand last."""

    of: tuple["Node", ...]
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Or(_Inner):
    """At least one part must be satisfied."""

    of: tuple["Node", ...]
    offset: int = field(default=0, compare=False, repr=False)


Node = Term | Wild | Tag | Filter | Length | Near | AtLeast | Where | Not | And | Or


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes right below this one, in the order in which they are written."""
    match node:
        case And(of) | Or(of):
            return of
        case Near(left, right):
            return (left, right)
        case AtLeast() | Where() | Not():
            return (node.of,)
        case _:
            return ()


def _labels(tree: object) -> Iterator[object]:
    """Yield what each node says by itself, in the order of ``walk``; together that is the tree."""
    for node, _ in walk(cast("Node", tree)):
        match node:
            case Near():
                yield Near, node.unit, node.distance, node.negated
            case AtLeast(count):
                yield AtLeast, count
            case Where(place):
                yield Where, place
            case Not() | And() | Or():
                yield type(node), len(children(node))
            case _:
                yield node


def walk(tree: Node) -> Iterator[tuple[Node, Node | None]]:
    """Yield every node with its parent, in the order in which they are written, iteratively."""
    waiting: list[tuple[Node, Node | None]] = [(tree, None)]
    while waiting:
        node, above = waiting.pop()
        yield node, above
        waiting.extend((child, node) for child in reversed(children(node)))


def fold(tree: Node, combine: Callable[[Node, list[T]], T]) -> T:
    """Return what ``combine`` makes of a tree, from the leaves up, without recursion.

    ``combine`` gets each node and its results for the node's children.
    """
    waiting: list[tuple[Node, bool]] = [(tree, False)]
    results: list[T] = []
    while waiting:
        node, ready = waiting.pop()
        below = children(node)
        if ready or not below:
            first = len(results) - len(below)
            results[first:] = [combine(node, results[first:])]
        else:
            waiting.append((node, True))
            waiting.extend((child, False) for child in reversed(below))
    return results[0]


def all_of(parts: Iterable[Node], offset: int = 0) -> Node:
    """Join the parts by AND, negated ones last; a single part stays as it is.

    The parts of an AND among them are taken into the new one.
    """
    flat = [inner for part in parts for inner in (part.of if isinstance(part, And) else (part,))]
    ordered = sorted(flat, key=lambda part: isinstance(part, Not))
    return And(tuple(ordered), offset=offset) if len(ordered) > 1 else ordered[0]


def any_of(parts: Iterable[Node], offset: int = 0) -> Node:
    """Join the parts by OR; a single part stays as it is.

    The parts of an OR among them are taken into the new one.
    """
    flat = [inner for part in parts for inner in (part.of if isinstance(part, Or) else (part,))]
    return Or(tuple(flat), offset=offset) if len(flat) > 1 else flat[0]
