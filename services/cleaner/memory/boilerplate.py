"""What follows for an article from the lines that other articles of its source carry, too. Pure.

Marked: what stands in others is no evidence of what this one is about; a fragment in one of them, a sentence in two, because a story's words
come again more easily. Cut, from plain text only, where nothing but the words tells an article from what surrounds it: a fragment in two
others; a sentence in three, and only where a good part of the source's articles have it, because a wire's stories repeat their background,
and that is text. An update tells an earlier article again: what it shares with it is the story's, not the source's, and is neither marked
nor counted again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Final

from services.cleaner.memory.fingerprints import LineFingerprint
from services.cleaner.memory.line_counts import faded_articles, weights
from shared.messages.schemas import SourceMemory

FRAGMENT_MARKED_FROM: Final = 1
FRAGMENT_CUT_FROM: Final = 2
SENTENCE_MARKED_FROM: Final = 2
SENTENCE_CUT_FROM: Final = 3
SENTENCE_CUT_SHARE: Final = 0.25
_LONG_WORDS: Final = 20
"""Paragraphs of this length tell a story; it takes some of them to tell it again."""
_RETOLD_PARAGRAPHS: Final = 3
_RETOLD_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class LineClassification:
    """Fingerprints of the lines to cut, of those to mark, and of those that the source's memory is to count."""

    cut: frozenset[str]
    marked: frozenset[str]
    counted: tuple[str, ...]


def classify(
    memory: SourceMemory, lines: Sequence[LineFingerprint], *, may_cut: bool, own: int = 0
) -> LineClassification:
    """Judge an article's lines. ``own``: 1 where an earlier version of the article was counted; ``may_cut``: it is plain text."""
    others = weights(memory, [line.fingerprint for line in lines], own=own)
    retold = _retold(lines, others)
    its_source = [line for line in lines if others[line.fingerprint] > retold]
    articles = faded_articles(memory.articles)
    cut = frozenset(
        line.fingerprint
        for line in its_source
        if may_cut and _is_cut(line, others[line.fingerprint], articles)
    )
    marked = (
        frozenset(
            line.fingerprint for line in its_source if _is_marked(line, others[line.fingerprint])
        )
        - cut
    )
    counted = tuple(each for each, weight in others.items() if weight == 0 or weight > retold)
    return LineClassification(cut, marked, counted)


def _is_marked(line: LineFingerprint, weight: float) -> bool:
    return weight >= (SENTENCE_MARKED_FROM if line.prose else FRAGMENT_MARKED_FROM)


def _is_cut(line: LineFingerprint, weight: float, articles: float) -> bool:
    if line.prose:
        return weight >= SENTENCE_CUT_FROM and weight >= SENTENCE_CUT_SHARE * articles
    return weight >= FRAGMENT_CUT_FROM


def _retold(lines: Sequence[LineFingerprint], others: Mapping[str, float]) -> float:
    """How often a story was told before that this article tells again, 0 where it does not: lines that came no oftener are that story's."""
    long = [line for line in lines if line.prose and line.words >= _LONG_WORDS]
    known = [line for line in long if others[line.fingerprint] > 0]
    again = sum(line.words for line in known) >= _RETOLD_SHARE * sum(line.words for line in long)
    return (
        median_low([others[line.fingerprint] for line in known])
        if again and len(known) >= _RETOLD_PARAGRAPHS
        else 0.0
    )
