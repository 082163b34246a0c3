"""Names in quotes, such as actor("Kim Jong Un"), become ids."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, Protocol

from services.alerting.language.tree import Node, Tag, TagKind, fold, walk, with_children

_NAME: Final = re.compile(r"\b(?:actor|office|country|keyword)\s*\(\s*[\"“”„]")


class EntryNames(Protocol):
    """Finds the entries that have a name; the tagger's NameLookup is one."""

    def find(self, kind: TagKind, name: str) -> Sequence[str]:
        """Return the ids of all entries that have the name, the best-known first."""

    def find_containing(self, kind: TagKind, name: str) -> Sequence[str]:
        """Return the ids of the entries with a name that has all words of this one."""


class _NoNames:
    def find(self, kind: TagKind, name: str) -> Sequence[str]:  # noqa: ARG002 - the protocol's
        return ()

    find_containing = find


NO_NAMES: Final[EntryNames] = _NoNames()


def may_have_names(text: str) -> bool:
    """Return whether an expression, or a file of rules, may hold a name in quotes."""
    return bool(_NAME.search(text))


def tags_in(node: Node) -> Iterator[Tag]:
    """Yield the tag that a node is, with those in its arguments."""
    if isinstance(node, Tag):
        parties = (node.arguments.agent, node.arguments.target)
        yield from (node, *(party for party in parties if party))


def resolve_names(tree: Node, names: EntryNames) -> Node:
    """Return the tree with ids instead of the names that belong to exactly one entry."""
    if not any(tag.is_name for node, _ in walk(tree) for tag in tags_in(node)):
        return tree

    def resolve(tag: Tag) -> Tag:
        ids = names.find(tag.kind, tag.id) if tag.is_name else ()
        return replace(tag, id=ids[0], is_name=False) if len(ids) == 1 else tag

    def combine(node: Node, parts: list[Node]) -> Node:
        if not isinstance(node, Tag):
            return with_children(node, parts)
        agent, target = node.arguments.agent, node.arguments.target
        arguments = replace(
            node.arguments,
            agent=resolve(agent) if agent else None,
            target=resolve(target) if target else None,
        )
        return resolve(replace(node, arguments=arguments))

    return fold(tree, combine)
