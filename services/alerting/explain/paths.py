"""Places in a rule's tree: a path is the number of the child to take at each step, from the root. Pure."""

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
    """Every node with its path, in reading order, a node before what it holds."""
    yield path, tree
    for number, child in enumerate(children(tree)):
        yield from walk(child, (*path, number))


def node_at(tree: Node, path: Path) -> Node:
    """The node at a path; IndexError where there is none."""
    for number in path:
        tree = children(tree)[number]
    return tree


def place_of(tree: Node, path: Path) -> Place | None:
    """The part of the article that the node at a path is confined to."""
    found: Place | None = None
    for number in path:
        found = tree.place if isinstance(tree, Where) else found
        tree = children(tree)[number]
    return found


def replace_node(tree: Node, path: Path, node: Node) -> Node:
    """The tree with another node at a path; an AND within an AND, and an OR within an OR, become one."""
    if not path:
        return node
    number, *rest = path
    inner = list(children(tree))
    inner[number] = replace_node(inner[number], tuple(rest), node)
    return _with(tree, inner)


def remove_node(tree: Node, path: Path) -> Node | None:
    """The tree without the node at a path, and without what is left empty around it; None where nothing is left."""
    if not path:
        return None
    outer, number = node_at(tree, path[:-1]), path[-1]
    if not isinstance(outer, And | Or):
        return remove_node(tree, path[:-1])
    kept = [child for index, child in enumerate(outer.of) if index != number]
    return replace_node(tree, path[:-1], _with(outer, kept))


def _with(node: Node, inner: list[Node]) -> Node:
    match node:
        case And():
            return _joined(And, node, inner)
        case Or():
            return _joined(Or, node, inner)
        case Near():
            return replace(node, left=inner[0], right=inner[1])
        case AtLeast() | Where() | Not():
            return replace(node, of=inner[0])
        case Term() | Wild() | Tag() | Filter() | Length():
            return node
        case _:
            assert_never(node)


def _joined(kind: type[And] | type[Or], node: And | Or, inner: list[Node]) -> Node:
    if len(inner) == 1:
        return inner[0]
    flat = [part for one in inner for part in (one.of if isinstance(one, kind) else (one,))]
    positive = [part for part in flat if not isinstance(part, Not)]
    return kind((*positive, *(part for part in flat if isinstance(part, Not))), offset=node.offset)
