"""What a backtest comes to: alerts and messages a day, what is gained and lost, and the nearest misses. Pure.

A day is one of event time, in UTC. Averages are over the days that have an article. A message is a notification that would be posted to
Slack. Gained and lost are the articles on which a changed rule, or a new one, fires otherwise than the rules in force.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.alerting.backtest.comparison import RuleComparison
from services.alerting.backtest.examine import PartialResult
from services.alerting.backtest.nearest import ExplainedMiss, explain_misses
from services.alerting.backtest.notifications import collect_notifications
from shared.messages.codec import to_utc
from shared.messages.schemas import Alert, AlertOutcome, Notification

_SLACK = "slack:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of event time: its articles, the alerts they raised, and the messages to Slack."""

    day: str
    articles: int
    alerts: int
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTotals:
    """One rule: what it raised, and how that differs from the rule in force; ``new`` where there is none."""

    rule: str
    alerts: int
    gained: int
    lost: int
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestReport:
    """The whole of it; everything is in an order that depends on articles and rules alone."""

    days: tuple[Day, ...]
    rules: tuple[RuleTotals, ...]
    alerts: tuple[Alert, ...]
    notifications: tuple[Notification, ...]
    gained: tuple[Alert, ...]
    lost: tuple[Alert, ...]
    misses: tuple[ExplainedMiss, ...]
    unreadable: int

    @property
    def articles(self) -> int:
        """Records that were tried."""
        return sum(day.articles for day in self.days)

    @property
    def messages(self) -> int:
        """Messages to Slack."""
        return sum(day.messages for day in self.days)

    def over(self, budget: int) -> tuple[Day, ...]:
        """The days with more messages than the budget, the worst first."""
        return tuple(
            sorted(
                (day for day in self.days if day.messages > budget),
                key=lambda day: (-day.messages, day.day),
            )
        )


def build_report(part: PartialResult, policy: RuleComparison) -> BacktestReport:
    """Add up what was found."""
    alerts = _in_order(part.alerts.values())
    told = collect_notifications(alerts)
    gained, lost = _changes(part, policy)
    return BacktestReport(
        days=_days(part.days, alerts, told),
        rules=tuple(
            _of_rule(loaded.rule.rule_id, alerts, gained, lost, policy)
            for loaded in policy.candidate.rules
        ),
        alerts=alerts,
        notifications=told,
        gained=gained,
        lost=lost,
        misses=tuple(explain_misses(part.misses, policy.candidate.rules)),
        unreadable=part.unreadable,
    )


def _days(
    articles: Mapping[str, int], alerts: Iterable[Alert], told: Iterable[Notification]
) -> tuple[Day, ...]:
    raised = Counter(_day(alert) for alert in alerts)
    posted = Counter(
        _day(one.alerts[0])
        for one in told
        if one.outcome is AlertOutcome.NOTIFIED and one.destination.startswith(_SLACK)
    )
    return tuple(
        Day(day=day, articles=count, alerts=raised[day], messages=posted[day])
        for day, count in sorted(articles.items())
    )


def _changes(
    part: PartialResult, policy: RuleComparison
) -> tuple[tuple[Alert, ...], tuple[Alert, ...]]:
    """Alerts of rules that are new or fire otherwise, by rule and article: the revision of a rule is part of an alert's id."""
    other = policy.new | {loaded.rule.rule_id for loaded in policy.baseline.rules}
    now = {_where(alert): alert for alert in part.alerts.values() if alert.rule_id in other}
    before = {_where(alert): alert for alert in part.before.values()}
    return _in_order(now[place] for place in now.keys() - before.keys()), _in_order(
        before[place] for place in before.keys() - now.keys()
    )


def _where(alert: Alert) -> tuple[str, str, str]:
    return alert.rule_id, alert.article_id, alert.article_revision


def _of_rule(
    rule_id: str,
    alerts: Iterable[Alert],
    gained: Iterable[Alert],
    lost: Iterable[Alert],
    policy: RuleComparison,
) -> RuleTotals:
    count, more, less = (
        sum(alert.rule_id == rule_id for alert in found) for found in (alerts, gained, lost)
    )
    return RuleTotals(rule=rule_id, alerts=count, gained=more, lost=less, new=rule_id in policy.new)


def _in_order(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    return tuple(
        sorted(
            alerts,
            key=lambda alert: (
                alert.event_time,
                alert.rule_id,
                alert.article_id,
                alert.article_revision,
            ),
        )
    )


def _day(alert: Alert) -> str:
    return to_utc(alert.event_time).date().isoformat()
