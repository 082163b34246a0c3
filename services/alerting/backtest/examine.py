"""Try rules on records of articles.tagged, with the functions that run live.

Pure; partial results may be computed anywhere and added up in any order.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from services.alerting.backtest.comparison import RuleComparison
from services.alerting.backtest.nearest import Miss, merge_misses, nearest
from services.alerting.backtest.prefilter import Prefilter
from services.alerting.backtest.simulation import pack_article
from services.alerting.match.match import RuleMatcher, match
from shared.base.outcomes import InvalidMessage
from shared.messages.codec import decode
from shared.messages.schemas import Alert, TaggedArticle


@dataclass(slots=True)
class PartialResult:
    """The result of some records.

    ``days`` counts articles by day of event time; ``articles`` are those with alerts, slim and
    compressed, by id and revision; ``baseline_alerts`` are the alerts of the rules
    that would be replaced.
    """

    days: Counter[str] = field(default_factory=Counter)
    alerts: dict[str, Alert] = field(default_factory=dict)
    articles: dict[tuple[str, str], bytes] = field(default_factory=dict)
    baseline_alerts: dict[str, Alert] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)
    unreadable: int = 0

    def add(self, other: "PartialResult") -> None:
        """Add another result; a record in both counts twice as an article, but once per alert."""
        self.days += other.days
        self.alerts |= other.alerts
        self.articles |= other.articles
        self.baseline_alerts |= other.baseline_alerts
        self.misses = merge_misses(self.misses, other.misses)
        self.unreadable += other.unreadable


Candidate = tuple[int, float, str, bytes]
"""A rule that did not fire: missing clauses at least, minus the event time, rule id, record."""


def examine(records: Sequence[bytes | None], rules: RuleComparison) -> PartialResult:
    """Try the rules on these records; one that is not an article counts as unreadable."""
    result, candidates = PartialResult(), list[Candidate]()
    for record in records:
        try:
            candidates += _examine_record(result, record or b"", rules)
        except InvalidMessage:
            result.unreadable += 1
    trees = {loaded.rule.rule_id: loaded.tree for loaded in rules.candidate.rules}
    result.misses = nearest(candidates, trees)
    return result


def _examine_record(
    result: PartialResult, record: bytes, rules: RuleComparison
) -> Iterator[Candidate]:
    """Add the record's alerts to the result, and yield the rules that do not fire on it."""
    view = Prefilter.from_record(record)
    missing = [view.count_missing(clauses) for clauses in rules.candidate_clauses]
    candidate, baseline = _matchers(rules)
    article, alerts = _match(record, candidate) if 0 in missing else (None, ())
    may_fire = any(not view.count_missing(clauses) for clauses in rules.baseline_clauses)
    _, baseline_alerts = _match(record, baseline) if may_fire else (None, ())
    result.days[view.day] += 1
    result.alerts |= {alert.alert_id: alert for alert in alerts}
    if article is not None and alerts:
        key = article.article.article_id, article.article.revision
        result.articles[key] = pack_article(article)
    result.baseline_alerts |= {alert.alert_id: alert for alert in baseline_alerts}
    firing = {alert.rule_id for alert in alerts}
    ids = (loaded.rule.rule_id for loaded in rules.candidate.rules)
    return (
        (missing_clauses, view.age, rule_id, record)
        for rule_id, missing_clauses in zip(ids, missing, strict=True)
        if rule_id not in firing
    )


@lru_cache(maxsize=2)
def _matchers(rules: RuleComparison) -> tuple[RuleMatcher, RuleMatcher]:
    """Return the matchers of candidates and baseline; only this decides how a backtest matches."""
    if not rules.compiled:
        return rules.candidate, rules.baseline
    # Imports numba, which takes a second.
    from services.alerting.matcher.matcher import Matcher  # noqa: PLC0415

    return Matcher(rules.candidate.rules), Matcher(rules.baseline.rules)


def _match(record: bytes, rules: RuleMatcher) -> tuple[TaggedArticle, tuple[Alert, ...]]:
    """Return the article, and its alerts without matches, excerpts and actors.

    A backtest only counts alerts, and a rule that fires everywhere must not fill the memory.
    """
    article = decode(record, TaggedArticle)
    return article, tuple(
        replace(alert, matches=(), excerpts=(), actors=()) for alert in match(article, rules)
    )
