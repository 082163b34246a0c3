"""Shorten texts between words, around the words that matter. Pure."""

from collections.abc import Sequence
from typing import Final

from shared.messages.schemas import Span
from shared.text.spans import clip_spans, window_around

ELLIPSIS: Final = "…"


def clip(text: str, limit: int) -> str:
    """Cut the text to ``limit`` code points, at a word if one ends nearby; … marks the cut."""
    if len(text) <= limit:
        return text
    cut = text[: max(0, limit - 1)]
    blank = cut.rfind(" ")
    return (cut[:blank] if blank > len(cut) * 2 // 3 else cut).rstrip() + ELLIPSIS


def clip_around_marks(text: str, marks: Sequence[Span], limit: int) -> tuple[str, list[Span]]:
    """Cut a text to ``limit`` code points around its first mark, and move the marks with it.

    It is cut between words and outside marks; only a first mark that is too long itself is cut.
    … marks each cut.
    """
    if len(text) <= limit:
        return text, list(marks)
    first = min((mark.start for mark in marks), default=0)
    part = window_around(first, len(text), size=limit - 2 * len(ELLIPSIS), lead=limit // 3)
    part = _between_words(text, marks, part, first)
    head, tail = ELLIPSIS if part.start else "", ELLIPSIS if part.end < len(text) else ""
    return head + text[part.start : part.end] + tail, clip_spans(marks, part, offset=len(head))


def _between_words(text: str, marks: Sequence[Span], part: Span, first: int) -> Span:
    """Shorten a part of a text so that it begins and ends between words, and cuts no mark."""
    start, end = part.start, part.end
    blank = text.find(" ", start, first)
    if start and blank >= 0:
        start = blank + 1
    mark_end = max(
        (mark.end for mark in marks if first <= mark.start and mark.end <= end), default=0
    )
    cut = min((mark.start for mark in marks if mark.start < end < mark.end), default=end)
    if cut > first:
        end = cut
    blank = text.rfind(" ", max(mark_end, start), end)
    return Span(start=start, end=blank if blank > 0 and end < len(text) else end)
