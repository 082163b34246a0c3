"""Which stretches stand near which: pairs of different stretches, and the longest row of stretches that do not overlap."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable
from typing import Final

from services.alerting.language.document import Document, WordSpan, text_order
from services.alerting.language.occurrences import occurrences
from services.alerting.language.tree import Near, Place

ENDLESS: Final = 1 << 60
"""A distance that any two words of a sentence or paragraph keep."""


def near(node: Near, document: Document, place: Place | None) -> list[WordSpan]:
    """The stretches of either side that are part of a pair; with NOT those of the left side that are part of none. In text order."""
    any_order = node.unit != "in order"
    reach = node.distance or ENDLESS
    lefts, rights = (
        _by_unit(occurrences(side, document, place), node, document)
        for side in (node.left, node.right)
    )
    paired = {
        one
        for unit, found in lefts.items()
        for one in _close(found, rights[unit], reach, before=any_order, after=True)
    }
    if node.negated:
        return sorted({one for found in lefts.values() for one in found} - paired, key=text_order)
    partners = {
        one
        for unit, found in rights.items()
        for one in _close(found, lefts[unit], reach, before=True, after=any_order)
    }
    return sorted(paired | partners, key=text_order)


def non_overlapping(found: list[WordSpan]) -> list[WordSpan]:
    """As many as do not overlap, the first to end taken first."""
    kept: list[WordSpan] = []
    for stretch in sorted(found, key=lambda s: (s.field == "body", s.last, -s.first)):
        if not kept or kept[-1].field != stretch.field or kept[-1].last < stretch.first:
            kept.append(stretch)
    return kept


def _by_unit(
    found: list[WordSpan], node: Near, document: Document
) -> defaultdict[Hashable, list[WordSpan]]:
    """The stretches by the field, sentence or paragraph that they lie in; one that lies in two sentences lies in none."""
    units: defaultdict[Hashable, list[WordSpan]] = defaultdict(list)
    for stretch in found:
        words = document.field(stretch.field).words
        first, last = (getattr(words[i], node.unit, 0) for i in (stretch.first, stretch.last))
        if first == last:
            units[stretch.field, first].append(stretch)
    return units


def _close(
    found: list[WordSpan], others: list[WordSpan], reach: int, *, before: bool, after: bool
) -> list[WordSpan]:
    """Those with one of the others, not overlapping, at most ``reach`` word positions before or after."""
    starts = sorted(other.first for other in others) if after else []
    ends = sorted(other.last for other in others) if before else []
    return [
        one for one in found if _begins_near(one, starts, reach) or _ends_near(one, ends, reach)
    ]


def _begins_near(one: WordSpan, starts: list[int], reach: int) -> bool:
    """Whether the nearest of the others that begins after it is within reach."""
    i = bisect_right(starts, one.last)
    return i < len(starts) and starts[i] - one.last <= reach


def _ends_near(one: WordSpan, ends: list[int], reach: int) -> bool:
    """Whether the nearest of the others that ends before it is within reach."""
    i = bisect_left(ends, one.first) - 1
    return i >= 0 and one.first - ends[i] <= reach
