"""Alternatives of an OR that another alternative makes redundant.

It suits the long lists that people write, because it does not compare every pair.
"""

from collections.abc import Iterator
from typing import Final

from services.alerting.language.format import format as canonical
from services.alerting.language.tree import Node, Term, Wild
from services.alerting.rules.lint.covers import contains
from services.alerting.rules.lint.implication import Claim, Reasoner

_MAX_CLAUSES: Final = 40
_STEPS: Final = 20_000
_LONGEST_PHRASE: Final = 12


def find_covered(parts: tuple[Node, ...], *, only_equal: bool) -> Iterator[tuple[Node, Node]]:
    """Yield each redundant alternative with the one that matches all that it matches.

    That is the first of equal ones, a word of a phrase, or the wildcard of a word.
    """
    first: dict[str, Node] = {}
    distinct: list[Node] = []
    for part in parts:
        name = canonical(part)
        if name in first:
            yield part, first[name]
        else:
            first[name] = part
            distinct.append(part)
    if not only_equal:
        yield from _find_covered_terms(distinct)
        yield from _find_covered_clauses(
            [part for part in distinct if not isinstance(part, (Term, Wild))]
        )


def _find_covered_terms(parts: list[Node]) -> Iterator[tuple[Node, Node]]:
    words = {(part.words, part.exact): part for part in parts if isinstance(part, Term)}
    wilds = [part for part in parts if isinstance(part, Wild)]
    for part in parts:
        inner = _inner(part, words) if isinstance(part, Term) else None
        by = inner or next(
            (
                wild
                for wild in wilds
                if wild is not part and isinstance(part, (Term, Wild)) and contains(part, wild)
            ),
            None,
        )
        if by is not None:
            yield part, by


def _inner(term: Term, words: dict[tuple[tuple[str, ...], bool], Term]) -> Term | None:
    """Return a shorter term among the alternatives whose words stand in this one."""
    size = min(len(term.words), _LONGEST_PHRASE)
    rows = (
        term.words[start : start + length]
        for length in range(1, size)
        for start in range(len(term.words) - length + 1)
    )
    return next((words[row, term.exact] for row in rows if (row, term.exact) in words), None)


def _find_covered_clauses(parts: list[Node]) -> Iterator[tuple[Node, Node]]:
    """Yield redundant pairs, AND groups and the like, comparing all while they are few."""
    reasoner = Reasoner(_STEPS)
    needless: set[int] = set()
    for first, narrow in enumerate(parts[:_MAX_CLAUSES]):
        for second, wide in enumerate(parts[:_MAX_CLAUSES]):
            if (
                first != second
                and not {first, second} & needless
                and reasoner.implies(Claim(narrow), Claim(wide))
            ):
                needless.add(first)
                yield narrow, wide
