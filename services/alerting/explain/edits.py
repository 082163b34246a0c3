"""The changes of a rule that may make a failing clause hold: a fixed list, smallest first. Pure.

The order is the meaning of "smallest": a number changes before a kind of nearness, a nearness
before a place, a place before a word. No clause is left out: a rule that asks for less is no
correction. Each function yields candidates; why_not.py finds out whether one helps.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.alerting.explain.near_words import plain, similar
from services.alerting.explain.paths import Path, node_at, region_of, replace_node, walk
from services.alerting.explain.search import least_distance, most_occurrences
from services.alerting.language.document import Document
from services.alerting.language.format import format as canonical
from services.alerting.language.format import operator
from services.alerting.language.parsing.scan import MAX_DISTANCE
from services.alerting.language.tree import (
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
    any_of,
)

_WIDER: Final[dict[str, Place | Factuality]] = {"lead": "body", "asserted": "fresh"}
_WITHOUT: Final = {
    "asserted": "what is denied, planned, past or only claimed counts, too",
    "fresh": "what is past counts, too",
}


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a rule: its description for people, and the changed tree."""

    description: str
    tree: Node


@dataclass(frozen=True, slots=True)
class Spot:
    """The failing clause: its path in the tree, and the article on which it fails."""

    tree: Node
    path: Path
    document: Document

    @property
    def node(self) -> Node:
        """The clause itself."""
        return node_at(self.tree, self.path)

    @property
    def region(self) -> Region:
        """The part of the article to which the clause is confined."""
        return region_of(self.tree, self.path)

    def with_clause(self, description: str, node: Node) -> Edit:
        """Return the rule with another clause in this place."""
        return Edit(description, replace_node(self.tree, self.path, node))


def drop_exact(spot: Spot) -> Iterator[Edit]:
    """Drop exact() (exact(US) → us), so that other ways of writing it count, too."""
    for path, node in walk(spot.node):
        if isinstance(node, Term) and node.exact:
            yield spot.with_clause(
                f"{canonical(node)} as a plain word", replace_node(spot.node, path, plain(node))
            )


def other_distance(spot: Spot) -> Iterator[Edit]:
    """Raise n of W/n and PRE/n to the smallest that holds; lower that of NOT W/n to the largest."""
    near = spot.node
    if (
        isinstance(near, Near)
        and near.distance
        and (distance := least_distance(near, spot.document, spot.region))
    ):
        changed = replace(near, distance=distance)
        yield spot.with_clause(
            f"{operator(near)} {'lowered' if near.negated else 'raised'} to {operator(changed)}",
            changed,
        )


def fewer_times(spot: Spot) -> Iterator[Edit]:
    """Lower ATLEASTn to the number of occurrences."""
    node = spot.node
    if isinstance(node, AtLeast) and (count := most_occurrences(node, spot.document, spot.region)):
        yield spot.with_clause(
            f"ATLEAST{node.count} lowered to ATLEAST{count}", replace(node, count=count)
        )


def other_length(spot: Spot) -> Iterator[Edit]:
    """Move words > n and words < n to the article's own length."""
    node = spot.node
    if isinstance(node, Length):
        count = len(spot.document.body.starts) + (1 if node.sign == "<" else -1)
        changed = replace(node, count=max(0, count))
        yield spot.with_clause(f"{canonical(node)} moved to {canonical(changed)}", changed)


def other_order(spot: Spot) -> Iterator[Edit]:
    """Widen PRE/n to W/n, at the same distance or the smallest that holds."""
    if isinstance(near := spot.node, Near) and near.unit == "in order" and not near.negated:
        yield from _as_words(spot, replace(near, unit="words"), near.distance)


def other_unit(spot: Spot) -> Iterator[Edit]:
    """Widen W/S to W/P, and either to W/n with the smallest n that holds."""
    if (
        isinstance(near := spot.node, Near)
        and near.unit in ("sentence", "paragraph")
        and not near.negated
    ):
        if near.unit == "sentence":
            yield spot.with_clause("W/S widened to W/P", replace(near, unit="paragraph"))
        yield from _as_words(spot, replace(near, unit="words"), 1)


def split_phrase(spot: Spot) -> Iterator[Edit]:
    """Split a phrase into its words.

    Two of them near each other, more of them anywhere.
    """
    for path, term in walk(spot.node):
        if isinstance(term, Term) and len(term.words) > 1:
            yield from (
                spot.with_clause(
                    f"{canonical(term)} as words, not a phrase", replace_node(spot.node, path, node)
                )
                for node in _split(spot, term)
            )


