"""The second opinion: trafilatura's extraction with its precision settings, as paragraphs.

It never fetches anything. trafilatura takes long to import, and few pages need it: it is imported
at the first of them.
"""

import re
from collections import Counter
from typing import Final

from services.cleaner.lines.line_types import (
    COPYRIGHT,
    FURNITURE,
    SUBSCRIPTION,
    TEMPLATE,
    is_one_of,
    line_of,
)
from services.cleaner.page.parse import is_ordinary
from services.cleaner.text.characters import normalise, tidy, tokens, word_count

NEVER_BODY: Final = frozenset((TEMPLATE, COPYRIGHT, FURNITURE))
"""Types of lines that belong to no story, wherever they are."""
_TABLE_RULE: Final = re.compile(r"[|\s:-]+")
_SHINGLE_WORDS: Final = 4


def second_opinion(text: str) -> tuple[str, ...]:
    """Return the paragraphs in order; a row of a table is a paragraph.

    There are none if trafilatura finds no text, or if the page is too large for it.
    """
    if not is_ordinary(text):
        return ()
    import trafilatura  # noqa: PLC0415 - see the top of this file

    tree = trafilatura.load_html(text.replace("\x00", ""))
    if tree is None:
        return ()
    document = trafilatura.bare_extraction(
        tree, favor_precision=True, include_comments=False, with_metadata=False
    )
    if not document:
        return ()
    lines = [_without_table_frame(tidy(line)) for line in (document.text or "").split("\n")]
    return without_offers(
        [line for line in lines if line and not is_one_of(line, word_count(line), NEVER_BODY)]
    )


def without_offers(paragraphs: list[str]) -> tuple[str, ...]:
    """Return the paragraphs without subscription offers at the end.

    Inside the text, a line that speaks of signing up belongs to the story.
    """
    end = len(paragraphs)
    while end and line_of(paragraphs[end - 1]).junk == SUBSCRIPTION:
        end -= 1
    return tuple(paragraphs[:end])


def overlap(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    """Return how much of two texts is in both, from 0 to 1.

    It is twice the number of common runs of four words, divided by the number of all runs.
    """
    left, right = _shingles(first), _shingles(second)
    return 2 * (left & right).total() / max(1, left.total() + right.total())


def _shingles(paragraphs: tuple[str, ...]) -> Counter[tuple[str, ...]]:
    words = tokens(normalise("\n".join(paragraphs)))
    return Counter(zip(*(words[start:] for start in range(_SHINGLE_WORDS)), strict=False))


def _without_table_frame(line: str) -> str:
    if not line.startswith("|"):
        return line
    return "" if _TABLE_RULE.fullmatch(line) else line.strip("| ")
