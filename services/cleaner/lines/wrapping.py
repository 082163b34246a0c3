"""Texts wrapped at a column (mail, old wires): join their lines to paragraphs again.

A text counts as wrapped only if much speaks for it: its longest line is as long as a column, and
many lines continue in lower case on the next one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from services.cleaner.text.characters import tidy

_MIN_COLUMN: Final = 40
_MAX_COLUMN: Final = 100
_FULL_SHARE: Final = 0.7
"""A wrapped line fills at least this share of the column, or ends its paragraph."""
_MIN_CONTINUED: Final = 3
_MIN_CONTINUED_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True)
class TextParagraph:
    """Lines ``first`` to ``end`` (exclusive, from 0) that are one paragraph; ``text`` is tidied."""

    first: int
    end: int
    text: str


def unwrap_paragraphs(lines: Sequence[str]) -> list[TextParagraph]:
    """Return the paragraphs in order: the joined lines of a wrapped text, else each line."""
    texts = [tidy(line) for line in lines]
    column = max(map(len, texts), default=0)
    if not is_wrapped(texts, column):
        return [TextParagraph(index, index + 1, text) for index, text in enumerate(texts) if text]
    return [
        TextParagraph(first, end, " ".join(texts[first:end]))
        for first, end in _blocks(texts, column)
    ]


def is_wrapped(lines: Sequence[str], column: int) -> bool:
    """Return whether lines look like one text wrapped at ``column``, the length of the longest."""
    if not _MIN_COLUMN <= column <= _MAX_COLUMN:
        return False
    pairs = [(line, following) for line, following in pairwise(lines) if line and following]
    continued = sum(_fills(line, column) and following[0].islower() for line, following in pairs)
    return continued >= _MIN_CONTINUED and continued >= _MIN_CONTINUED_SHARE * len(pairs)


def _blocks(lines: Sequence[str], column: int) -> Iterator[tuple[int, int]]:
    """Yield first and end of each run of lines of which all but the last fill the column."""
    first = 0
    for index, text in enumerate(lines):
        following = index + 1
        ends = following == len(lines) or not lines[following] or not _fills(text, column)
        if text and ends:
            yield first, following
        if not text or ends:
            first = following


def _fills(line: str, column: int) -> bool:
    return len(line) >= _FULL_SHARE * column