def other_place(spot: Spot) -> Iterator[Edit]:
    """Widen lead() to body() and asserted() to fresh(), and any place to anywhere."""
    for length in range(len(spot.path) - 1, -1, -1):
        path = spot.path[:length]
        where = node_at(spot.tree, path)
        if isinstance(where, Where):
            if wider := _WIDER.get(where.place):
                yield Edit(
                    f"{where.place}() widened to {wider}()",
                    replace_node(spot.tree, path, replace(where, place=wider)),
                )
            counts = _WITHOUT.get(where.place, "anywhere counts")
            yield Edit(
                f"{where.place}() left out: {counts}", replace_node(spot.tree, path, where.of)
            )


def other_event(spot: Spot) -> Iterator[Edit]:
    """Ask for the status or the parties of an event as the article has them, or for any."""
    for path, tag in walk(spot.node):
        if isinstance(tag, Tag) and tag.kind == "event":
            for changed in _other_events(tag, spot.document):
                yield spot.with_clause(
                    f"{canonical(tag)} changed to {canonical(changed)}",
                    replace_node(spot.node, path, changed),
                )


def _other_events(tag: Tag, document: Document) -> Iterator[Tag]:
    """Yield the event without parties, with the status of its mentions, and with any."""
    alone = replace(tag.arguments, agent=None, target=None)
    yield from (replace(tag, arguments=alone) for _ in range(alone != tag.arguments))
    statuses = dict.fromkeys(
        mention.status or "any" for mention in document.event_mentions if mention.event == tag.id
    )
    for arguments in dict.fromkeys((tag.arguments, alone)):
        for status in statuses:
            yield replace(tag, arguments=replace(arguments, status=status))


def other_word(spot: Spot) -> Iterator[Edit]:
    """Replace a word by words that begin alike, or by the most similar word of the article."""
    for path, term in walk(spot.node):
        if isinstance(term, Term) and len(term.words) == 1:
            for other in similar(term, spot.document, spot.region):
                yield spot.with_clause(
                    f"{canonical(term)} replaced by {canonical(other)}",
                    replace_node(spot.node, path, other),
                )


def other_filter(spot: Spot) -> Iterator[Edit]:
    """Set source() and lang() to the article's own."""
    node = spot.node
    if isinstance(node, Filter):
        own = spot.document.source if node.kind == "source" else spot.document.language
        changed = replace(node, id=own.casefold().replace("_", "-"))
        yield spot.with_clause(f"{canonical(node)} changed to {canonical(changed)}", changed)


def narrow_exclusion(spot: Spot) -> Iterator[Edit]:
    """Confine what a NOT excludes to a part of the article, or take out the alternative it met."""
    node = spot.node
    if not isinstance(node, Not):
        return
    if not isinstance(node.of, Where):
        places: list[Place | Factuality] = [] if spot.region.place else ["lead", "headline"]
        factualities: list[Place | Factuality] = [] if spot.region.factuality else ["asserted"]
        for place in (*factualities, *places):
            narrower = Not(Where(place, node.of))
            yield spot.with_clause(f"{canonical(node)} narrowed to {canonical(narrower)}", narrower)
    if isinstance(node.of, Or):
        for part in node.of.of:
            narrower = Not(any_of(other for other in node.of.of if other is not part))
            yield spot.with_clause(f"{canonical(part)} no longer excluded", narrower)


EDITS: Final[tuple[Callable[[Spot], Iterator[Edit]], ...]] = (
    drop_exact,
    other_distance,
    fewer_times,
    other_length,
    other_order,
    other_unit,
    other_event,
    split_phrase,
    other_place,
    other_word,
    other_filter,
    narrow_exclusion,
)
"""Smallest first, the order that docs/rule-tools.md documents."""


def candidates(spots: Sequence[Spot]) -> Iterator[Edit]:
    """Yield every change that might make one of the clauses hold, the smallest first."""
    for make in EDITS:
        for spot in spots:
            if make in (other_place, narrow_exclusion) or not isinstance(spot.node, Not):
                yield from make(spot)


def _as_words(spot: Spot, near: Near, min_distance: int) -> Iterator[Edit]:
    """Yield the pair as W/n, at the distance asked for or the smallest above it that holds."""
    distance = least_distance(near, spot.document, spot.region)
    if distance and isinstance(spot.node, Near):
        changed = replace(near, distance=max(min_distance, distance))
        yield spot.with_clause(f"{operator(spot.node)} widened to {operator(changed)}", changed)


def _split(spot: Spot, term: Term) -> Iterator[Node]:
    words = term.single_words()
    if len(words) == 2:
        near = Near(words[0], words[1], "words", MAX_DISTANCE)
        distance = least_distance(near, spot.document, spot.region)
        yield from [replace(near, distance=distance)] if distance else []
    elif spot.node == term:
        yield And(tuple(dict.fromkeys(words)))
    yield max(words, key=lambda word: len(canonical(word)))
