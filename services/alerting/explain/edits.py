"""The ways in which a rule can be changed so that a failing clause holds: a fixed list, the smallest change first. Pure.

The order is the meaning of "smallest": a number moves before a kind of nearness, a nearness before a place, a place before a word, and a
clause is given up last. Each way makes candidates; whether one helps is for why_not.py to see.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.alerting.explain.near_words import plain, similar
from services.alerting.explain.paths import Path, node_at, place_of, remove_node, replace_node, walk
from services.alerting.explain.search import least_distance, most_occurrences
from services.alerting.language.document import Document
from services.alerting.language.format import format as canonical
from services.alerting.language.format import operator
from services.alerting.language.parsing.scan import MAX_DISTANCE
from services.alerting.language.tree import (
    And,
    AtLeast,
    Filter,
    Length,
    Near,
    Node,
    Not,
    Place,
    Term,
    Where,
)


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a rule: what was done, for a person, and the tree that came of it."""

    description: str
    tree: Node


@dataclass(frozen=True, slots=True)
class Spot:
    """The failing clause: where it is in the tree, and the article that it fails on."""

    tree: Node
    path: Path
    document: Document

    @property
    def node(self) -> Node:
        """The clause itself."""
        return node_at(self.tree, self.path)

    @property
    def place(self) -> Place | None:
        """The part of the article that it is confined to."""
        return place_of(self.tree, self.path)

    def with_clause(self, told: str, node: Node) -> Edit:
        """The rule with another clause there."""
        return Edit(told, replace_node(self.tree, self.path, node))


def unexact(spot: Spot) -> Iterator[Edit]:
    """exact(US) → us: another way of writing it counts, too."""
    for path, node in walk(spot.node):
        if isinstance(node, Term) and node.exact:
            yield spot.with_clause(
                f"{canonical(node)} as a plain word", replace_node(spot.node, path, plain(node))
            )


def other_distance(spot: Spot) -> Iterator[Edit]:
    """W/n and PRE/n: raised to the smallest n that holds; NOT W/n: lowered to the largest."""
    near = spot.node
    if (
        isinstance(near, Near)
        and near.distance
        and (found := least_distance(near, spot.document, spot.place))
    ):
        changed = replace(near, distance=found)
        yield spot.with_clause(
            f"{operator(near)} {'lowered' if near.negated else 'raised'} to {operator(changed)}",
            changed,
        )


def fewer_times(spot: Spot) -> Iterator[Edit]:
    """ATLEASTn: lowered to as often as it occurs."""
    node = spot.node
    if isinstance(node, AtLeast) and (found := most_occurrences(node, spot.document, spot.place)):
        yield spot.with_clause(
            f"ATLEAST{node.count} lowered to ATLEAST{found}", replace(node, count=found)
        )


def other_length(spot: Spot) -> Iterator[Edit]:
    """words > n and words < n: moved to the article's own length."""
    node = spot.node
    if isinstance(node, Length):
        count = len(spot.document.body.words) + (1 if node.sign == "<" else -1)
        changed = replace(node, count=max(0, count))
        yield spot.with_clause(f"{canonical(node)} moved to {canonical(changed)}", changed)


def other_order(spot: Spot) -> Iterator[Edit]:
    """PRE/n → W/n, at the same distance, or else at the smallest that holds."""
    if isinstance(near := spot.node, Near) and near.unit == "in order" and not near.negated:
        yield from _as_words(spot, replace(near, unit="words"), near.distance)


def other_unit(spot: Spot) -> Iterator[Edit]:
    """W/S → W/P, and either → W/n with the smallest n that holds."""
    if (
        isinstance(near := spot.node, Near)
        and near.unit in ("sentence", "paragraph")
        and not near.negated
    ):
        if near.unit == "sentence":
            yield spot.with_clause("W/S widened to W/P", replace(near, unit="paragraph"))
        yield from _as_words(spot, replace(near, unit="words"), 1)


def apart(spot: Spot) -> Iterator[Edit]:
    """A phrase → its words, near each other where there are two, anywhere where there are more."""
    for path, term in walk(spot.node):
        if isinstance(term, Term) and len(term.words) > 1:
            yield from (
                spot.with_clause(
                    f"{canonical(term)} as words, not a phrase", replace_node(spot.node, path, node)
                )
                for node in _apart(spot, term)
            )


def other_place(spot: Spot) -> Iterator[Edit]:
    """lead() → body(), and any place → anywhere."""
    for length in range(len(spot.path) - 1, -1, -1):
        path = spot.path[:length]
        where = node_at(spot.tree, path)
        if isinstance(where, Where):
            if where.place == "lead":
                yield Edit(
                    "lead() widened to body()",
                    replace_node(spot.tree, path, replace(where, place="body")),
                )
            yield Edit(
                f"{where.place}() left out: anywhere counts",
                replace_node(spot.tree, path, where.of),
            )


def other_word(spot: Spot) -> Iterator[Edit]:
    """A word → the words that begin with it or with its stem, or the most similar word of the article."""
    for path, term in walk(spot.node):
        if isinstance(term, Term) and len(term.words) == 1:
            for other in similar(term, spot.document, spot.place):
                yield spot.with_clause(
                    f"{canonical(term)} replaced by {canonical(other)}",
                    replace_node(spot.node, path, other),
                )


def other_filter(spot: Spot) -> Iterator[Edit]:
    """source() and lang(): the article's own."""
    node = spot.node
    if isinstance(node, Filter):
        own = spot.document.source if node.kind == "source" else spot.document.language
        changed = replace(node, id=own.casefold().replace("_", "-"))
        yield spot.with_clause(f"{canonical(node)} changed to {canonical(changed)}", changed)


def drop_clause(spot: Spot) -> Iterator[Edit]:
    """The clause left out: last, because it asks for nothing any more."""
    tree = remove_node(spot.tree, spot.path)
    if tree is not None:
        yield Edit(f"{canonical(spot.node)} left out", tree)


EDITS: Final[tuple[Callable[[Spot], Iterator[Edit]], ...]] = (
    unexact,
    other_distance,
    fewer_times,
    other_length,
    other_order,
    other_unit,
    apart,
    other_place,
    other_word,
    other_filter,
    drop_clause,
)
"""Smallest first. docs/rule-tools.md tells analysts this order."""


def candidates(spots: Sequence[Spot]) -> Iterator[Edit]:
    """Every change that might make one of the clauses hold, the smallest first, whichever clause it is of."""
    for make in EDITS:
        for spot in spots:
            if make in (other_place, drop_clause) or not isinstance(spot.node, Not):
                yield from make(spot)


def _as_words(spot: Spot, near: Near, asked: int) -> Iterator[Edit]:
    """The pair as W/n: at the distance that was asked for, or the smallest above it that holds."""
    found = least_distance(near, spot.document, spot.place)
    if found and isinstance(spot.node, Near):
        changed = replace(near, distance=max(asked, found))
        yield spot.with_clause(f"{operator(spot.node)} widened to {operator(changed)}", changed)


def _apart(spot: Spot, term: Term) -> Iterator[Node]:
    words = [Term((word,), term.exact, term.offset) for word in term.words]
    if len(words) == 2:
        near = Near(words[0], words[1], "words", MAX_DISTANCE)
        found = least_distance(near, spot.document, spot.place)
        yield from [replace(near, distance=found)] if found else []
    elif spot.node == term:
        yield And(tuple(dict.fromkeys(words)))
    longest = max(words, key=lambda word: len(word.words[0]))
    yield longest
