"""Places in a rule's tree: a path lists the number of the child to take at each step. Pure."""

from collections.abc import Iterator

from services.alerting.language.tree import (
    EVERYWHERE,
    And,
    Node,
    Not,
    Or,
    Region,
    Where,
    children,
    with_children,
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


def region_of(tree: Node, path: Path) -> Region:
    """Return the part of the article to which the node at a path is confined."""
    region = EVERYWHERE
    for number in path:
        region = region.inside(tree.place) if isinstance(tree, Where) else region
        tree = children(tree)[number]
    return region


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
        case _:
            return with_children(node, inner)


def _join(kind: type[And] | type[Or], node: And | Or, inner: list[Node]) -> Node:
    if len(inner) == 1:
        return inner[0]
    flat = [part for child in inner for part in (child.of if isinstance(child, kind) else (child,))]
    positive = [part for part in flat if not isinstance(part, Not)]
    return kind((*positive, *(part for part in flat if isinstance(part, Not))), offset=node.offset)
