from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.board.state.excerpt import EXCERPT_CHARACTERS, TextPart, excerpt_parts, shorten
from shared.messages.schemas import Span

SPANS = st.lists(st.builds(Span, start=st.integers(-5, 60), end=st.integers(-5, 60)), max_size=8)


@given(text=st.text(max_size=50), marks=SPANS)
def test_parts_are_the_text_with_exactly_the_marked_characters_marked(
    text: str, marks: list[Span]
) -> None:
    """Against the slow obvious way: look at each character whether any mark covers it."""
    found = excerpt_parts(text, marks)
    obvious = [(c, any(mark.start <= i < mark.end for mark in marks)) for i, c in enumerate(text)]
    assert [(c, part.mark) for part in found for c in part.text] == obvious


@given(text=st.text(max_size=50), marks=SPANS)
def test_no_two_marked_parts_touch_and_none_is_empty(text: str, marks: list[Span]) -> None:
    """Overlapping and neighbouring marks are one stretch, so the page needs no care."""
    found = excerpt_parts(text, marks)
    assert all(part.text for part in found)
    assert all(one.mark != other.mark for one, other in pairwise(found))


def test_offsets_count_code_points_not_utf_16_units() -> None:
    """An emoji before the mark does not shift it."""
    assert excerpt_parts("😀 Kim", [Span(start=2, end=5)]) == (
        TextPart(text="😀 "),
        TextPart(text="Kim", mark=True),
    )


def test_a_long_text_is_cut_around_its_first_mark() -> None:
    """A megabyte of text costs the page a sentence's worth, and the mark is in it."""
    text = "a" * 500_000 + "Kim" + "b" * 500_000
    found = excerpt_parts(text, [Span(start=500_000, end=500_003)])
    assert found[0].text == "… "
    assert found[-1].text == " …"
    assert TextPart(text="Kim", mark=True) in found
    assert sum(len(part.text) for part in found[1:-1]) == EXCERPT_CHARACTERS


def test_a_mark_longer_than_the_window_is_cut_with_it() -> None:
    """One mark over everything gives no more than the window."""
    found = excerpt_parts("x" * 2_000, [Span(start=0, end=2_000)])
    assert [(len(part.text), part.mark) for part in found] == [
        (EXCERPT_CHARACTERS, True),
        (2, False),
    ]


def test_a_long_text_without_marks_is_cut_at_its_end() -> None:
    """Nothing to centre on: the beginning is shown."""
    assert excerpt_parts("y" * 1_000, []) == (
        TextPart(text="y" * EXCERPT_CHARACTERS),
        TextPart(text=" …"),
    )


def test_shortened_puts_a_text_on_one_line_and_cuts_it() -> None:
    """Line breaks become blanks; the ellipsis counts."""
    assert shorten("a\n\tb  c", 10) == "a b c"
    assert shorten("abcdef", 4) == "abc…"
    assert len(shorten("x" * 100, 20)) == 20
