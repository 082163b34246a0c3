"""Words that occur in every third news article, so that a rule they fire floods its readers."""

from collections.abc import Iterator
from typing import Final

from services.alerting.language.check import SURPRISING
from services.alerting.language.occurrences import wildcard
from services.alerting.language.tree import (
    And,
    AtLeast,
    Filter,
    Length,
    Near,
    Node,
    Not,
    Or,
    Term,
    Where,
    Wild,
    fold,
)

_COMMON_WORDS: Final = """
    the of in a and to on for with that is from at it be an as by was this have are has but
    which not also said more out they one will all been up we their about or its time year two
    new over there when who than after were he would into so had first if while can no some what
    could other now those like you i just his make most may well people years them how do three
    before get us back our these last since only any because much long made including work even
    where during
"""
COMMON: Final = frozenset(_COMMON_WORDS.split())
"""Counted: in at least a third of the 153 English articles of a benchmark.

It is scrapinghub's article-extraction-benchmark (MIT).
"""
_OFTEN: Final = 3
"""An ATLEAST of at most this count does not make such a word rare."""


def flooding_terms(tree: Node) -> list[Node]:
    """Return the common terms that satisfy the tree on their own.

    There are none if a rarer term is needed, too.
    """
    return fold(tree, _flooding) or []


def _flooding(node: Node, parts: list[list[Node] | None]) -> list[Node] | None:
    """Return the common terms that satisfy the node; None if it needs no term at all."""
    match node:
        case Term() | Wild():
            return [node] if _is_common(node) else []
        case Not() | Filter() | Length():
            return None
        case Where():
            return parts[0]
        case AtLeast(count):
            return parts[0] if count <= _OFTEN else []
        case Near(negated=True):
            return parts[0]
        case Or():
            return list(_join(parts))
        case And() | Near():
            needed = [part for part in parts if part is not None]
            return list(_join(parts)) if all(needed) else []
        case _:
            return []


def _join(parts: list[list[Node] | None]) -> Iterator[Node]:
    for part in parts:
        yield from part or ()


def _is_common(term: Term | Wild) -> bool:
    if isinstance(term, Wild):
        return any(map(wildcard(term.pattern).fullmatch, COMMON))
    return (
        not term.exact
        and len(term.words) == 1
        and term.words[0] in COMMON
        and term.words[0] not in SURPRISING
    )
