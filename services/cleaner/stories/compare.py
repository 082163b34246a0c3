"""Whether two articles are copies: they share many runs of words, or one holds most of the other, and no numbers were filled in anew.

A market report of today has yesterday's words and other numbers: it is another report. So texts that are alike are aligned, and where
numbers stand in place of other numbers several times, they are no copies.
"""

from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from services.cleaner.stories.article_words import ArticleWords

JACCARD: Final = 0.3
CONTAINED: Final = 0.6
SHORTEST_CONTAINED_WORDS: Final = 25
"""Of a shorter text, most may stand in another by chance."""
SAME: Final = 0.995
MOST_NUMBERS: Final = 3
MOST_NUMBER_SHARE: Final = 0.012
_LONGEST_REPLACED: Final = 8
"""Longer passages in each other's place are other text, not a form filled in."""


class CopyVerdict(StrEnum):
    """What two articles are to each other, and why."""

    COPY = "copy: many runs of words in common"
    EXCERPT = "copy: one holds most of the other"
    OTHER = "too little in common"
    FORM = "the same form with other numbers"

    @property
    def is_copy(self) -> bool:
        """Whether they tell the same story in the same words."""
        return self in {CopyVerdict.COPY, CopyVerdict.EXCERPT}


def compared(one: ArticleWords, other: ArticleWords) -> CopyVerdict:
    """What the two are to each other; the order does not matter."""
    common = len(one.runs & other.runs)
    if not common:
        return CopyVerdict.OTHER
    jaccard = common / len(one.runs | other.runs)
    contained = common / min(len(one.runs), len(other.runs))
    long_enough = min(len(one.words), len(other.words)) >= SHORTEST_CONTAINED_WORDS
    if jaccard < JACCARD and not (contained >= CONTAINED and long_enough):
        return CopyVerdict.OTHER
    if jaccard < SAME and is_refilled(*sorted((one.words, other.words))):
        return CopyVerdict.FORM
    return CopyVerdict.COPY if jaccard >= JACCARD else CopyVerdict.EXCERPT


def is_refilled(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether numbers of one stand where other numbers of the other stand, three times or often for the words that agree."""
    aligned = replaced = 0
    for kind, start, end, other_start, other_end in SequenceMatcher(
        None, one, other, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            aligned += end - start
        elif kind == "replace" and max(end - start, other_end - other_start) <= _LONGEST_REPLACED:
            left, right = _numbers(one[start:end]), _numbers(other[other_start:other_end])
            replaced += bool(left and right and left != right)
    return replaced >= MOST_NUMBERS or (
        replaced > 0 and replaced >= MOST_NUMBER_SHARE * max(1, aligned)
    )


def _numbers(words: tuple[str, ...]) -> list[str]:
    return [word for word in words if word[0].isdigit()]
