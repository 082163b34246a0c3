"""The words and tags that an article must have for a rule to fire on it. Pure.

They can be checked before the article is prepared. A group is met by any of its terms; a clause (an
operand of the rule's outermost AND) needs all of its groups. What terms cannot express (other
scripts, NOT, filters) is left out: a clause without a group may always be met.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from services.alerting.language.tree import (
    And,
    AtLeast,
    Near,
    Node,
    Or,
    Tag,
    Term,
    Where,
    Wild,
    is_pattern,
)
from shared.text.normalise import normalise


@dataclass(frozen=True, slots=True)
class RequiredTerm:
    """A whole word of ASCII letters and digits, a substring of the text, or a tag's clause."""

    kind: Literal["word", "part", "tag"]
    text: str


Group = tuple[RequiredTerm, ...]
Clause = tuple[Group, ...]

_RUN: Final = re.compile(r"[a-z0-9.,]+")
"""A part of O'Brien: an apostrophe can be written in many ways."""
_PLAIN: Final = re.compile(r"[a-z0-9]+")


def clauses(tree: Node) -> tuple[Clause, ...]:
    """Return the clauses of a rule, each with the groups that it needs."""
    return tuple(map(_groups, tree.of)) if isinstance(tree, And) else (_groups(tree),)


def _groups(node: Node) -> Clause:
    match node:
        case And(of):
            return _all(of)
        case Or(of):
            return _any([_groups(part) for part in of])
        case Near(left, right, negated=negated):
            return _groups(left) if negated else _all([left, right])
        case AtLeast() | Where():
            return _groups(node.of)
        case Term(words, exact):
            groups = (_exact(word) if exact else _word(word) for word in words)
            return tuple(group for group in groups if group)
        case Wild(pattern):
            return _part(re.split(r"[?*]", pattern))
        case Tag():
            return ((RequiredTerm("tag", node.clause),),)
        case _:
            return ()


def _all(parts: Iterable[Node]) -> Clause:
    return tuple(group for part in parts for group in _groups(part))


def _any(branches: list[Clause]) -> Clause:
    """Return one group made of each branch's best one, whose shortest term is longest."""
    if not all(branches):
        return ()
    best = (
        max(branch, key=lambda group: min(len(term.text) for term in group)) for branch in branches
    )
    return (tuple(dict.fromkeys(term for group in best for term in group)),)


def _word(word: str) -> Group:
    if is_pattern(word):
        return next(iter(_part(re.split(r"[?*]", word))), ())
    if _PLAIN.fullmatch(word):
        return (RequiredTerm("word", word),)
    return next(iter(_part([word])), ())


def _exact(word: str) -> Group:
    """Return the group of an exact word; exact(US) also finds U.S."""
    normal = normalise(word)
    group = _word(normal)
    if group and len(normal) > 1 and normal.isalpha():
        return (*group, RequiredTerm("part", ".".join(normal)))
    return group


def _part(texts: list[str]) -> Clause:
    """Return the longest run that can be written in one way only; none for non-ASCII words."""
    runs = [run for text in texts if text.isascii() for run in _RUN.findall(text)]
    return ((RequiredTerm("part", max(runs, key=len)),),) if runs else ()
