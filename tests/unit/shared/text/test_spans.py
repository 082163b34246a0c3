"""Merged and clipped spans hold the same characters as before; a window holds its mark."""

from collections.abc import Iterable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.messages.schemas import Span
from shared.text.spans import clip_spans, merge_spans, window_around

spans = st.builds(
    lambda start, length: Span(start=start, end=start + length),
    st.integers(-5, 30),
    st.integers(0, 10),
)


def characters(found: Iterable[Span]) -> set[int]:
    return {at for span in found for at in range(span.start, span.end)}


def pairs(found: Iterable[Span]) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in found]


def test_touching_spans_are_joined_on_demand() -> None:
    """By default only spans that overlap become one."""
    touching = [Span(start=3, end=5), Span(start=1, end=3), Span(start=4, end=8)]
    assert pairs(merge_spans(touching)) == [(1, 3), (3, 8)]
    assert pairs(merge_spans(touching, touching=True)) == [(1, 8)]


@given(st.lists(spans), st.booleans())
def test_merged_spans_hold_the_same_characters(found: list[Span], touching: bool) -> None:
    """Nothing is lost or added; the spans are in order and none overlaps the next."""
    merged = merge_spans(found, touching=touching)
    assert characters(merged) == characters(found)
    gaps = [two.start - one.end for one, two in pairwise(merged)]
    assert all(gap > 0 if touching else gap >= 0 for gap in gaps)


@given(st.lists(spans), spans, st.integers(0, 3))
def test_clipped_spans_hold_the_characters_inside_the_window(
    found: list[Span], window: Span, offset: int
) -> None:
    """Counted from the window's start; empty spans are left out."""
    clipped = clip_spans(found, window, offset=offset)
    inside = {at - window.start + offset for at in characters(found) & characters([window])}
    assert characters(clipped) == inside
    assert all(span.start < span.end for span in clipped)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 60), st.data())
def test_a_window_is_as_long_as_it_may_be_and_holds_its_mark(
    mark: int, beyond: int, size: int, data: st.DataObject
) -> None:
    """A text that fits is shown whole, any other by ``size`` characters of it."""
    length, lead = mark + beyond + 1, data.draw(st.integers(0, size - 1))
    window = window_around(mark, length, size=size, lead=lead)
    assert window.end - window.start == min(length, size)
    assert 0 <= window.start <= mark < window.end <= length
