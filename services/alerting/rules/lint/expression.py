"""What one expression says in vain: clauses that exclude each other, that cannot or must be met, that another one makes needless, that flood."""

from collections.abc import Iterator
from itertools import combinations, permutations
from typing import Final, Literal, NamedTuple

from services.alerting.language.check import ExpressionFinding
from services.alerting.language.errors import position_at
from services.alerting.language.format import format as canonical
from services.alerting.language.parsing.diagnose import MAX_FINDINGS
from services.alerting.language.tree import (
    And,
    AtLeast,
    Length,
    Near,
    Node,
    Not,
    Or,
    Term,
    Where,
    children,
    walk,
)
from services.alerting.rules.lint.common_words import flooding_terms
from services.alerting.rules.lint.implication import Claim, Reasoner, impossible
from services.alerting.rules.lint.repeats import find_covered

STEPS: Final = 50_000
"""For one expression: a twentieth of a second."""
_SHOWN: Final = 60
_DEPTH: Final = 20


class _Group(NamedTuple):
    """Claims that must hold together; ``whole``: for the rule to fire, and not just for one of its alternatives."""

    claims: tuple[Claim, ...]
    whole: bool


class _Found(NamedTuple):
    at: int
    level: Literal["error", "warning"]
    code: str
    message: str
    suggestion: str


def lint(expression: str, tree: Node) -> tuple[ExpressionFinding, ...]:
    """Everything that the expression says in vain, in its order. An error only where the rule can never fire."""
    reasoner = Reasoner(STEPS)
    found = {*_floods(tree), *_repeats(tree)}
    for group in _groups(Claim(tree), whole=True):
        found.update(_in_group(group, reasoner))
    for node, _ in walk(tree):
        found.update(_always(node))
    return tuple(_finding(expression, one) for one in sorted(found)[:MAX_FINDINGS])


def _groups(claim: Claim, *, whole: bool) -> Iterator[_Group]:
    """The claim's conjunction, and those of every alternative and negation in it."""
    waiting = [(claim, whole)]
    while waiting:
        one, needed = waiting.pop()
        claims = tuple(_conjuncts(one))
        yield _Group(claims, needed)
        for part in claims:
            if isinstance(part.node, (Or, Not)):
                waiting.extend((part.of(child), False) for child in children(part.node))


def _conjuncts(claim: Claim) -> Iterator[Claim]:
    waiting = [claim]
    while waiting:
        node, inside = waiting.pop()
        match node:
            case And(of):
                waiting.extend(Claim(part, inside) for part in reversed(of))
            case Where(inner, of):
                waiting.append(Claim(of, inner))
            case _:
                yield Claim(node, inside)


def _in_group(group: _Group, reasoner: Reasoner) -> Iterator[_Found]:
    level: Literal["error", "warning"] = "error" if group.whole else "warning"
    for claim in group.claims:
        if _never(claim, reasoner):
            message = f"no article can meet {_shown(claim)}"
            yield _Found(
                _start(claim.node),
                level,
                "never-true",
                message,
                "the rule never fires" if group.whole else "leave it out",
            )
    better = (
        "the rule never fires: take one of the two out, or join them with OR"
        if group.whole
        else "leave this alternative out"
    )
    clashes = list(_clashes(group.claims, reasoner))
    for claim, beside in clashes:
        yield _Found(
            _start(claim.node),
            level,
            "contradiction",
            f"{_shown(claim)} is never met beside {beside}",
            better,
        )
    if not clashes:
        yield from _needless(group.claims, reasoner)


def _clashes(claims: tuple[Claim, ...], reasoner: Reasoner) -> Iterator[tuple[Claim, str]]:
    """The claims that cannot be met, each with what it cannot be met beside: one before it, or all that stands before a negation."""
    found = False
    for one, other in reasoner.while_steps_last(combinations(claims, 2)):
        if reasoner.exclude(one, other):
            found = True
            yield other, _shown(one)
    negations = [claim for claim in claims if isinstance(claim.node, Not)]
    for claim in negations if not found and len(claims) > len(negations) + 1 else []:
        rest = tuple(
            Where(one.place, one.node) if one.place else one.node
            for one in claims
            if one not in negations
        )
        if reasoner.exclude(Claim(And(rest)), claim):
            yield claim, "the rest"


def _never(claim: Claim, reasoner: Reasoner, depth: int = 0) -> bool:
    """Whether a single claim is impossible, or all its alternatives are."""
    if not isinstance(claim.node, Or):
        return impossible(*claim)
    if depth > _DEPTH:
        return False
    return all(
        any(_never(part, reasoner, depth + 1) for part in group) or any(_clashes(group, reasoner))
        for group in _alternatives(claim)
    )


def _alternatives(claim: Claim) -> Iterator[tuple[Claim, ...]]:
    yield from (tuple(_conjuncts(claim.of(part))) for part in children(claim.node))


def _needless(claims: tuple[Claim, ...], reasoner: Reasoner) -> Iterator[_Found]:
    """Clauses that are met wherever another one is."""
    told: set[int] = set()
    for (first, one), (second, other) in reasoner.while_steps_last(
        permutations(enumerate(claims), 2)
    ):
        if {first, second} & told or not reasoner.implies(one, other):
            continue
        same = reasoner.implies(other, one)
        if same and second < first:
            continue
        told.add(second)
        message = f"{_shown(other)} says nothing more than {_shown(one)}"
        yield _Found(
            _start(other.node),
            "warning",
            "repeated" if one == other else "redundant",
            message,
            "leave it out",
        )


def _repeats(tree: Node) -> Iterator[_Found]:
    """Alternatives that find nothing that another one does not find. In operands only equal ones: nearness is measured from edges."""
    for node, above in walk(tree):
        if isinstance(node, Or):
            for needless, by in find_covered(
                node.of, only_equal=isinstance(above, (Near, AtLeast))
            ):
                code = "repeated" if needless == by else "redundant"
                message = (
                    "stands here twice" if needless == by else f"is found by {_text(by)} already"
                )
                yield _Found(
                    _start(needless),
                    "warning",
                    code,
                    f"{_text(needless)} {message}",
                    "leave it out",
                )


def _always(node: Node) -> Iterator[_Found]:
    if not isinstance(node, Or):
        return
    more = [part.count for part in node.of if isinstance(part, Length) and part.sign == ">"]
    fewer = [part.count for part in node.of if isinstance(part, Length) and part.sign == "<"]
    if more and fewer and min(more) < max(fewer):
        yield _Found(
            _start(node),
            "warning",
            "always-true",
            f"every article meets {_text(node)}",
            "leave it out",
        )


def _floods(tree: Node) -> Iterator[_Found]:
    for term in flooding_terms(tree):
        finds = "stands" if isinstance(term, Term) else "finds words that stand"
        message = f"{_text(term)} {finds} in every third article, and needs nothing rarer beside it"
        yield _Found(
            term.offset,
            "warning",
            "too-common",
            message,
            "join it with a rarer term: AND, W/5 or a phrase in quotes",
        )


def _start(node: Node) -> int:
    return min(part.offset for part, _ in walk(node))


def _shown(claim: Claim) -> str:
    return f"{claim.place}({_text(claim.node)})" if claim.place else _text(claim.node)


def _text(node: Node) -> str:
    text = canonical(node)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _finding(expression: str, found: _Found) -> ExpressionFinding:
    spot = position_at(expression, found.at)
    return ExpressionFinding(
        line=spot.line,
        column=spot.column,
        level=found.level,
        code=found.code,
        message=found.message,
        suggestion=found.suggestion,
    )
