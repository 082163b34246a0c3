"""The articles that came nearest to firing a rule. Pure.

They are ordered by the number of clauses that lack a word or tag, then by the number that fail,
then the newest first: an article without a word is further away than one with all words in the
wrong places. Ranking starts with what the prefilter counted, which is never too much, and evaluates
only articles that may still be among the nearest.
"""

from bisect import insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.alerting.explain.failure import count_missing_clauses, failures
from services.alerting.explain.why_not import WhyNot, explain_miss
from services.alerting.language.document import Document, prepare
from services.alerting.language.tree import Node
from services.alerting.rules.rule_set import LoadedRule
from shared.messages.codec import decode
from shared.messages.schemas import TaggedArticle

MAX_MISSES: Final = 10

Nearness = tuple[int, int, float, str, str]
"""Clauses that lack a word, clauses that fail, minus the event time, rule id, article id.

A smaller one is nearer.
"""


@dataclass(frozen=True, slots=True, order=True)
class Miss:
    """A record that a rule did not fire on, and how near it was."""

    nearness: Nearness
    record: bytes

    @property
    def rule_id(self) -> str:
        """The id of the rule that did not fire."""
        return self.nearness[3]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedMiss:
    """A near miss with the clause that failed and the smallest change."""

    rule: str
    article: TaggedArticle
    lacking: int
    why: WhyNot


def nearest(
    candidates: Iterable[tuple[int, float, str, bytes]], trees: Mapping[str, Node]
) -> list[Miss]:
    """Return the nearest of the candidates (examine.Candidate), the nearest first."""
    best: list[Miss] = []
    for missing_clauses, older, rule_id, record in sorted(candidates):
        nearest_possible = (missing_clauses, max(1, missing_clauses), older, "", "")
        if len(best) >= MAX_MISSES and best[MAX_MISSES - 1].nearness < nearest_possible:
            break
        nearness = _nearness(trees[rule_id], record, older, rule_id)
        if nearness and not any(_is_same(nearness, miss.nearness) for miss in best):
            insort(best, Miss(nearness, record))
    return best[:MAX_MISSES]


def merge_misses(*lists: Iterable[Miss]) -> list[Miss]:
    """Return the nearest of several lists, each article once per rule."""
    best: list[Miss] = []
    for miss in sorted(miss for misses in lists for miss in misses):
        if not any(_is_same(miss.nearness, other.nearness) for other in best):
            best.append(miss)
    return best[:MAX_MISSES]


def explain_misses(misses: Iterable[Miss], rules: Iterable[LoadedRule]) -> Iterator[ExplainedMiss]:
    """Yield each miss with the clause that failed and the smallest change."""
    trees = {loaded.rule.rule_id: loaded.tree for loaded in rules}
    for miss in misses:
        why = explain_miss(trees[miss.rule_id], _document(miss.record))
        if why:
            yield ExplainedMiss(
                rule=miss.rule_id,
                article=_article(miss.record),
                lacking=miss.nearness[0],
                why=why,
            )


def _nearness(tree: Node, record: bytes, older: float, rule_id: str) -> Nearness | None:
    """Evaluate a candidate; None if the rule fires on it after all."""
    document = _document(record)
    failing = len(failures(tree, document))
    if not failing:
        return None
    missing = count_missing_clauses(tree, document)
    return missing, failing, older, rule_id, _article(record).article_id


def _is_same(left: Nearness, right: Nearness) -> bool:
    """Return whether both are about the same rule and article."""
    return left[3:] == right[3:]


@lru_cache(maxsize=64)
def _article(record: bytes) -> TaggedArticle:
    return decode(record, TaggedArticle)


@lru_cache(maxsize=64)
def _document(record: bytes) -> Document:
    return prepare(_article(record))
