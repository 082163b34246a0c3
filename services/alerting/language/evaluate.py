"""What an expression means: the plain evaluator. A faster one must give the same hits."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.alerting.language.document import Document, Stretch, position
from services.alerting.language.format import format as canonical
from services.alerting.language.tree import LEAD_WORDS, And, AtLeast, Filter, Length, Near, Node, Not, Or, Place, Tag, Term, Where, Wild
from services.alerting.language.words import Text, takes_endings
from shared.schemas import FieldName

ENDLESS: Final = 1 << 60
"""A distance that any two words of a sentence or paragraph keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One stretch that satisfied a clause; the clause is in canonical form, with the place it was asked for."""

    clause: str
    field: FieldName
    start: int
    end: int
    first: int
    last: int


def evaluate(tree: Node, document: Document) -> tuple[Hit, ...] | None:
    """The stretches that satisfy the expression, in the order of its clauses, headline first; None where it is not satisfied."""
    found = _satisfied(tree, document, None)
    return None if found is None else tuple(dict.fromkeys(found))


def _satisfied(node: Node, document: Document, place: Place | None) -> list[Hit] | None:
    match node:
        case And(of):
            parts = [_satisfied(part, document, place) for part in of]
            return None if None in parts else [hit for part in parts if part for hit in part]
        case Or(of):
            parts = [part for one in of if (part := _satisfied(one, document, place)) is not None]
            return [hit for part in parts for hit in part or ()] if parts else None
        case Not(of):
            return [] if _satisfied(of, document, place) is None else None
        case Where(where, of):
            return _satisfied(of, document, where)
        case Filter() | Length():
            return [] if _passes(node, document) else None
        case _:
            return _hits(node, place, _found(node, document, place)) or None


def _found(node: Node, document: Document, place: Place | None) -> list[Stretch]:
    """The stretches that satisfy a clause, or none."""
    match node:
        case Near():
            return _near(node, document, place)
        case AtLeast(count, of):
            apart = _apart(occurrences(of, document, place))
            return apart if len(apart) >= count else []
        case _:
            return occurrences(node, document, place)


def occurrences(node: Node, document: Document, place: Place | None) -> list[Stretch]:
    """Where an operand stands, headline first; only what lies wholly inside the place."""
    match node:
        case Or(of):
            return sorted({stretch for part in of for stretch in occurrences(part, document, place)}, key=position)
        case Tag(kind, id_):
            found: Iterable[Stretch] = document.tags.get(f"{kind}({id_})", ())
        case Term():
            found = [stretch for name in _FIELDS for stretch in _phrase(node, name, document.field(name))]
        case Wild(pattern):
            found = [_stretch(name, text, i, i) for name in _FIELDS for text in [document.field(name)] for i in _matching(text, _wild(pattern))]
        case _:
            raise TypeError(f"{type(node).__name__} is no operand: parse() lets none through")
    return [stretch for stretch in found if _inside(stretch, place)]


_FIELDS: Final[tuple[FieldName, FieldName]] = ("headline", "body")


def _phrase(term: Term, name: FieldName, text: Text) -> list[Stretch]:
    """Words in a row, in one paragraph."""
    size = len(term.words)
    found = []
    for first in _starts(term, text):
        words = text.words[first : first + size]
        same = all(_is(want, word.exact if term.exact else word.key) for want, word in zip(term.words, words, strict=False))
        if len(words) == size and same and words[0].paragraph == words[-1].paragraph:
            found.append(_stretch(name, text, first, first + size - 1))
    return found


def _starts(term: Term, text: Text) -> Iterable[int]:
    """Where the first word of the term may stand: an index for what is written whole, every word for the rest."""
    return range(len(text.words)) if term.exact or takes_endings(term.words[0]) else text.positions.get(term.words[0], ())


def _is(want: str, word: str) -> bool:
    return word.startswith(want) if takes_endings(want) else word == want


def _matching(text: Text, pattern: re.Pattern[str]) -> list[int]:
    return sorted(i for key, places in text.positions.items() if pattern.fullmatch(key) for i in places)


@lru_cache(maxsize=4_096)
def _wild(pattern: str) -> re.Pattern[str]:
    signs = {"?": r"[^\W_]", "*": r".*"}
    return re.compile("".join(signs.get(c) or re.escape(c) for c in pattern), re.DOTALL)


def _inside(stretch: Stretch, place: Place | None) -> bool:
    if place is None:
        return True
    return stretch.field == "headline" if place == "headline" else stretch.field == "body" and (place == "body" or stretch.last < LEAD_WORDS)


def _near(node: Near, document: Document, place: Place | None) -> list[Stretch]:
    """The stretches of either side that have one of the other side near them; with NOT those of the left side that have none."""
    reach = ENDLESS if node.unit in ("sentence", "paragraph") else node.distance
    lefts, rights = (_by_unit(occurrences(side, document, place), node, document) for side in (node.left, node.right))
    any_order = node.unit != "in order"
    kept = [
        one for unit, found in lefts.items() for one in _close(found, rights.get(unit, []), reach, before=any_order, after=True, negated=node.negated)
    ]
    if not node.negated:
        kept += [one for unit, found in rights.items() for one in _close(found, lefts.get(unit, []), reach, before=True, after=any_order)]
    return sorted(set(kept), key=position)


def _close(found: list[Stretch], others: list[Stretch], reach: int, *, before: bool, after: bool, negated: bool = False) -> list[Stretch]:
    """Those with one of the others, not overlapping, at most ``reach`` word positions before or after; ``negated``: those without."""
    starts = sorted(other.first for other in others) if after else []
    ends = sorted(other.last for other in others) if before else []
    return [one for one in found if (_begins_near(one, starts, reach) or _ends_near(one, ends, reach)) != negated]


def _begins_near(one: Stretch, starts: list[int], reach: int) -> bool:
    i = bisect_right(starts, one.last)
    return i < len(starts) and starts[i] - one.last <= reach


def _ends_near(one: Stretch, ends: list[int], reach: int) -> bool:
    i = bisect_left(ends, one.first) - 1
    return i >= 0 and one.first - ends[i] <= reach


def _by_unit(found: list[Stretch], node: Near, document: Document) -> dict[Hashable, list[Stretch]]:
    """The stretches by the field, sentence or paragraph that they lie in; one that lies in two sentences lies in none."""
    units: defaultdict[Hashable, list[Stretch]] = defaultdict(list)
    for stretch in found:
        words = document.field(stretch.field).words
        first, last = (_unit(node)(words[i]) for i in (stretch.first, stretch.last))
        if first == last:
            units[stretch.field, first].append(stretch)
    return units


def _unit(node: Near) -> Callable[[object], int]:
    name = node.unit if node.unit in ("sentence", "paragraph") else None
    return lambda word: int(getattr(word, name)) if name else 0


def _apart(found: list[Stretch]) -> list[Stretch]:
    """As many as do not overlap, the first to end taken first."""
    kept: list[Stretch] = []
    for stretch in sorted(found, key=lambda s: (s.field == "body", s.last, -s.first)):
        if not kept or kept[-1].field != stretch.field or kept[-1].last < stretch.first:
            kept.append(stretch)
    return kept


def _passes(node: Filter | Length, document: Document) -> bool:
    if isinstance(node, Length):
        size = len(document.body.words)
        return size > node.count if node.sign == ">" else size < node.count
    if node.kind == "source":
        return document.source.casefold() == node.id
    return document.language.casefold().replace("_", "-").split("-")[0] == node.id or document.language.casefold() == node.id


def _stretch(name: FieldName, text: Text, first: int, last: int) -> Stretch:
    return Stretch(name, first, last, text.words[first].start, text.words[last].end)


def _hits(node: Node, place: Place | None, found: list[Stretch]) -> list[Hit]:
    if not found:
        return []
    clause = canonical(node) if place is None else f"{place}({canonical(node)})"
    return [Hit(clause=clause, field=one.field, start=one.start, end=one.end, first=one.first, last=one.last) for one in found]
