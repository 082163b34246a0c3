"""Decide whether two articles are copies.

Copies share many runs of words, or one holds most of the other, and their numbers were not
replaced. Today's market report has yesterday's words and other numbers: it is another report. So
similar texts are aligned, and if several numbers have other numbers in their place, the texts are
no copies. Nor are they if one says "have reached" where the other says "have not reached", in the
lead or twice: the opposite news has nearly the same words.
"""

from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from services.cleaner.stories.article_words import ArticleWords
from shared.text.negation import is_denied

MIN_JACCARD: Final = 0.3
MIN_CONTAINED: Final = 0.6
MIN_CONTAINED_WORDS: Final = 25
"""Most of a shorter text may be in another by chance."""
SAME: Final = 0.995
MAX_NUMBERS: Final = 3
MAX_NUMBER_SHARE: Final = 0.012
MAX_DENIALS: Final = 2
LEAD_WORDS: Final = 50
_MAX_REPLACED_WORDS: Final = 8
"""Longer passages in each other's place are other text, not a form filled in."""


class CopyVerdict(StrEnum):
    """What two articles are to each other, and why."""

    COPY = "copy: many runs of words in common"
    EXCERPT = "copy: one holds most of the other"
    OTHER = "too little in common"
    FORM = "the same form with other numbers"
    DENIAL = "the same words, but one denies what the other says"

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
    difference = find_difference(*sorted((first.words, second.words))) if jaccard < SAME else None
    if difference:
        return difference
    return CopyVerdict.COPY if jaccard >= MIN_JACCARD else CopyVerdict.EXCERPT


def find_difference(first: tuple[str, ...], second: tuple[str, ...]) -> CopyVerdict | None:
    """Return why two texts of nearly the same words are no copies; None if they may be.

    Other numbers in each other's place count if there are three, or many for the number of words
    that agree; denials if there are two, or one in the lead.
    """
    aligned = replaced = denied = 0
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    for kind, start, end, second_start, second_end in matcher.get_opcodes():
        if kind == "equal":
            aligned += end - start
            continue
        left, right = first[start:end], second[second_start:second_end]
        if max(len(left), len(right)) > _MAX_REPLACED_WORDS:
            continue
        numbers, others = _numbers(left), _numbers(right)
        replaced += bool(numbers and others and numbers != others)
        if is_denied(left, right, before=first[start - 1] if start else ""):
            is_lead = min(start, second_start) < LEAD_WORDS
            denied += MAX_DENIALS if is_lead else 1
    is_often = replaced > 0 and replaced >= MAX_NUMBER_SHARE * max(1, aligned)
    if replaced >= MAX_NUMBERS or is_often:
        return CopyVerdict.FORM
    return CopyVerdict.DENIAL if denied >= MAX_DENIALS else None


def _numbers(words: tuple[str, ...]) -> list[str]:
    return [word for word in words if word[0].isdigit()]
