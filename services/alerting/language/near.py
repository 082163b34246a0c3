"""Find spans that stand near each other, and the largest set that does not overlap."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Final

from services.alerting.language.document import FIELD_NUMBERS, Document, WordSpan, text_order
from services.alerting.language.occurrences import occurrences
from services.alerting.language.tree import Near, Region
from shared.text.words import SegmentedText

ENDLESS: Final = 1 << 60
"""A distance larger than that of any two words in a sentence or paragraph."""


def near(node: Near, document: Document, region: Region) -> list[WordSpan]:
    """Return the spans of either side that are part of a pair, in text order.

    With NOT: the spans of the left side that are part of none.
    """
    any_order = node.unit != "in order"
    reach = node.distance or ENDLESS
    lefts, rights = (
        _by_unit(occurrences(side, document, region), node, document)
        for side in (node.left, node.right)
    )
    paired = {
        span
        for unit, spans in lefts.items()
        for span in _filter_near(spans, rights[unit], reach, before=any_order, after=True)
    }
    if node.negated:
        return sorted({span for spans in lefts.values() for span in spans} - paired, key=text_order)
    partners = {
        span
        for unit, spans in rights.items()
        for span in _filter_near(spans, lefts[unit], reach, before=True, after=any_order)
    }
    return sorted(paired | partners, key=text_order)


def non_overlapping(spans: list[WordSpan]) -> list[WordSpan]:
    """Return as many spans as do not overlap, preferring those that end first."""
    chosen: list[WordSpan] = []
    for span in sorted(spans, key=lambda s: (FIELD_NUMBERS[s.field], s.last, -s.first)):
        if not chosen or chosen[-1].field != span.field or chosen[-1].last < span.first:
            chosen.append(span)
    return chosen


def _by_unit(
    spans: list[WordSpan], node: Near, document: Document
) -> defaultdict[Hashable, list[WordSpan]]:
    """Group the spans by the field, sentence or paragraph in which they lie.

    A span that crosses the end of a sentence or paragraph lies in none.
    """
    units: defaultdict[Hashable, list[WordSpan]] = defaultdict(list)
    for span in spans:
        numbers = _numbers_of(node, document.field(span.field))
        unit = numbers[span.first] if numbers else 0
        if not numbers or unit == numbers[span.last]:
            units[span.field, unit].append(span)
    return units


def _numbers_of(node: Near, text: SegmentedText) -> Sequence[int]:
    """Return the number of each word's sentence or paragraph, nothing if the field is the unit."""
    if node.unit == "sentence":
        return text.sentence_numbers
    return text.paragraph_numbers if node.unit == "paragraph" else ()


def _filter_near(
    spans: list[WordSpan], neighbours: list[WordSpan], reach: int, *, before: bool, after: bool
) -> list[WordSpan]:
    """Return the spans with one of the other spans at most ``reach`` words before or after.

    Spans that overlap are not near each other.
    """
    starts = sorted(neighbour.first for neighbour in neighbours) if after else []
    ends = sorted(neighbour.last for neighbour in neighbours) if before else []
    return [
        span for span in spans if _begins_near(span, starts, reach) or _ends_near(span, ends, reach)
    ]


def _begins_near(span: WordSpan, starts: list[int], reach: int) -> bool:
    """Return whether the nearest span that begins after this one is within reach."""
    i = bisect_right(starts, span.last)
    return i < len(starts) and starts[i] - span.last <= reach


def _ends_near(span: WordSpan, ends: list[int], reach: int) -> bool:
    """Return whether the nearest span that ends before this one is within reach."""
    i = bisect_left(ends, span.first) - 1
    return i >= 0 and span.first - ends[i] <= reach
