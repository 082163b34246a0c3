"""A sentence and its marked spans → a few stretches of text, marked or not, of bounded length. Pure.

The page puts the stretches one after the other: it never counts characters, which a browser counts differently from us.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.messages.schemas import Span

EXCERPT_CHARACTERS: Final = 480
_BEFORE_MARK: Final = EXCERPT_CHARACTERS // 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPart:
    """A stretch of text; ``mark`` says whether the rule matched it."""

    text: str
    mark: bool = False


def excerpt_parts(text: str, marks: Sequence[Span]) -> tuple[TextPart, ...]:
    """The text in stretches, at most EXCERPT_CHARACTERS of it around the first mark; marks may overlap or point outside."""
    spans = _merged(len(text), marks)
    start, end = _window(len(text), spans)
    found = [TextPart(text="… ")] if start else []
    at = start
    for span in spans:
        if span.start >= end:
            break
        found += [
            TextPart(text=text[at : span.start]),
            TextPart(text=text[max(span.start, at) : min(span.end, end)], mark=True),
        ]
        at = min(span.end, end)
    found += [TextPart(text=text[at:end])] + ([TextPart(text=" …")] if end < len(text) else [])
    return tuple(part for part in found if part.text)


def mark_parts(text: str, marks: Sequence[Span]) -> tuple[TextPart, ...]:
    """The whole text in stretches; marks may overlap or point outside."""
    found, at = list[TextPart](), 0
    for span in _merged(len(text), marks):
        found += [
            TextPart(text=text[at : span.start]),
            TextPart(text=text[span.start : span.end], mark=True),
        ]
        at = span.end
    return tuple(part for part in (*found, TextPart(text=text[at:])) if part.text)


def _window(length: int, spans: Sequence[Span]) -> tuple[int, int]:
    if length <= EXCERPT_CHARACTERS:
        return 0, length
    first = spans[0].start if spans else 0
    start = min(max(0, first - _BEFORE_MARK), length - EXCERPT_CHARACTERS)
    return start, start + EXCERPT_CHARACTERS


def _merged(length: int, marks: Sequence[Span]) -> list[Span]:
    """The marks inside the text, in order, none touching the next."""
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


def shorten(text: str, most: int) -> str:
    """The text on one line, cut with an ellipsis where it is longer than ``most`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
