"""Places in a rule's tree: a path lists the number of the child to take at each step. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

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
    Tag,
    Term,
    Where,
    Wild,
    children,
)

Path = tuple[int, ...]


def walk(tree: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield every node with its path in reading order, parents first."""
    yield path, tree
    for number, child in enumerate(children(tree)):
        yield from walk(child, (*path, number))


def node_at(tree: Node, path: Path) -> Node:
    """Return the node at a path; IndexError if there is none."""
    for number in path:
        tree = children(tree)[number]
    return tree


def place_of(tree: Node, path: Path) -> Place | None:
    """Return the part of the article to which the node at a path is confined."""
    place: Place | None = None
    for number in path:
        place = tree.place if isinstance(tree, Where) else place
        tree = children(tree)[number]
    return place


def replace_node(tree: Node, path: Path, node: Node) -> Node:
    """Return the tree with another node at a path.

    An AND within an AND, and an OR within an OR, become one.
    """
    if not path:
        return node
    number, *further = path
    inner = list(children(tree))
    inner[number] = replace_node(inner[number], tuple(further), node)
    return _with(tree, inner)


def _with(node: Node, inner: list[Node]) -> Node:
    match node:
        case And():
            return _join(And, node, inner)
        case Or():
            return _join(Or, node, inner)
        case Near():
            return replace(node, left=inner[0], right=inner[1])
        case AtLeast() | Where() | Not():
            return replace(node, of=inner[0])
        case Term() | Wild() | Tag() | Filter() | Length():
            return node
        case _:
            assert_never(node)


def _join(kind: type[And] | type[Or], node: And | Or, inner: list[Node]) -> Node:
    if len(inner) == 1:
        return inner[0]
    flat = [part for child in inner for part in (child.of if isinstance(child, kind) else (child,))]
    positive = [part for part in flat if not isinstance(part, Not)]
    return kind((*positive, *(part for part in flat if isinstance(part, Not))), offset=node.offset)
