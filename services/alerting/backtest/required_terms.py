"""What must stand in an article for a rule to fire on it, as questions that are cheap to ask before the article is prepared. Pure.

A group is met by any of its needs; a clause (an operand of the rule's outermost AND) needs all of its groups. What no question stands for
(other scripts, NOT, filters) is left out: a clause without a group may always be met.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from services.alerting.language.normalise import normalise
from services.alerting.language.tree import And, AtLeast, Near, Node, Or, Tag, Term, Where, Wild


@dataclass(frozen=True, slots=True)
class RequiredTerm:
    """A whole word of ASCII letters and digits, a part of the text, or a tag by its clause."""

    kind: Literal["word", "part", "tag"]
    text: str


Group = tuple[RequiredTerm, ...]
Clause = tuple[Group, ...]

_RUN: Final = re.compile(r"[a-z0-9.,]+")
"""Of O'Brien a part: an apostrophe is written in many ways."""
_PLAIN: Final = re.compile(r"[a-z0-9]+")


def clauses(tree: Node) -> tuple[Clause, ...]:
    """The clauses of a rule, each with the groups that it needs."""
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
            return tuple(
                group for word in words if (group := _exact(word) if exact else _word(word))
            )
        case Wild(pattern):
            return _part(re.split(r"[?*]", pattern))
        case Tag(kind, id_):
            return ((RequiredTerm("tag", f"{kind}({id_})"),),)
        case _:
            return ()


def _all(parts: Iterable[Node]) -> Clause:
    return tuple(group for part in parts for group in _groups(part))


def _any(branches: list[Clause]) -> Clause:
    """One group of all branches, each giving its best: the one whose shortest need is longest."""
    if not all(branches):
        return ()
    best = (
        max(branch, key=lambda group: min(len(need.text) for need in group)) for branch in branches
    )
    return (tuple(dict.fromkeys(need for group in best for need in group)),)


def _word(word: str) -> Group:
    if _PLAIN.fullmatch(word):
        return (RequiredTerm("word", word),)
    return next(iter(_part([word])), ())


def _exact(word: str) -> Group:
    """exact(US) finds U.S., too."""
    folded = normalise(word)
    plain = _word(folded)
    return (
        (*plain, RequiredTerm("part", ".".join(folded)))
        if plain and len(folded) > 1 and folded.isalpha()
        else plain
    )


def _part(texts: list[str]) -> Clause:
    """The longest run that is written in one way only; a word with a letter that is not ASCII gives none."""
    runs = [run for text in texts if text.isascii() for run in _RUN.findall(text)]
    return ((RequiredTerm("part", max(runs, key=len)),),) if runs else ()
