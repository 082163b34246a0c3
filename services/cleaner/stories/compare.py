"""Decide whether two articles are copies.

Copies share many runs of words, or one holds most of the other, and their numbers were not
replaced. Today's market report has yesterday's words and other numbers: it is another report. So
similar texts are aligned, and if several numbers have other numbers in their place, the texts are
no copies.
"""

from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from services.cleaner.stories.article_words import ArticleWords

MIN_JACCARD: Final = 0.3
MIN_CONTAINED: Final = 0.6
MIN_CONTAINED_WORDS: Final = 25
"""Most of a shorter text may be in another by chance."""
SAME: Final = 0.995
MAX_NUMBERS: Final = 3
MAX_NUMBER_SHARE: Final = 0.012
_MAX_REPLACED_WORDS: Final = 8
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


def compare_articles(first: ArticleWords, second: ArticleWords) -> CopyVerdict:
    """Return what the two are to each other; the order does not matter."""
    common = len(first.runs & second.runs)
    if not common:
        return CopyVerdict.OTHER
    jaccard = common / len(first.runs | second.runs)
    contained = common / min(len(first.runs), len(second.runs))
    long_enough = min(len(first.words), len(second.words)) >= MIN_CONTAINED_WORDS
    if jaccard < MIN_JACCARD and not (contained >= MIN_CONTAINED and long_enough):
        return CopyVerdict.OTHER
    if jaccard < SAME and is_refilled(*sorted((first.words, second.words))):
        return CopyVerdict.FORM
    return CopyVerdict.COPY if jaccard >= MIN_JACCARD else CopyVerdict.EXCERPT


def is_refilled(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Return whether numbers of one text have other numbers in their place in the other.

    Three times are enough, or many for the number of words that agree.
    """
    aligned = replaced = 0
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    for kind, start, end, second_start, second_end in matcher.get_opcodes():
        if kind == "equal":
            aligned += end - start
            continue
        is_short = max(end - start, second_end - second_start) <= _MAX_REPLACED_WORDS
        if kind == "replace" and is_short:
            left, right = _numbers(first[start:end]), _numbers(second[second_start:second_end])
            replaced += bool(left and right and left != right)
    is_often = replaced > 0 and replaced >= MAX_NUMBER_SHARE * max(1, aligned)
    return replaced >= MAX_NUMBERS or is_often


def _numbers(words: tuple[str, ...]) -> list[str]:
    return [word for word in words if word[0].isdigit()]
