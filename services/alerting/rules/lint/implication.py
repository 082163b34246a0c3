"""What follows from what: sound, so that nothing is called impossible that can happen, and incomplete, so that it ends soon."""

from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Final, NamedTuple, TypeVar

from services.alerting.language.format import format as canonical
from services.alerting.language.tree import (
    LEAD_WORDS,
    And,
    AtLeast,
    Filter,
    Length,
    Near,
    Node,
    Not,
    Or,
    Place,
    Tag,
    Term,
    Where,
    Wild,
)
from services.alerting.rules.lint.covers import each_is_also, holds, pairs_also

T = TypeVar("T")
MAX_DEPTH: Final = 60


class Claim(NamedTuple):
    """That a node is satisfied inside a place (None: anywhere)."""

    node: Node
    place: Place | None = None

    def of(self, part: Node) -> "Claim":
        """The same of a part of the node."""
        return Claim(part, self.place)


class Reasoner:
    """Answers yes where it can prove it in the steps that are left; a no means that it cannot."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def implies(self, one: Claim, other: Claim, depth: int = 0) -> bool:
        """Whether every article that satisfies ``one`` satisfies ``other``."""
        one, other, below = _unwrapped(one), _unwrapped(other), depth + 1
        if not self._may_go_on(depth):
            return False
        match one.node, other.node:
            case _, And(parts):
                return all(self.implies(one, other.of(part), below) for part in parts)
            case Or(parts), _:
                return all(self.implies(one.of(part), other, below) for part in parts)
            case Not(of), Not(whole):
                return self.implies(other.of(whole), one.of(of), below)
            case _, Or(parts) if any(self.implies(one, other.of(part), below) for part in parts):
                return True
            case And(parts), _:
                return any(self.implies(one.of(part), other, below) for part in parts)
            case _, Not(whole):
                return self.exclude(one, other.of(whole), below)
        return _clause_implies(one, other)

    def exclude(self, one: Claim, other: Claim, depth: int = 0) -> bool:
        """Whether no article satisfies both."""
        one, other, below = _unwrapped(one), _unwrapped(other), depth + 1
        if not self._may_go_on(depth):
            return False
        match one.node, other.node:
            case Or(parts), _:
                return all(self.exclude(one.of(part), other, below) for part in parts)
            case _, Or(parts):
                return all(self.exclude(one, other.of(part), below) for part in parts)
            case And(parts), _ if any(self.exclude(one.of(part), other, below) for part in parts):
                return True
            case _, And(parts):
                return any(self.exclude(one, other.of(part), below) for part in parts)
            case Not(of), _:
                return self.implies(other, one.of(of), below)
            case _, Not(of):
                return self.implies(one, other.of(of), below)
        return _filters_exclude(one.node, other.node)

    def while_steps_last(self, pairs: Iterable[T]) -> Iterator[T]:
        """The pairs to compare, as long as comparing them can give a yes."""
        return takewhile(lambda _: self.steps >= 0, pairs)

    def _may_go_on(self, depth: int) -> bool:
        self.steps -= 1
        return self.steps >= 0 and depth <= MAX_DEPTH


def _unwrapped(claim: Claim) -> Claim:
    return Claim(claim.node.of, claim.node.place) if isinstance(claim.node, Where) else claim


def impossible(clause: Node, inside: Place | None) -> bool:
    """Whether no article satisfies a clause by itself: fewer words than none, more words of the lead than it has."""
    if isinstance(clause, Length):
        return clause.sign == "<" and clause.count == 0
    return inside == "lead" and _least_words(clause) > LEAD_WORDS


def _least_words(clause: Node) -> int:
    """So many words the stretches of a clause take at least."""
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


def _clause_implies(claim: Claim, wanted: Claim) -> bool:
    (one, inside), (other, other_inside) = claim, wanted
    match one, other:
        case Filter(), Filter():
            return one == other
        case Length(), Length():
            return one.sign == other.sign and (
                one.count >= other.count if one.sign == ">" else one.count <= other.count
            )
    if not _within(inside, other_inside):
        return False
    match one, other:
        case Near(negated=True), Near(negated=True):
            return inside == other_inside and canonical(one) == canonical(other)
        case Near(negated=False), Near(negated=False):
            return pairs_also(one, other)
        case Near(negated=negated), AtLeast() | Term() | Wild() | Tag():
            found = [one.left] if negated else [one.left, one.right]
            return any(_operand_implies(operand, other) for operand in found)
        case AtLeast(), AtLeast():
            return one.count >= other.count and each_is_also(one.of, other.of)
        case AtLeast(of=of), _:
            return _operand_implies(of, other)
    return _operand_implies(one, other)


def _operand_implies(operand: Node, other: Node) -> bool:
    """Whether an operand that is found somewhere makes a clause of one occurrence true: whichever of its alternatives it is that is found."""
    if isinstance(other, AtLeast):
        return other.count == 1 and _operand_implies(operand, other.of)
    wanted = other.of if isinstance(other, Or) else (other,)
    return all(
        any(holds(part, whole) for whole in wanted)
        for part in (operand.of if isinstance(operand, Or) else (operand,))
    )


def _within(inside: Place | None, outer: Place | None) -> bool:
    return outer in (None, inside) or (inside, outer) == ("lead", "body")


def _filters_exclude(one: Node, other: Node) -> bool:
    match one, other:
        case Filter("source"), Filter("source"):
            return one.id != other.id
        case Filter("lang"), Filter("lang"):
            return not _same_language(one.id, other.id)
        case Length(">", more), Length("<", fewer):
            return fewer <= more + 1
        case Length("<", fewer), Length(">", more):
            return fewer <= more + 1
        case _:
            return False


def _same_language(one: str, other: str) -> bool:
    """Whether an article can be in both: the same, or a language and one of its regions."""
    return one == other or one == other.partition("-")[0] or other == one.partition("-")[0]
