"""Texts that were wrapped at a column (mail, old wires): their lines are joined to paragraphs again.

A text is taken as wrapped only where much speaks for it: the longest line is as long as a column, and lines keep going on in lower case in the next.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from services.cleaner.text.characters import tidy

_SHORTEST_COLUMN: Final = 40
_LONGEST_COLUMN: Final = 100
_FULL_SHARE: Final = 0.7
"""A wrapped line fills at least this share of the column, or its paragraph ends with it."""
_CONTINUATIONS: Final = 3
_CONTINUED_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True)
class TextParagraph:
    """Lines ``first`` to ``end`` (exclusive, from 0) of the text, which are one paragraph; ``text`` is tidied."""

    first: int
    end: int
    text: str


def stretches(lines: Sequence[str]) -> list[TextParagraph]:
    """The paragraphs of the text, in order: each line with text by itself, or the joined lines of a wrapped text."""
    tidied = [tidy(line) for line in lines]
    column = max(map(len, tidied), default=0)
    if not is_wrapped(tidied, column):
        return [TextParagraph(at, at + 1, text) for at, text in enumerate(tidied) if text]
    return [
        TextParagraph(first, end, " ".join(tidied[first:end]))
        for first, end in _blocks(tidied, column)
    ]


def is_wrapped(lines: Sequence[str], column: int) -> bool:
    """Whether lines, the longest of ``column`` characters, look like one text wrapped there."""
    if not _SHORTEST_COLUMN <= column <= _LONGEST_COLUMN:
        return False
    pairs = [(one, following) for one, following in pairwise(lines) if one and following]
    continued = sum(_fills(one, column) and following[0].islower() for one, following in pairs)
    return continued >= _CONTINUATIONS and continued >= _CONTINUED_SHARE * len(pairs)


def _blocks(lines: Sequence[str], column: int) -> Iterator[tuple[int, int]]:
    """First and end of each run of lines that are one paragraph: all but its last fill the column."""
    first = 0
    for at, text in enumerate(lines):
        ends = at + 1 == len(lines) or not lines[at + 1] or not _fills(text, column)
        if text and ends:
            yield first, at + 1
        if not text or ends:
            first = at + 1


def _fills(line: str, column: int) -> bool:
    return len(line) >= _FULL_SHARE * column
