"""Alternatives of an OR that another alternative makes needless; for the long lists that people write, without comparing every pair."""

from collections.abc import Iterator
from typing import Final

from services.alerting.language.format import format as canonical
from services.alerting.language.tree import Node, Term, Wild
from services.alerting.rules.lint.covers import holds
from services.alerting.rules.lint.implication import Claim, Reasoner

_MOST_CLAUSES: Final = 40
_STEPS: Final = 20_000
_LONGEST_PHRASE: Final = 12


def find_covered(parts: tuple[Node, ...], *, only_equal: bool) -> Iterator[tuple[Node, Node]]:
    """Each needless alternative with the one that finds all that it finds: the first of equal ones, a word of a phrase, a wildcard of a word."""
    first: dict[str, Node] = {}
    kept: list[Node] = []
    for part in parts:
        name = canonical(part)
        if name in first:
            yield part, first[name]
        else:
            first[name] = part
            kept.append(part)
    if not only_equal:
        yield from _covered_terms(kept)
        yield from _covered_clauses([part for part in kept if not isinstance(part, (Term, Wild))])


def _covered_terms(parts: list[Node]) -> Iterator[tuple[Node, Node]]:
    words = {(part.words, part.exact): part for part in parts if isinstance(part, Term)}
    wilds = [part for part in parts if isinstance(part, Wild)]
    for part in parts:
        inner = _inner(part, words) if isinstance(part, Term) else None
        by = inner or next(
            (
                wild
                for wild in wilds
                if wild is not part and isinstance(part, (Term, Wild)) and holds(part, wild)
            ),
            None,
        )
        if by is not None:
            yield part, by


def _inner(term: Term, words: dict[tuple[tuple[str, ...], bool], Term]) -> Term | None:
    """A shorter term, among the alternatives, whose words stand in this one."""
    size = min(len(term.words), _LONGEST_PHRASE)
    rows = (
        term.words[start : start + length]
        for length in range(1, size)
        for start in range(len(term.words) - length + 1)
    )
    return next((words[row, term.exact] for row in rows if (row, term.exact) in words), None)


def _covered_clauses(parts: list[Node]) -> Iterator[tuple[Node, Node]]:
    """Pairs, AND groups and the like: every pair of them, as long as they are few."""
    reasoner = Reasoner(_STEPS)
    needless: set[int] = set()
    for first, one in enumerate(parts[:_MOST_CLAUSES]):
        for second, other in enumerate(parts[:_MOST_CLAUSES]):
            if (
                first != second
                and not {first, second} & needless
                and reasoner.implies(Claim(one), Claim(other))
            ):
                needless.add(first)
                yield one, other
