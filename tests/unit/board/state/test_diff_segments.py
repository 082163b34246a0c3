from hypothesis import given
from hypothesis import strategies as st

from services.board.state.diff_segments import SegmentKind, diff_segments
from shared.messages.schemas import Change, Span


def told(
    text: str,
    *,
    start: int = 0,
    repeated: tuple[tuple[int, int], ...] = (),
    changes: tuple[tuple[int, int, str], ...] = (),
) -> list[tuple[str, str]]:
    spans = [Span(start=first, end=end) for first, end in repeated]
    edits = [
        Change(field="body", start=first, end=end, removed=removed)
        for first, end, removed in changes
    ]
    return [(piece.text, piece.kind.value) for piece in diff_segments(text, start, spans, edits)]


def test_a_replaced_word_stands_behind_what_it_replaces() -> None:
    """Removed words first, then the new ones; an insertion and a deletion are each told alone."""
    assert told("ten were hurt", changes=((0, 3, "five"),)) == [
        ("five", "removed"),
        ("ten", "added"),
        (" were hurt", ""),
    ]
    assert told("ten were hurt", changes=((4, 8, ""), (13, 13, "badly"))) == [
        ("ten ", ""),
        ("were", "added"),
        (" hurt", ""),
        ("badly", "removed"),
    ]


def test_spans_point_into_the_whole_text() -> None:
    """A paragraph takes what lies in it, and the part of what reaches into it."""
    assert told("second line", start=12, repeated=((0, 18),), changes=((19, 40, "row"),)) == [
        ("second", "repeated"),
        (" ", ""),
        ("row", "removed"),
        ("line", "added"),
    ]


_spans = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 12)).map(
        lambda pair: (pair[0], pair[0] + pair[1])
    ),
    max_size=4,
)


@given(st.text(max_size=30), st.integers(0, 10), _spans, _spans)
def test_no_character_is_lost_or_told_twice(
    text: str, start: int, repeated: list[tuple[int, int]], new: list[tuple[int, int]]
) -> None:
    """What is not removed is the text, and each character has the kind that its own place says."""
    found = diff_segments(
        text,
        start,
        [Span(start=first, end=end) for first, end in repeated],
        [
            Change(field="body", start=first, end=end, removed="x" * (first % 2))
            for first, end in new
        ],
    )
    kept = [
        (character, piece.kind)
        for piece in found
        if piece.kind is not SegmentKind.REMOVED
        for character in piece.text
    ]

    def kind(at: int) -> SegmentKind:
        return next(
            (
                k
                for k, spans in ((SegmentKind.ADDED, new), (SegmentKind.REPEATED, repeated))
                if any(first <= at < end for first, end in spans)
            ),
            SegmentKind.PLAIN,
        )

    assert kept == [(character, kind(start + offset)) for offset, character in enumerate(text)]
