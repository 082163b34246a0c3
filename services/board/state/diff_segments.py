"""A text in segments: repeated elsewhere, added in this version, or removed by it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.board.state.cards import HEADLINE_CHARACTERS
from services.board.state.excerpt import shorten
from shared.messages.schemas import Change, Span


class SegmentKind(StrEnum):
    """What is known about a segment."""

    PLAIN = ""
    REPEATED = "repeated"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffSegment:
    """A segment of a text; a removed one is not part of the text any more."""

    text: str
    kind: SegmentKind = SegmentKind.PLAIN


def diff_segments(
    text: str, start: int, repeated: Sequence[Span], changes: Sequence[Change]
) -> tuple[DiffSegment, ...]:
    """Split a text into segments.

    ``start`` is the offset of the text within the one that the spans and changes refer to. Added
    text is not also marked as repeated.
    """
    end = start + len(text)
    added = [(change.start, change.end) for change in changes]
    removed = {
        change.start: change.removed
        for change in changes
        if change.removed and start <= change.start <= end
    }
    bounds = {
        start,
        end,
        *removed,
        *(at for change in repeated for at in (change.start, change.end)),
        *(at for change in added for at in change),
    }
    cuts = sorted(at for at in bounds if start <= at <= end)
    segments = list(
        _stretches(cuts, [(change.start, change.end) for change in repeated], added, removed)
    )
    return tuple(
        piece
        if isinstance(piece, DiffSegment)
        else DiffSegment(text=text[piece[0] - start : piece[1] - start], kind=piece[2])
        for piece in segments
    )


def _stretches(
    cuts: Sequence[int],
    repeated: Sequence[tuple[int, int]],
    added: Sequence[tuple[int, int]],
    removed: dict[int, str],
) -> Iterator[DiffSegment | tuple[int, int, SegmentKind]]:
    for at, following in zip(cuts, (*cuts[1:], cuts[-1]), strict=True):
        if at in removed:
            yield DiffSegment(
                text=shorten(removed[at], HEADLINE_CHARACTERS), kind=SegmentKind.REMOVED
            )
        if at < following:
            yield (
                at,
                following,
                SegmentKind.ADDED
                if _inside(at, added)
                else SegmentKind.REPEATED
                if _inside(at, repeated)
                else SegmentKind.PLAIN,
            )


def _inside(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)
