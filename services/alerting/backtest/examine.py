"""Records of articles.tagged → what the rules make of them, by the same functions as live. Pure; parts may be made anywhere and in any order."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from services.alerting.backtest.comparison import RuleComparison
from services.alerting.backtest.nearest import Miss, merge_misses, nearest
from services.alerting.backtest.prefilter import Prefilter
from services.alerting.match.match import RuleMatcher, match
from shared.base.outcomes import InvalidMessage
from shared.messages.codec import decode
from shared.messages.schemas import Alert, TaggedArticle


@dataclass(slots=True)
class PartialResult:
    """What some records came to. ``days`` counts articles by day of event time; ``before`` are the alerts of the rules that would be replaced."""

    days: Counter[str] = field(default_factory=Counter)
    alerts: dict[str, Alert] = field(default_factory=dict)
    before: dict[str, Alert] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)
    unreadable: int = 0

    def add(self, other: "PartialResult") -> None:
        """Take in another part; the same record in both counts as read twice, its alerts once."""
        self.days += other.days
        self.alerts |= other.alerts
        self.before |= other.before
        self.misses = merge_misses(self.misses, other.misses)
        self.unreadable += other.unreadable


Candidate = tuple[int, float, str, bytes]


def examine(records: Sequence[bytes | None], policy: RuleComparison) -> PartialResult:
    """Try the rules on these records; one that is no article is counted as unreadable."""
    part, candidates = PartialResult(), list[Candidate]()
    for record in records:
        try:
            candidates += _take(part, record or b"", policy)
        except InvalidMessage:
            part.unreadable += 1
    part.misses = nearest(
        candidates, {loaded.rule.rule_id: loaded.tree for loaded in policy.candidate.rules}
    )
    return part


def _take(part: PartialResult, record: bytes, policy: RuleComparison) -> Iterator[Candidate]:
    """Note what the record raises; give the rules that it does not fire, each with how many clauses it surely lacks a word of."""
    seen = Prefilter.of(record)
    lacks = [seen.missing(clauses) for clauses in policy.tried_clauses]
    now, before = _matchers(policy)
    fired = _matched(record, now) if 0 in lacks else ()
    replaced = (
        _matched(record, before)
        if any(not seen.missing(clauses) for clauses in policy.replaced_clauses)
        else ()
    )
    part.days[seen.day] += 1
    part.alerts |= {alert.alert_id: alert for alert in fired}
    part.before |= {alert.alert_id: alert for alert in replaced}
    done = {alert.rule_id for alert in fired}
    ids = (loaded.rule.rule_id for loaded in policy.candidate.rules)
    return (
        (least, seen.age, rule_id, record)
        for rule_id, least in zip(ids, lacks, strict=True)
        if rule_id not in done
    )


@lru_cache(maxsize=2)
def _matchers(policy: RuleComparison) -> tuple[RuleMatcher, RuleMatcher]:
    """What match() asks for the rules that are tried and for those that they replace: the one place that says how rules are matched here."""
    if not policy.compiled:
        return policy.candidate, policy.baseline
    from services.alerting.matcher.matcher import Matcher  # noqa: PLC0415 - imports numba, which takes a second

    return Matcher(policy.candidate.rules), Matcher(policy.baseline.rules)


def _matched(record: bytes, rules: RuleMatcher) -> tuple[Alert, ...]:
    """The alerts, without what they show: it is not counted, and a rule that fires everywhere must not fill the memory."""
    return tuple(
        replace(alert, matches=(), excerpts=(), actors=())
        for alert in match(decode(record, TaggedArticle), rules)
    )
