"""Which lines of an article are boilerplate, because other articles of its source have them. Pure.

Marked lines are no evidence of what the article is about: a fragment that one other article has, a
sentence that two have, because the words of a story come again more easily.

Removed lines come from plain text only, where nothing but the words tells an article from what
surrounds it: a fragment that two other articles have; a sentence that three have, and only if a
good part of the source's articles have it, because a wire's stories repeat their background, and
that is text.

An update tells an earlier article again: the lines that it shares with it belong to the story, not
to the source, and are neither marked nor counted again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Final

from services.cleaner.memory.fingerprints import LineFingerprint
from services.cleaner.memory.line_counts import effective_articles, line_counts
from shared.messages.schemas import SourceMemory

MIN_MARK_FRAGMENT: Final = 1
MIN_REMOVE_FRAGMENT: Final = 2
MIN_MARK_SENTENCE: Final = 2
MIN_REMOVE_SENTENCE: Final = 3
MIN_REMOVE_SENTENCE_SHARE: Final = 0.25
_LONG_WORDS: Final = 20
"""Paragraphs of this length tell a story; it takes several of them to tell it again."""
_RETOLD_PARAGRAPHS: Final = 3
_RETOLD_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class LineClassification:
    """Fingerprints of the lines to remove, of those to mark, and of those that memory counts."""

    removed_lines: frozenset[str]
    marked_lines: frozenset[str]
    counted_lines: tuple[str, ...]


def classify(
    memory: SourceMemory, lines: Sequence[LineFingerprint], *, may_remove: bool, own: int = 0
) -> LineClassification:
    """Classify an article's lines.

    ``own``: 1 if an earlier version of the article was counted; ``may_remove``: it is plain text.
    """
    counts = line_counts(memory, [line.fingerprint for line in lines], own=own)
    story = _story_count(lines, counts)
    repeated = [line for line in lines if counts[line.fingerprint] > story]
    articles = effective_articles(memory.articles)
    removed = frozenset(
        line.fingerprint
        for line in repeated
        if may_remove and _is_removed(line, counts[line.fingerprint], articles)
    )
    to_mark = frozenset(
        line.fingerprint for line in repeated if _is_marked(line, counts[line.fingerprint])
    )
    counted = tuple(line for line, count in counts.items() if count == 0 or count > story)
    return LineClassification(removed, to_mark - removed, counted)


def _is_marked(line: LineFingerprint, count: float) -> bool:
    return count >= (MIN_MARK_SENTENCE if line.is_prose else MIN_MARK_FRAGMENT)


def _is_removed(line: LineFingerprint, count: float, articles: float) -> bool:
    if line.is_prose:
        return count >= MIN_REMOVE_SENTENCE and count >= MIN_REMOVE_SENTENCE_SHARE * articles
    return count >= MIN_REMOVE_FRAGMENT


def _story_count(lines: Sequence[LineFingerprint], counts: Mapping[str, float]) -> float:
    """Return how often a story was told before that this article tells again; 0 for a new story.

    Lines that came no more often than that belong to the story.
    """
    long = [line for line in lines if line.is_prose and line.words >= _LONG_WORDS]
    repeated = [line for line in long if counts[line.fingerprint] > 0]
    words, repeated_words = (sum(line.words for line in group) for group in (long, repeated))
    if len(repeated) < _RETOLD_PARAGRAPHS or repeated_words < _RETOLD_SHARE * words:
        return 0.0
    return median_low([counts[line.fingerprint] for line in repeated])
