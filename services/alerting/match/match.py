"""articles.tagged.v1 → alerts.v1: which rules an article fires. Pure; the same article and rules give the same alerts, byte for byte.

A withheld article (under embargo) raises nothing until a usable revision of it comes. A canceled one (a kill) is matched like any other:
its alert says ``pubstatus: canceled``, and so reaches those whose rules its text still meets.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from services.alerting.language.document import Document, prepare
from services.alerting.language.evaluate import MatchedSpan, evaluate
from services.alerting.match.excerpts import excerpts
from services.alerting.match.repeated_text import evaluate_without
from services.alerting.rules.rule_set import LoadedRule
from shared.messages.ids import alert_id
from shared.messages.schemas import Alert, Match, TaggedArticle

MAX_MATCHES_PER_CLAUSE: Final = 20
"""An alert shows why it was raised; it is no index of the article."""


class RuleMatcher(Protocol):
    """Knows which rules an article fires: a RuleSet asks each of them, a Matcher (services/alerting/matcher) is fast with many."""

    def matching(self, article: TaggedArticle) -> Iterable[LoadedRule]:
        """The rules that the article fires."""


@dataclass(frozen=True, slots=True)
class MatchResult:
    """An article's alerts, by rule id; ``suppressed`` are the rules that fire on nothing but its repeated text (repeated.py)."""

    alerts: tuple[Alert, ...] = ()
    suppressed: tuple[str, ...] = ()


def match(article: TaggedArticle, rules: RuleMatcher) -> tuple[Alert, ...]:
    """One alert for every rule that the article fires, by rule id."""
    return match_article(article, rules).alerts


def match_article(article: TaggedArticle, rules: RuleMatcher) -> MatchResult:
    """The article's alerts, and which rules its repeated text alone would have fired."""
    if article.article.pubstatus == "withheld":
        return MatchResult()
    found = sorted(rules.matching(article), key=lambda rule: rule.rule.rule_id)
    if not found:
        return MatchResult()
    document = prepare(
        article
    )  # where the words stand is asked only now, of the few rules that fire
    fired = [(rule, hits) for rule in found if (hits := evaluate(rule.tree, document)) is not None]
    standing = evaluate_without(fired, document, article.article.repeated)
    return MatchResult(
        alerts=tuple(
            _alert(article, document, rule, hits) for rule, hits in standing if hits is not None
        ),
        suppressed=tuple(rule.rule.rule_id for rule, hits in standing if hits is None),
    )


def _alert(
    article: TaggedArticle, document: Document, loaded: LoadedRule, hits: tuple[MatchedSpan, ...]
) -> Alert:
    rule, clean = loaded.rule, article.article
    shown = _first_of_each_clause(hits)
    return Alert(
        alert_id=alert_id(rule.rule_id, rule.revision, clean.article_id, clean.revision),
        rule_id=rule.rule_id,
        rule_revision=rule.revision,
        rule_title=rule.title,
        severity=rule.severity,
        destinations=rule.destinations,
        article_id=clean.article_id,
        article_revision=clean.revision,
        uri=clean.uri,
        url=clean.url,
        source=clean.source,
        headline=clean.headline,
        language=clean.language,
        event_time=clean.event_time,
        event_time_source=clean.event_time_source,
        pubstatus=clean.pubstatus,
        signature=clean.signature,
        matches=tuple(_match(hit, document) for hit in shown),
        excerpts=excerpts(shown, document),
        actors=article.actors,
        threshold=rule.threshold,
    )


def _first_of_each_clause(hits: tuple[MatchedSpan, ...]) -> tuple[MatchedSpan, ...]:
    seen: Counter[str] = Counter()
    kept = []
    for hit in hits:
        seen[hit.clause] += 1
        if seen[hit.clause] <= MAX_MATCHES_PER_CLAUSE:
            kept.append(hit)
    return tuple(kept)


def _match(hit: MatchedSpan, document: Document) -> Match:
    surface = document.field(hit.field).text[hit.start : hit.end]
    return Match(clause=hit.clause, field=hit.field, start=hit.start, end=hit.end, surface=surface)
