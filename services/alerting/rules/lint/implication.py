"""What follows from what.

Sound, so that nothing is called impossible that can happen, and incomplete, so that it ends soon.
"""

from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Final, NamedTuple, TypeVar

from services.alerting.language.format import format as canonical
from services.alerting.language.tree import (
    EVERYWHERE,
    LEAD_WORDS,
    And,
    AtLeast,
    Filter,
    Length,
    Near,
    Node,
    Not,
    Or,
    Region,
    Tag,
    Term,
    Where,
    Wild,
)
from services.alerting.rules.lint.covers import contains, is_each_covered, is_pair_covered

T = TypeVar("T")
MAX_DEPTH: Final = 60


class Claim(NamedTuple):
    """The claim that a node is satisfied inside a part of the article."""

    node: Node
    region: Region = EVERYWHERE

    def of(self, part: Node) -> "Claim":
        """Return the same claim about a part of the node."""
        return Claim(part, self.region)


class Reasoner:
    """Proves implications in a limited number of steps; "no" means that it found no proof."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def implies(self, premise: Claim, conclusion: Claim, depth: int = 0) -> bool:
        """Return whether every article that satisfies ``premise`` satisfies ``conclusion``."""
        premise, conclusion, below = _unwrap(premise), _unwrap(conclusion), depth + 1
        if not self._may_go_on(depth):
            return False
        match premise.node, conclusion.node:
            case _, And(parts):
                return all(self.implies(premise, conclusion.of(part), below) for part in parts)
            case Or(parts), _:
                return all(self.implies(premise.of(part), conclusion, below) for part in parts)
            case Not(of), Not(whole):
                return self.implies(conclusion.of(whole), premise.of(of), below)
            case _, Or(parts) if any(
                self.implies(premise, conclusion.of(part), below) for part in parts
            ):
                return True
            case And(parts), _:
                return any(self.implies(premise.of(part), conclusion, below) for part in parts)
            case _, Not(whole):
                return self.exclude(premise, conclusion.of(whole), below)
        return _clause_implies(premise, conclusion)

    def exclude(self, left: Claim, right: Claim, depth: int = 0) -> bool:
        """Return whether no article satisfies both."""
        left, right, below = _unwrap(left), _unwrap(right), depth + 1
        if not self._may_go_on(depth):
            return False
        match left.node, right.node:
            case Or(parts), _:
                return all(self.exclude(left.of(part), right, below) for part in parts)
            case _, Or(parts):
                return all(self.exclude(left, right.of(part), below) for part in parts)
            case And(parts), _ if any(self.exclude(left.of(part), right, below) for part in parts):
                return True
            case _, And(parts):
                return any(self.exclude(left, right.of(part), below) for part in parts)
            case Not(of), _:
                return self.implies(right, left.of(of), below)
            case _, Not(of):
                return self.implies(left, right.of(of), below)
        return _filters_exclude(left.node, right.node)

    def while_steps_last(self, pairs: Iterable[T]) -> Iterator[T]:
        """Yield the pairs to compare while there are steps left to prove something."""
        return takewhile(lambda _: self.steps >= 0, pairs)

    def _may_go_on(self, depth: int) -> bool:
        self.steps -= 1
        return self.steps >= 0 and depth <= MAX_DEPTH


def _unwrap(claim: Claim) -> Claim:
    while isinstance(claim.node, Where):
        claim = Claim(claim.node.of, claim.region.inside(claim.node.place))
    return claim


def impossible(clause: Node, inside: Region) -> bool:
    """Return whether no article satisfies a clause by itself.

    It asks for fewer words than none, or for more words of the lead than it has.
    """
    if isinstance(clause, Length):
        return clause.sign == "<" and clause.count == 0
    return inside.place == "lead" and _least_words(clause) > LEAD_WORDS


def _least_words(clause: Node) -> int:
    """Return the least number of words that the spans of a clause take."""
    match clause:
        case Term(words):
            return len(words)
        case Or(parts):
            return min(map(_least_words, parts))
        case AtLeast(count, of):
            return count * _least_words(of)
        case Near(left, right, negated=False):
            return _least_words(left) + _least_words(right)
        case Near(left):
            return _least_words(left)
        case Tag() | Wild():
            return 1
        case _:
            return 0


def _clause_implies(claim: Claim, conclusion_claim: Claim) -> bool:
    (premise, inside), (conclusion, outer) = claim, conclusion_claim
    match premise, conclusion:
        case Filter(), Filter():
            return premise == conclusion
        case Length(), Length():
            return premise.sign == conclusion.sign and (
                premise.count >= conclusion.count
                if premise.sign == ">"
                else premise.count <= conclusion.count
            )
    if not _within(inside, outer):
        return False
    match premise, conclusion:
        case Near(negated=True), Near(negated=True):
            return inside == outer and canonical(premise) == canonical(conclusion)
        case Near(negated=False), Near(negated=False):
            return is_pair_covered(premise, conclusion)
        case Near(negated=negated), AtLeast() | Term() | Wild() | Tag():
            operands = [premise.left] if negated else [premise.left, premise.right]
            return any(_operand_implies(operand, conclusion) for operand in operands)
        case AtLeast(), AtLeast():
            return premise.count >= conclusion.count and is_each_covered(premise.of, conclusion.of)
        case AtLeast(of=of), _:
            return _operand_implies(of, conclusion)
    return _operand_implies(premise, conclusion)


def _operand_implies(operand: Node, clause: Node) -> bool:
    """Return whether an operand that occurs somewhere satisfies a clause.

    It must do so whichever of its alternatives it is that occurs.
    """
    if isinstance(clause, AtLeast):
        return clause.count == 1 and _operand_implies(operand, clause.of)
    alternatives = clause.of if isinstance(clause, Or) else (clause,)
    return all(
        any(contains(part, whole) for whole in alternatives)
        for part in (operand.of if isinstance(operand, Or) else (operand,))
    )


def _within(inside: Region, outer: Region) -> bool:
    is_in_place = outer.place in (None, inside.place) or (inside.place, outer.place) == (
        "lead",
        "body",
    )
    return is_in_place and (
        outer.factuality in (None, inside.factuality)
        or (inside.factuality, outer.factuality) == ("asserted", "fresh")
    )


def _filters_exclude(left: Node, right: Node) -> bool:
    match left, right:
        case Filter("source"), Filter("source"):
            return left.id != right.id
        case Filter("lang"), Filter("lang"):
            return not _same_language(left.id, right.id)
        case Length(">", lower), Length("<", upper):
            return upper <= lower + 1
        case Length("<", upper), Length(">", lower):
            return upper <= lower + 1
        case _:
            return False


def _same_language(left: str, right: str) -> bool:
    """Return whether an article can be in both: the same, or a language and its region."""
    return left == right or left == right.partition("-")[0] or right == left.partition("-")[0]
