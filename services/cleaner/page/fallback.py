"""The second opinion: trafilatura's extraction with its precision settings, as paragraphs. It never fetches anything."""

import re
from collections import Counter
from typing import Final

import trafilatura

from services.cleaner.lines.line_types import (
    COPYRIGHT,
    FURNITURE,
    SUBSCRIPTION,
    TEMPLATE,
    is_one_of,
    line_of,
)
from services.cleaner.page.parse import is_ordinary
from services.cleaner.text.characters import fold, tidy, tokens, word_count

NEVER_BODY: Final = frozenset((TEMPLATE, COPYRIGHT, FURNITURE))
"""Kinds of lines that are no story's, wherever they stand."""
_TABLE_RULE: Final = re.compile(r"[|\s:-]+")
_SHINGLE_WORDS: Final = 4


def second_opinion(text: str) -> tuple[str, ...]:
    """The paragraphs, in order; none where trafilatura finds no text, or the page is beyond measure. A row of a table is a paragraph."""
    if not is_ordinary(text):
        return ()
    tree = trafilatura.load_html(text.replace("\x00", ""))
    found = (
        trafilatura.bare_extraction(
            tree, favor_precision=True, include_comments=False, with_metadata=False
        )
        if tree is not None
        else None
    )
    lines = [_without_frame(tidy(line)) for line in (found.text or "").split("\n")] if found else []
    return without_offers(
        [line for line in lines if line and not is_one_of(line, word_count(line), NEVER_BODY)]
    )


def without_offers(paragraphs: list[str]) -> tuple[str, ...]:
    """The paragraphs without subscription offers at the end; in the midst, a line that speaks of signing up is the story's own."""
    end = len(paragraphs)
    while end and line_of(paragraphs[end - 1]).junk == SUBSCRIPTION:
        end -= 1
    return tuple(paragraphs[:end])


def overlap(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """How much of both texts is in both: twice the common runs of four words by all runs, 0 to 1."""
    left, right = _shingles(one), _shingles(other)
    return 2 * (left & right).total() / max(1, left.total() + right.total())


def _shingles(paragraphs: tuple[str, ...]) -> Counter[tuple[str, ...]]:
    words = tokens(fold("\n".join(paragraphs)))
    return Counter(zip(*(words[at:] for at in range(_SHINGLE_WORDS)), strict=False))


def _without_frame(line: str) -> str:
    if not line.startswith("|"):
        return line
    return "" if _TABLE_RULE.fullmatch(line) else line.strip("| ")
