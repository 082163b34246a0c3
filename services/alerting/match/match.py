"""articles.tagged.v1 → alerts.v1: which rules fire on an article.

Pure: the same article and rules give the same alerts, byte for byte. A withheld article (under
embargo) raises no alert until a usable revision arrives. A canceled one (a kill) is matched like
any other: its alert says ``pubstatus: canceled``. Who hears of it is decided in dispatches.py.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from services.alerting.language.document import Document
from services.alerting.language.evaluate import (
    EvaluatedPart,
    MatchedSpan,
    evaluate_parts,
    join_spans,
)
from services.alerting.match.excerpts import excerpts
from services.alerting.match.repeated_text import evaluate_without
from services.alerting.rules.rule_set import LoadedRule
from shared.messages.ids import alert_id
from shared.messages.schemas import Alert, Match, TaggedArticle

MAX_MATCHES_PER_CLAUSE: Final = 20
"""An alert shows why it was raised; it is not an index of the article."""
MAX_COUNTRIES: Final = 60


class RuleMatcher(Protocol):
    """Finds the rules that fire on an article.

    A RuleSet evaluates each of them; a Matcher (services/alerting/matcher) is fast with many.
    """

    def matching(self, article: TaggedArticle) -> Iterable[LoadedRule]:
        """Return the rules that fire on the article."""

    def document_of(self, article: TaggedArticle) -> Document:
        """Return the article as these rules see it: it may lack tags that none of them names."""


@dataclass(frozen=True, slots=True)
class MatchResult:
    """An article's alerts, by rule id.

    ``suppressed`` are the ids of rules that fire only on its repeated text (repeated_text.py).
    """

    alerts: tuple[Alert, ...] = ()
    suppressed: tuple[str, ...] = ()


def match(article: TaggedArticle, rules: RuleMatcher) -> tuple[Alert, ...]:
    """Return one alert per rule that fires on the article, by rule id."""
    return match_article(article, rules).alerts


def match_article(article: TaggedArticle, rules: RuleMatcher) -> MatchResult:
    """Return the article's alerts, and the rules that only its repeated text would fire."""
    if article.article.pubstatus == "withheld":
        return MatchResult()
    matching = sorted(rules.matching(article), key=lambda rule: rule.rule.rule_id)
    if not matching:
        return MatchResult()
    document = rules.document_of(article)
    evaluated = ((rule, evaluate_parts(rule.tree, document)) for rule in matching)
    firing = [(rule, parts) for rule, parts in evaluated if parts is not None]
    results = evaluate_without(firing, document, article.article.repeated)
    return MatchResult(
        alerts=tuple(
            _alert(article, document, rule, parts) for rule, parts in results if parts is not None
        ),
        suppressed=tuple(rule.rule.rule_id for rule, parts in results if parts is None),
    )


def _alert(
    article: TaggedArticle,
    document: Document,
    loaded: LoadedRule,
    parts: tuple[EvaluatedPart, ...],
) -> Alert:
    rule, clean = loaded.rule, article.article
    shown_spans = _limit_per_clause(join_spans(parts))
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
        event_time_precision=clean.event_time_precision,
        pubstatus=clean.pubstatus,
        signature=clean.signature,
        matches=tuple(_match(span, document) for span in shown_spans),
        excerpts=excerpts(parts, shown_spans, document),
        actors=article.actors,
        threshold=rule.threshold,
        group=rule.group,
        needs=rule.needs,
        owner=rule.owner,
        countries=_countries(article),
        reliability=clean.reliability,
    )


def _countries(article: TaggedArticle) -> tuple[str, ...]:
    """Return the countries that the article mentions, the first mention first."""
    codes = dict.fromkeys(mention.iso3.lower() for mention in article.countries)
    return tuple(codes)[:MAX_COUNTRIES]


def _limit_per_clause(spans: tuple[MatchedSpan, ...]) -> tuple[MatchedSpan, ...]:
    """Return the first matches of each clause, in order."""
    counts: Counter[str] = Counter()
    first = []
    for span in spans:
        counts[span.clause] += 1
        if counts[span.clause] <= MAX_MATCHES_PER_CLAUSE:
            first.append(span)
    return tuple(first)


def _match(span: MatchedSpan, document: Document) -> Match:
    surface = document.field(span.field).text[span.start : span.end]
    return Match(
        clause=span.clause, field=span.field, start=span.start, end=span.end, surface=surface
    )
