"""What in one expression has no effect.

Clauses that exclude each other, that cannot or must be met, that another one makes redundant, or
that match far too much.
"""

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
"""Reasoning steps for one expression: a twentieth of a second."""
_SHOWN: Final = 60
_DEPTH: Final = 20


class _Group(NamedTuple):
    """Claims that must hold together.

    ``whole``: for the rule to fire, and not just for one of its alternatives.
    """

    claims: tuple[Claim, ...]
    whole: bool


class _Finding(NamedTuple):
    offset: int
    level: Literal["error", "warning"]
    code: str
    message: str
    suggestion: str


def lint(expression: str, tree: Node) -> tuple[ExpressionFinding, ...]:
    """Return everything in the expression that has no effect, in its order.

    An error only if the rule can never fire; everything else is a warning.
    """
    reasoner = Reasoner(STEPS)
    findings = {*_floods(tree), *_repeats(tree)}
    for group in _groups(Claim(tree), whole=True):
        findings.update(_in_group(group, reasoner))
    for node, _ in walk(tree):
        findings.update(_always(node))
    return tuple(_to_finding(expression, finding) for finding in sorted(findings)[:MAX_FINDINGS])


def _groups(claim: Claim, *, whole: bool) -> Iterator[_Group]:
    """Yield the claim's conjunction, and those of every alternative and negation in it."""
    waiting = [(claim, whole)]
    while waiting:
        current, needed = waiting.pop()
        claims = tuple(_conjuncts(current))
        yield _Group(claims, needed)
        for part in claims:
            if isinstance(part.node, (Or, Not)):
                waiting.extend((part.of(child), False) for child in children(part.node))


def _conjuncts(claim: Claim) -> Iterator[Claim]:
    waiting = [claim]
    while waiting:
        node, region = waiting.pop()
        match node:
            case And(of):
                waiting.extend(Claim(part, region) for part in reversed(of))
            case Where(inner, of):
                waiting.append(Claim(of, region.inside(inner)))
            case _:
                yield Claim(node, region)


def _in_group(group: _Group, reasoner: Reasoner) -> Iterator[_Finding]:
    level: Literal["error", "warning"] = "error" if group.whole else "warning"
    for claim in group.claims:
        if _never(claim, reasoner):
            message = f"no article can satisfy {_claim_text(claim)}"
            yield _Finding(
                _start(claim.node),
                level,
                "never-true",
                message,
                "the rule never fires" if group.whole else "leave it out",
            )
    suggestion = (
        "the rule never fires: take one of the two out, or join them with OR"
        if group.whole
        else "leave this alternative out"
    )
    clashes = list(_clashes(group.claims, reasoner))
    for claim, beside in clashes:
        yield _Finding(
            _start(claim.node),
            level,
            "contradiction",
            f"{_claim_text(claim)} can never hold together with {beside}",
            suggestion,
        )
    if not clashes:
        yield from _needless(group.claims, reasoner)


def _clashes(claims: tuple[Claim, ...], reasoner: Reasoner) -> Iterator[tuple[Claim, str]]:
    """Yield the claims that cannot be met, each with what excludes it.

    That is a claim before it, or all that stands before a negation.
    """
    has_found = False
    for first, second in reasoner.while_steps_last(combinations(claims, 2)):
        if reasoner.exclude(first, second):
            has_found = True
            yield second, _claim_text(first)
    negations = [claim for claim in claims if isinstance(claim.node, Not)]
    for claim in negations if not has_found and len(claims) > len(negations) + 1 else []:
        positive = tuple(
            first.region.enclose(first.node) for first in claims if first not in negations
        )
        if reasoner.exclude(Claim(And(positive)), claim):
            yield claim, "the rest"


def _never(claim: Claim, reasoner: Reasoner, depth: int = 0) -> bool:
    """Return whether a single claim, or every alternative of it, is impossible."""
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


def _needless(claims: tuple[Claim, ...], reasoner: Reasoner) -> Iterator[_Finding]:
    """Yield clauses that are met wherever another one is."""
    reported: set[int] = set()
    for (first, claim), (second, weaker) in reasoner.while_steps_last(
        permutations(enumerate(claims), 2)
    ):
        if {first, second} & reported or not reasoner.implies(claim, weaker):
            continue
        is_mutual = reasoner.implies(weaker, claim)
        if is_mutual and second < first:
            continue
        reported.add(second)
        message = f"{_claim_text(weaker)} adds nothing to {_claim_text(claim)}"
        yield _Finding(
            _start(weaker.node),
            "warning",
            "repeated" if claim == weaker else "redundant",
            message,
            "leave it out",
        )


def _repeats(tree: Node) -> Iterator[_Finding]:
    """Yield alternatives that match nothing but what another one matches.

    In operands only equal ones count, because nearness is measured from the edges of each.
    """
    for node, above in walk(tree):
        if isinstance(node, Or):
            for needless, by in find_covered(
                node.of, only_equal=isinstance(above, (Near, AtLeast))
            ):
                code = "repeated" if needless == by else "redundant"
                message = (
                    "appears twice" if needless == by else f"is already covered by {_text(by)}"
                )
                yield _Finding(
                    _start(needless),
                    "warning",
                    code,
                    f"{_text(needless)} {message}",
                    "leave it out",
                )


def _always(node: Node) -> Iterator[_Finding]:
    if not isinstance(node, Or):
        return
    lower = [part.count for part in node.of if isinstance(part, Length) and part.sign == ">"]
    upper = [part.count for part in node.of if isinstance(part, Length) and part.sign == "<"]
    if lower and upper and min(lower) < max(upper):
        yield _Finding(
            _start(node),
            "warning",
            "always-true",
            f"every article satisfies {_text(node)}",
            "leave it out",
        )


def _floods(tree: Node) -> Iterator[_Finding]:
    for term in flooding_terms(tree):
        verb = "occurs" if isinstance(term, Term) else "matches words that occur"
        message = (
            f"{_text(term)} {verb} in every third article, and nothing rarer is required with it"
        )
        yield _Finding(
            term.offset,
            "warning",
            "too-common",
            message,
            "join it with a rarer term: AND, W/5 or a phrase in quotes",
        )


def _start(node: Node) -> int:
    return min(part.offset for part, _ in walk(node))


def _claim_text(claim: Claim) -> str:
    return claim.region.enclose_text(_text(claim.node))


def _text(node: Node) -> str:
    text = canonical(node)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _to_finding(expression: str, finding: _Finding) -> ExpressionFinding:
    position = position_at(expression, finding.offset)
    return ExpressionFinding(
        line=position.line,
        column=position.column,
        level=finding.level,
        code=finding.code,
        message=finding.message,
        suggestion=finding.suggestion,
    )
