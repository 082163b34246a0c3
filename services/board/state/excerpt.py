"""Bounded excerpts of text with marked spans, as parts. Pure.

The page joins the parts: it never counts characters, which a browser counts differently.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.messages.schemas import Span
from shared.text.spans import clip_spans, merge_spans, window_around

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
    spans = _inside(text, marks)
    first = spans[0].start if spans else 0
    window = window_around(first, len(text), size=EXCERPT_CHARACTERS, lead=_BEFORE_MARK)
    parts = _split(text[window.start : window.end], clip_spans(spans, window))
    head = (TextPart(text="… "),) if window.start else ()
    tail = (TextPart(text=" …"),) if window.end < len(text) else ()
    return (*head, *parts, *tail)


def mark_parts(text: str, marks: Sequence[Span]) -> tuple[TextPart, ...]:
    """Return the whole text in parts. Marks may overlap or lie outside it."""
    return _split(text, _inside(text, marks))


def _inside(text: str, marks: Sequence[Span]) -> list[Span]:
    """Return the marks inside the text, in order, merged where they touch."""
    return merge_spans(clip_spans(marks, Span(start=0, end=len(text))), touching=True)


def _split(text: str, spans: Sequence[Span]) -> tuple[TextPart, ...]:
    parts, at = list[TextPart](), 0
    for span in spans:
        parts += [
            TextPart(text=text[at : span.start]),
            TextPart(text=text[span.start : span.end], mark=True),
        ]
        at = span.end
    return tuple(part for part in (*parts, TextPart(text=text[at:])) if part.text)


def shorten(text: str, limit: int) -> str:
    """Return the text on one line, cut with an ellipsis beyond ``limit`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
