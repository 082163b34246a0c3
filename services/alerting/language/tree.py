"""The tree of an expression.

``offset`` is that of the token from which a node came; it does not count when trees are compared.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Final, Literal, NamedTuple, TypeVar, cast

T = TypeVar("T")
TagKind = Literal["actor", "office", "country", "keyword", "event"]
FilterKind = Literal["source", "lang"]
Place = Literal["headline", "deck", "lead", "body"]
Factuality = Literal["asserted", "fresh"]
"""What the article says itself, and as news: ``fresh`` leaves out only what is past."""
EventStatus = Literal["asserted", "any", "planned", "denied", "past", "claimed"]
Unit = Literal["words", "in order", "sentence", "paragraph"]

LEAD_WORDS: Final = 100


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several in a row: normalised forms, or exact ones where ``exact``.

    Among several words that are not ``exact`` there may be patterns, as of a Wild.
    """

    words: tuple[str, ...]
    exact: bool = False
    offset: int = field(default=0, compare=False, repr=False)

    def single_words(self) -> tuple["Term | Wild", ...]:
        """Return each word as a term by itself."""
        return tuple(
            Wild(word, self.offset) if is_pattern(word) else Term((word,), self.exact, self.offset)
            for word in self.words
        )


def is_pattern(word: str) -> bool:
    """Return whether a word of a term has unknown characters; no word contains these signs."""
    return "*" in word or "?" in word


@dataclass(frozen=True, slots=True)
class Wild:
    """A word with unknown characters: ``?`` stands for one, a ``*`` at the end for any number."""

    pattern: str
    offset: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class EventArguments:
    """What an event must be besides its type.

    Rules write ``who=`` for the ``agent``, who did it, and ``to=`` for the ``target``.
    """

    status: EventStatus = "asserted"
    agent: "Tag | None" = None
    target: "Tag | None" = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A place where the tagger found an actor, an office, a country, a keyword or an event.

    ``is_name``: ``id`` is a name in quotes, which ``resolve_names`` replaces by an id.
    """

    kind: TagKind
    id: str
    offset: int = field(default=0, compare=False, repr=False)
    arguments: EventArguments = EventArguments()
    is_name: bool = False

    @property
    def clause(self) -> str:
        """The tag in canonical form, by which articles and rules name it."""
        if self.kind != "event":
            return f'{self.kind}("{self.id}")' if self.is_name else f"{self.kind}({self.id})"
        parties = (
            party.clause if party else "" for party in (self.arguments.agent, self.arguments.target)
        )
        return event_clause(self.id, self.arguments.status, *parties)


def event_clause(event: str, status: EventStatus, agent: str, target: str) -> str:
    """Return the canonical form of an event tag; agent and target are clauses, or empty."""
    return (
        f"event({event}"
        + (f", status={status}" if status != "asserted" else "")
        + (f", who={agent}" if agent else "")
        + (f", to={target}" if target else "")
        + ")"
    )


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

    They are compared in a loop, because trees may be deeper than Python's stack. The hash is
    computed once: what is remembered of a clause is looked up for every article that fires.
    """

    __slots__ = ("_hash",)

    _hash: int

    def __eq__(self, object_: object) -> bool:
        if not isinstance(object_, _Inner):
            return NotImplemented
        return all(mine == theirs for mine, theirs in zip_longest(_labels(self), _labels(object_)))

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            object.__setattr__(self, "_hash", hash(tuple(_labels(self))))
            return self._hash


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
    """The expression must be satisfied wholly inside one part of the article.

    That is a place, or what the article asserts, wherever it stands.
    """

    place: Place | Factuality
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


class Region(NamedTuple):
    """The part of an article in which a clause must be satisfied; by default all of it."""

    place: Place | None = None
    factuality: Factuality | None = None

    def inside(self, part: Place | Factuality) -> "Region":
        """Return the part of this region that also lies in another one."""
        if part == "asserted" or part == "fresh":
            return self._replace(factuality=part)
        return self._replace(place=part)

    def enclose(self, node: "Node") -> "Node":
        """Return the node, confined to this region."""
        for part in (self.factuality, self.place):
            node = node if part is None else Where(part, node)
        return node

    def enclose_text(self, clause: str) -> str:
        """Return the text of a clause that is confined to this region."""
        for part in (self.factuality, self.place):
            clause = clause if part is None else f"{part}({clause})"
        return clause


EVERYWHERE: Final = Region()

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


def with_children(node: Node, below: Sequence[Node]) -> Node:
    """Return the node with other nodes right below it, as many as it has."""
    match node:
        case And() | Or():
            return replace(node, of=tuple(below))
        case Near():
            return replace(node, left=below[0], right=below[1])
        case AtLeast() | Where() | Not():
            return replace(node, of=below[0])
        case _:
            return node


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
