"""Spans of a text: join the overlapping ones, clip them to a part of the text, choose that part.

A span is a half-open range of code points, as in messages.
"""

from collections.abc import Iterable

from shared.messages.schemas import Span


def merge_spans(spans: Iterable[Span], *, touching: bool = False) -> list[Span]:
    """Return the spans in order, overlapping ones joined, with ``touching`` also adjacent ones."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if merged and span.start < merged[-1].end + touching:
            merged[-1] = Span(start=merged[-1].start, end=max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def clip_spans(spans: Iterable[Span], window: Span, *, offset: int = 0) -> list[Span]:
    """Return the parts of the spans inside a window, counted from its start.

    Spans outside the window and empty ones are left out. ``offset`` is added to every position: the
    length of what is shown before the window, such as an ellipsis.
    """
    moved = offset - window.start
    parts = ((max(span.start, window.start), min(span.end, window.end)) for span in spans)
    return [Span(start=start + moved, end=end + moved) for start, end in parts if start < end]


def window_around(mark: int, length: int, *, size: int, lead: int) -> Span:
    """Return at most ``size`` characters of a text of this length, from ``lead`` before a mark on.

    Near the end of the text the window begins earlier, so that it is as long as it may be.
    """
    start = max(0, min(mark - lead, length - size))
    return Span(start=start, end=min(length, start + size))
