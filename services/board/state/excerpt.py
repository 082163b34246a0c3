"""A sentence and its marked spans → a few stretches of text, marked or not, of bounded length. Pure.

The page puts the stretches one after the other: it never counts characters, which a browser counts differently from us.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.messages.schemas import Span
from shared.text.spans import clip_spans, merge_spans, window_around

EXCERPT_CHARACTERS: Final = 480
_BEFORE_MARK: Final = EXCERPT_CHARACTERS // 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of text; ``mark`` says whether the rule matched it."""

    text: str
    mark: bool = False


def parts(text: str, marks: Sequence[Span]) -> tuple[Part, ...]:
    """Return the text in parts, at most EXCERPT_CHARACTERS of it around the first mark.

    Marks may overlap or point outside.
    """
    spans = _inside(text, marks)
    first = spans[0].start if spans else 0
    window = window_around(first, len(text), size=EXCERPT_CHARACTERS, lead=_BEFORE_MARK)
    shown = _split(text[window.start : window.end], clip_spans(spans, window))
    head = (Part(text="… "),) if window.start else ()
    tail = (Part(text=" …"),) if window.end < len(text) else ()
    return (*head, *shown, *tail)


def marked(text: str, marks: Sequence[Span]) -> tuple[Part, ...]:
    """Return the whole text in parts; marks may overlap or point outside."""
    return _split(text, _inside(text, marks))


def _inside(text: str, marks: Sequence[Span]) -> list[Span]:
    """Return the marks inside the text, in order, none touching the next."""
    return merge_spans(clip_spans(marks, Span(start=0, end=len(text))), touching=True)


def _split(text: str, spans: Sequence[Span]) -> tuple[Part, ...]:
    found, at = list[Part](), 0
    for span in spans:
        found += [
            Part(text=text[at : span.start]),
            Part(text=text[span.start : span.end], mark=True),
        ]
        at = span.end
    return tuple(part for part in (*found, Part(text=text[at:])) if part.text)


def shortened(text: str, most: int) -> str:
    """The text on one line, cut with an ellipsis where it is longer than ``most`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
