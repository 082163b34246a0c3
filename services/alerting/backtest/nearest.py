"""The articles that came nearest to firing a rule: first those that lack fewest words, then those that fail fewest clauses, then the newest.

Pure. What lacks a word or tag altogether is further away than what has them all in the wrong places. Ranking begins with what the
glance could count, which is never too much, and looks closer only at articles that may still be among the nearest.
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
"""Clauses that lack a word, clauses that fail, minus the event time, rule id, article id: a smaller one is nearer."""


@dataclass(frozen=True, slots=True, order=True)
class Miss:
    """An article that did not fire a rule, and how near it was."""

    nearness: Nearness
    record: bytes

    @property
    def rule_id(self) -> str:
        """The rule that did not fire."""
        return self.nearness[3]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedMiss:
    """A near miss, for people."""

    rule: str
    article: TaggedArticle
    lacking: int
    why: WhyNot


def nearest(
    candidates: Iterable[tuple[int, float, str, bytes]], trees: Mapping[str, Node]
) -> list[Miss]:
    """The nearest of the candidates: (clauses that surely lack a word, minus the event time, rule id, record)."""
    best: list[Miss] = []
    for least, older, rule_id, record in sorted(candidates):
        if len(best) >= MAX_MISSES and best[MAX_MISSES - 1].nearness < (
            least,
            max(1, least),
            older,
            "",
            "",
        ):
            break
        article = _article(record)
        found = _nearness(trees[rule_id], article, _document(record), older, rule_id)
        if found and not any(_same(found, miss.nearness) for miss in best):
            insort(best, Miss(found, record))
    return best[:MAX_MISSES]


def merge_misses(*found: Iterable[Miss]) -> list[Miss]:
    """The nearest of several lists, an article once for each rule."""
    best: list[Miss] = []
    for miss in sorted(miss for misses in found for miss in misses):
        if not any(_same(miss.nearness, other.nearness) for other in best):
            best.append(miss)
    return best[:MAX_MISSES]


def explain_misses(misses: Iterable[Miss], rules: Iterable[LoadedRule]) -> Iterator[ExplainedMiss]:
    """Each miss with the clause that failed and the smallest change."""
    trees = {loaded.rule.rule_id: loaded.tree for loaded in rules}
    for miss in misses:
        found = explain_miss(trees[miss.rule_id], _document(miss.record))
        if found:
            yield ExplainedMiss(
                rule=miss.rule_id,
                article=_article(miss.record),
                lacking=miss.nearness[0],
                why=found,
            )


def _nearness(
    tree: Node, article: TaggedArticle, document: Document, older: float, rule_id: str
) -> Nearness | None:
    failing = len(failures(tree, document))
    return (
        (count_missing_clauses(tree, document), failing, older, rule_id, article.article_id)
        if failing
        else None
    )


def _same(one: Nearness, other: Nearness) -> bool:
    return one[3:] == other[3:]


@lru_cache(maxsize=64)
def _article(record: bytes) -> TaggedArticle:
    return decode(record, TaggedArticle)


@lru_cache(maxsize=64)
def _document(record: bytes) -> Document:
    return prepare(_article(record))
