"""Bounded excerpts of text with marked spans, as parts. Pure.

The page joins the parts: it never counts characters, which a browser counts differently.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.messages.schemas import Span

EXCERPT_CHARACTERS: Final = 480
_BEFORE_MARK: Final = EXCERPT_CHARACTERS // 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPart:
    """A part of a text; ``mark`` says whether the rule matched it."""

    text: str
    mark: bool = False


def excerpt_parts(text: str, marks: Sequence[Span]) -> tuple[TextPart, ...]:
    """Return at most EXCERPT_CHARACTERS of the text around the first mark, in parts.

    Marks may overlap or lie outside the text.
    """
    spans = _merge(len(text), marks)
    start, end = _window(len(text), spans)
    parts = [TextPart(text="… ")] if start else []
    at = start
    for span in spans:
        if span.start >= end:
            break
        parts += [
            TextPart(text=text[at : span.start]),
            TextPart(text=text[max(span.start, at) : min(span.end, end)], mark=True),
        ]
        at = min(span.end, end)
    parts += [TextPart(text=text[at:end])] + ([TextPart(text=" …")] if end < len(text) else [])
    return tuple(part for part in parts if part.text)


def mark_parts(text: str, marks: Sequence[Span]) -> tuple[TextPart, ...]:
    """Return the whole text in parts. Marks may overlap or lie outside it."""
    parts, at = list[TextPart](), 0
    for span in _merge(len(text), marks):
        parts += [
            TextPart(text=text[at : span.start]),
            TextPart(text=text[span.start : span.end], mark=True),
        ]
        at = span.end
    return tuple(part for part in (*parts, TextPart(text=text[at:])) if part.text)


def _window(length: int, spans: Sequence[Span]) -> tuple[int, int]:
    if length <= EXCERPT_CHARACTERS:
        return 0, length
    first = spans[0].start if spans else 0
    start = min(max(0, first - _BEFORE_MARK), length - EXCERPT_CHARACTERS)
    return start, start + EXCERPT_CHARACTERS


def _merge(length: int, marks: Sequence[Span]) -> list[Span]:
    """Return the marks inside the text, in order, merged where they touch."""
    merged: list[Span] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, mark.end)):
        start, end = max(0, mark.start), min(length, mark.end)
        if start >= end:
            continue
        if merged and start <= merged[-1].end:
            merged[-1] = Span(start=merged[-1].start, end=max(end, merged[-1].end))
        else:
            merged.append(Span(start=start, end=end))
    return merged


def shorten(text: str, limit: int) -> str:
    """Return the text on one line, cut with an ellipsis beyond ``most`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
