"""Compile a rule's tree into its program, with the atoms under which it is indexed.

Plain Python, run once for each rule.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from services.alerting.language.tree import (
    EVERYWHERE,
    And,
    AtLeast,
    Factuality,
    Filter,
    Length,
    Near,
    Node,
    Not,
    Or,
    Place,
    Region,
    Tag,
    Term,
    Where,
    Wild,
    is_pattern,
    walk,
)
from services.alerting.matcher.kernel import program as code
from services.alerting.matcher.kernel.atoms import (
    ALWAYS,
    EXACT,
    EXACT_PREFIX,
    FILTER,
    NEVER,
    PATTERN,
    TAG,
    WORD,
)
from shared.text.words import takes_endings

Group = tuple[int, ...]
"""Atoms of which a rule needs one, in the order of their numbers."""
Number = Callable[[int, str], int]
"""Kind and text of an atom → its number."""
Share = Callable[[int], float]
"""An atom → the share of articles that are expected to contain it, from 0 to 1."""

_PLACES: Final[dict[Place | None, int]] = {
    None: code.ANYWHERE,
    "headline": code.HEADLINE,
    "deck": code.DECK,
    "lead": code.LEAD,
    "body": code.BODY,
}
_FACTUALITIES: Final[dict[Factuality | None, int]] = {
    None: code.WHATEVER,
    "asserted": code.ASSERTED,
    "fresh": code.FRESH,
}
_UNITS: Final = {
    "words": code.BY_FIELD,
    "in order": code.IN_ORDER,
    "sentence": code.BY_SENTENCE,
    "paragraph": code.BY_PARAGRAPH,
}
_LARGEST: Final = 2**30


@dataclass(frozen=True, slots=True)
class RuleProgram:
    """The compiled form of a rule.

    ``keys`` is the rarest group that the rule needs, ALWAYS alone if it needs none; ``maybe`` are
    atoms of which one must be there, too. ``bare``: an article that contains the one key fires the
    rule, with nothing left to check. ``reads_scopes``: some check asks what the article asserts.
    ``events`` are the types of events that the rule names.
    """

    keys: Group
    maybe: Group
    code: list[int]
    bare: bool = False
    reads_scopes: bool = False
    events: frozenset[str] = frozenset()


def program_of(tree: Node, rule: int, number: Number, share: Share) -> RuleProgram:
    """Compile a tree; raise TypeError or ValueError for what parse() does not produce."""
    return _Compiler(number, share).program(tree, rule)


@dataclass(slots=True, eq=False)
class _Label:
    """A target in the program that may not be known yet.

    Its value is an offset from the program's start, or ACCEPT or REJECT.
    """

    target: int = 0


_ACCEPT: Final = _Label(code.ACCEPT)
_REJECT: Final = _Label(code.REJECT)


@dataclass(slots=True)
class _Compiler:
    number: Number
    share: Share
    code: list[int | _Label] = field(default_factory=list)

    def program(self, tree: Node, rule: int) -> RuleProgram:
        parts = tree.of if isinstance(tree, And) else (tree,)
        needed = sorted({group for part in parts for group in self._groups(part)}, key=self._rank)
        keys, *groups = needed or [(ALWAYS,)]
        maybe = groups.pop(0) if groups and len(groups[0]) <= code.MAYBE else (ALWAYS,)
        self.code = [0, rule, len(keys), *keys]
        for group in groups:
            self._any(group, following := _Label(), _REJECT)
            self._put(following)
        unmet_parts = tuple(part for part in parts if self._atoms(part) is None)
        self._all(unmet_parts, EVERYWHERE, _ACCEPT, _REJECT)
        self.code[code.SIZE] = len(self.code)
        bare = len(needed) == len(keys) == 1 and not unmet_parts
        return RuleProgram(
            keys,
            (*maybe, NEVER, NEVER)[: code.MAYBE],
            [number.target if isinstance(number, _Label) else number for number in self.code],
            bare,
            reads_scopes=any(
                isinstance(node, Where) and node.place in ("asserted", "fresh")
                for node, _ in walk(tree)
            ),
            events=frozenset(
                node.id for node, _ in walk(tree) if isinstance(node, Tag) and node.kind == "event"
            ),
        )

    def _rank(self, group: Group) -> tuple[float, Group]:
        return sum(map(self.share, group)), group

    def _put(self, label: _Label) -> None:
        label.target = len(self.code)

    # What a node needs

    def _groups(self, node: Node) -> list[Group]:
        """Return groups of atoms; of each one atom is in every article that satisfies the node."""
        match node:
            case Term() | Wild() | Tag() | Filter():
                return [(atom,) for atom in self._words(node)]
            case And(of):
                return [group for part in of for group in self._groups(part)]
            case Or(of):
                best = [
                    min(groups, key=self._rank) if (groups := self._groups(part)) else ()
                    for part in of
                ]
                return (
                    [tuple(sorted({atom for group in best for atom in group}))] if all(best) else []
                )
            case Near():
                return self._groups(node.left) + ([] if node.negated else self._groups(node.right))
            case AtLeast() | Where():
                return self._groups(node.of)
            case _:
                return []

    def _words(self, node: Term | Wild | Tag | Filter) -> list[int]:
        """Return the atoms of a clause, word by word."""
        match node:
            case Term(words, exact):
                return [self._word(word, exact) for word in words]
            case Wild(pattern):
                return [self.number(PATTERN, pattern)]
            case _:
                if isinstance(node, Tag):
                    return [self.number(TAG, node.clause)]
                return [self.number(FILTER, f"{node.kind}({node.id})")]

    def _word(self, word: str, exact: bool) -> int:
        if is_pattern(word):
            return self.number(PATTERN, word)
        if takes_endings(word):
            return self.number(EXACT_PREFIX if exact else PATTERN, f"{word}*")
        return self.number(EXACT if exact else WORD, word)

    def _atoms(self, node: Node) -> Group | None:
        """Return the atoms of a node that any one of them satisfies, None for other nodes."""
        match node:
            case Term() | Wild() | Tag() | Filter():
                words = self._words(node)
                return tuple(words) if len(words) == 1 else None
            case Or(of):
                parts = [self._atoms(part) for part in of]
                return (
                    None
                    if None in parts
                    else tuple(sorted({atom for part in parts for atom in part or ()}))
                )
            case _:
                return None

    # Its checks

    def _all(self, parts: tuple[Node, ...], region: Region, holds: _Label, fails: _Label) -> None:
        """Check that all of the parts hold, the cheap ones first."""
        ordered = sorted(parts, key=_cost)
        for part in ordered[:-1]:
            self._check(part, region, following := _Label(), fails)
            self._put(following)
        if ordered:
            self._check(ordered[-1], region, holds, fails)
        else:
            self._any((ALWAYS,), holds, fails)

    def _any_of(
        self, parts: tuple[Node, ...], region: Region, holds: _Label, fails: _Label
    ) -> None:
        *ordered, last = sorted(parts, key=_cost)
        for part in ordered:
            self._check(part, region, holds, following := _Label())
            self._put(following)
        self._check(last, region, holds, fails)

    def _check(self, node: Node, region: Region, holds: _Label, fails: _Label) -> None:
        atoms = self._atoms(node) if region == EVERYWHERE or isinstance(node, Filter) else None
        match node:
            case _ if atoms is not None:
                self._any(atoms, holds, fails)
            case And(of):
                self._all(of, region, holds, fails)
            case Or(of) if not all(map(_is_operand, of)):
                self._any_of(of, region, holds, fails)
            case Not(of):
                self._check(of, region, fails, holds)
            case Where(where, of):
                self._check(of, region.inside(where), holds, fails)
            case Length(sign, count):
                self.code += [
                    code.LONGER if sign == ">" else code.SHORTER,
                    holds,
                    fails,
                    min(count, _LARGEST),
                ]
            case Near():
                self._near(node, region, holds, fails)
            case AtLeast(count, of):
                self.code += [
                    code.AT_LEAST,
                    holds,
                    fails,
                    _region(region),
                    min(max(count, 1), _LARGEST),
                    *self._alternatives(of),
                ]
            case _:
                self.code += [code.FOUND, holds, fails, _region(region), *self._alternatives(node)]

    def _any(self, atoms: Iterable[int], holds: _Label, fails: _Label) -> None:
        self.code += [code.ANY, holds, fails, len(tuple(atoms)), *atoms]

    def _near(self, node: Near, region: Region, holds: _Label, fails: _Label) -> None:
        distance = min(node.distance, code.ENDLESS)
        right = _Label()
        self.code += [
            code.NEAR,
            holds,
            fails,
            _region(region),
            _UNITS[node.unit],
            distance,
            int(node.negated),
            right,
            *self._alternatives(node.left),
        ]
        self._put(right)
        self.code += self._alternatives(node.right)

    def _alternatives(self, node: Node) -> list[int]:
        alternatives = list(
            dict.fromkeys(self._alternative(operand) for operand in _operands(node))
        )
        return [
            len(alternatives),
            *(number for alternative in alternatives for number in alternative),
        ]

    def _alternative(self, operand: Term | Wild | Tag) -> tuple[int, ...]:
        words = self._words(operand)
        anchor = min(range(len(words)), key=lambda i: self.share(words[i]))
        return (len(words), anchor, words[anchor], *(words if len(words) > 1 else ()))


def _region(region: Region) -> int:
    return code.FACTUALITIES * _PLACES[region.place] + _FACTUALITIES[region.factuality]


def _operands(node: Node) -> list[Term | Wild | Tag]:
    match node:
        case Or(of):
            return [operand for part in of for operand in _operands(part)]
        case Term() | Wild() | Tag():
            return [node]
        case _:
            raise TypeError(f"{type(node).__name__} is no operand; parse() accepts none")


def _is_operand(node: Node) -> bool:
    return (
        all(map(_is_operand, node.of))
        if isinstance(node, Or)
        else isinstance(node, (Term, Wild, Tag))
    )


def _cost(node: Node) -> int:
    """Return the estimated cost of a check.

    From words that are present, over words in a row or in a place and counting, to nearness.
    """
    match node:
        case And(of) | Or(of):
            return sum(map(_cost, of))
        case Not() | Where():
            return _cost(node.of)
        case Near():
            return 16
        case AtLeast():
            return 8
        case Term(words):
            return 1 if len(words) == 1 else 4
        case _:
            return 1
