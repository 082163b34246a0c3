"""Names in quotes, such as actor("Kim Jong Un"), become ids."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from services.alerting.language.tree import Node, Tag, TagKind, fold, walk, with_children


def tags_in(node: Node) -> Iterator[Tag]:
    """Yield the tag that a node is, with those in its arguments."""
    if isinstance(node, Tag):
        parties = (node.arguments.who, node.arguments.to)
        yield from (node, *(party for party in parties if party))


def resolve_names(tree: Node, find_by_name: Callable[[TagKind, str], Sequence[str]]) -> Node:
    """Return the tree with ids instead of the names that belong to exactly one entry."""
    if not any(tag.is_name for node, _ in walk(tree) for tag in tags_in(node)):
        return tree

    def resolve(tag: Tag) -> Tag:
        ids = find_by_name(tag.kind, tag.id) if tag.is_name else ()
        return replace(tag, id=ids[0], is_name=False) if len(ids) == 1 else tag

    def combine(node: Node, parts: list[Node]) -> Node:
        if not isinstance(node, Tag):
            return with_children(node, parts)
        who, to = node.arguments.who, node.arguments.to
        arguments = replace(node.arguments, who=who and resolve(who), to=to and resolve(to))
        return resolve(replace(node, arguments=arguments))

    return fold(tree, combine)
