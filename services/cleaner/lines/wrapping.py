"""Texts that were wrapped at a column (mail, old wires): their lines are joined to paragraphs again.

A text is taken as wrapped only where much speaks for it: no line is longer than a column, and lines keep going on in lower case in the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from services.cleaner.text import tidy

_LONGEST_COLUMN: Final = 100
_FULL_SHARE: Final = 0.7
"""A wrapped line fills at least this share of the column, or its paragraph ends with it."""
_CONTINUATIONS: Final = 3
_CONTINUED_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines ``first`` to ``end`` (exclusive, from 0) of the text, which are one paragraph; ``text`` is tidied."""

    first: int
    end: int
    text: str


def stretches(lines: Sequence[str]) -> list[Stretch]:
    """The paragraphs of the text, in order: each line with text by itself, or the joined lines of a wrapped text."""
    tidied = [tidy(line) for line in lines]
    column = max(map(len, tidied), default=0)
    if not is_wrapped(tidied, column):
        return [Stretch(at, at + 1, text) for at, text in enumerate(tidied) if text]
    joined: list[Stretch] = []
    for at, text in enumerate(tidied):
        if at and text and tidied[at - 1] and _fills(tidied[at - 1], column):
            before = joined.pop()
            joined.append(Stretch(before.first, at + 1, f"{before.text} {text}"))
        elif text:
            joined.append(Stretch(at, at + 1, text))
    return joined


def is_wrapped(lines: Sequence[str], column: int) -> bool:
    """Whether lines, none longer than ``column`` characters, look like one text wrapped there."""
    if column > _LONGEST_COLUMN:
        return False
    pairs = [(one, following) for one, following in pairwise(lines) if one and following]
    continued = sum(_fills(one, column) and following[0].islower() for one, following in pairs)
    return continued >= _CONTINUATIONS and continued >= _CONTINUED_SHARE * len(pairs)


def _fills(line: str, column: int) -> bool:
    return len(line) >= _FULL_SHARE * column
