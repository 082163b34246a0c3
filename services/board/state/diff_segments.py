"""A text in stretches, each with what is to be said of it: carried by other articles, too; new in this version; gone with it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.board.state.cards import HEADLINE_CHARACTERS
from services.board.state.excerpt import shorten
from shared.messages.schemas import Change, Span


class SegmentKind(StrEnum):
    """What is to be said of a stretch."""

    PLAIN = ""
    REPEATED = "repeated"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffSegment:
    """A stretch of a text; one that was removed does not stand in it."""

    text: str
    kind: SegmentKind = SegmentKind.PLAIN


def diff_segments(
    text: str, start: int, repeated: Sequence[Span], changes: Sequence[Change]
) -> tuple[DiffSegment, ...]:
    """The text, which begins at ``start`` of that which the spans and changes point into; what is new is not also told to be repeated."""
    end = start + len(text)
    new = [(one.start, one.end) for one in changes]
    gone = {one.start: one.removed for one in changes if one.removed and start <= one.start <= end}
    bounds = {
        start,
        end,
        *gone,
        *(at for one in repeated for at in (one.start, one.end)),
        *(at for one in new for at in one),
    }
    cuts = sorted(at for at in bounds if start <= at <= end)
    found = list(_stretches(cuts, [(one.start, one.end) for one in repeated], new, gone))
    return tuple(
        piece
        if isinstance(piece, DiffSegment)
        else DiffSegment(text=text[piece[0] - start : piece[1] - start], kind=piece[2])
        for piece in found
    )


def _stretches(
    cuts: Sequence[int],
    repeated: Sequence[tuple[int, int]],
    new: Sequence[tuple[int, int]],
    gone: dict[int, str],
) -> Iterator[DiffSegment | tuple[int, int, SegmentKind]]:
    for at, following in zip(cuts, (*cuts[1:], cuts[-1]), strict=True):
        if at in gone:
            yield DiffSegment(text=shorten(gone[at], HEADLINE_CHARACTERS), kind=SegmentKind.REMOVED)
        if at < following:
            yield (
                at,
                following,
                SegmentKind.ADDED
                if _inside(at, new)
                else SegmentKind.REPEATED
                if _inside(at, repeated)
                else SegmentKind.PLAIN,
            )


def _inside(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)
