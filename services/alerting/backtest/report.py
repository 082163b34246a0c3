"""The result of a backtest: alerts and messages per day, gains and losses, near misses. Pure.

A day is a day of event time, in UTC; a message is of the day on which it goes out. Averages are
over the days that have an article. A message is a notification that would be posted to Slack; the
receivers are counted by themselves. Gained and lost are the alerts by which new and
changed rules differ from the rules in force.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.alerting.backtest.comparison import RuleComparison
from services.alerting.backtest.examine import PartialResult
from services.alerting.backtest.message_counts import ReceiverCounts, count_messages
from services.alerting.backtest.nearest import ExplainedMiss, explain_misses
from services.alerting.backtest.simulation import SimulatedMessage, simulate
from services.alerting.routes.routes import Routes
from shared.messages.codec import to_utc
from shared.messages.schemas import Alert, Notification

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
    """What one rule raised, against the rule in force; ``new`` if there is none."""

    rule: str
    alerts: int
    gained: int
    lost: int
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestReport:
    """The whole result; every order depends only on the articles and rules."""

    days: tuple[Day, ...]
    rules: tuple[RuleTotals, ...]
    alerts: tuple[Alert, ...]
    simulated: tuple[SimulatedMessage, ...]
    receivers: tuple[ReceiverCounts, ...]
    gained: tuple[Alert, ...]
    lost: tuple[Alert, ...]
    misses: tuple[ExplainedMiss, ...]
    unreadable: int

    @property
    def articles(self) -> int:
        """The number of articles."""
        return sum(day.articles for day in self.days)

    @property
    def days_with_articles(self) -> int:
        """The number of days that have an article: what averages are over."""
        return sum(day.articles > 0 for day in self.days)

    @property
    def notifications(self) -> tuple[Notification, ...]:
        """What was decided, in that order."""
        return tuple(message.notification for message in self.simulated)

    @property
    def messages(self) -> int:
        """The number of messages to Slack."""
        return sum(day.messages for day in self.days)

    def over(self, budget: int) -> tuple[Day, ...]:
        """Return the days with more messages than the budget, the worst first."""
        days = (day for day in self.days if day.messages > budget)
        return tuple(sorted(days, key=lambda day: (-day.messages, day.day)))


def build_report(
    result: PartialResult, rules: RuleComparison, routes: Routes | None = None
) -> BacktestReport:
    """Build the report from the results of all records, added up.

    Messages are counted as the ``routes`` send them.
    """
    alerts = _sort_alerts(result.alerts.values())
    simulated = simulate(alerts, result.articles, routes)
    gained, lost = _changes(result, rules)
    return BacktestReport(
        days=_days(result.days, alerts, simulated),
        rules=tuple(
            _rule_totals(loaded.rule.rule_id, alerts, gained, lost, rules)
            for loaded in rules.candidate.rules
        ),
        alerts=alerts,
        simulated=simulated,
        receivers=count_messages(simulated, routes),
        gained=gained,
        lost=lost,
        misses=tuple(explain_misses(result.misses, rules.candidate.rules)),
        unreadable=result.unreadable,
    )


def _days(
    articles: Mapping[str, int], alerts: Iterable[Alert], simulated: Iterable[SimulatedMessage]
) -> tuple[Day, ...]:
    """Return the days with an article or a message: a digest may go out on the next one."""
    raised = Counter(_day(alert) for alert in alerts)
    posted = Counter(
        message.day
        for message in simulated
        if message.is_posted and message.notification.destination.startswith(_SLACK)
    )
    return tuple(
        Day(day=day, articles=articles.get(day, 0), alerts=raised[day], messages=posted[day])
        for day in sorted(articles.keys() | posted.keys())
    )


def _changes(
    result: PartialResult, rules: RuleComparison
) -> tuple[tuple[Alert, ...], tuple[Alert, ...]]:
    """Return the alerts that new and changed rules gain and lose, by rule and article.

    Alert ids do not compare: they contain the rule's revision.
    """
    differing = rules.new | {loaded.rule.rule_id for loaded in rules.baseline.rules}
    alerts = (alert for alert in result.alerts.values() if alert.rule_id in differing)
    after = {_rule_and_article(alert): alert for alert in alerts}
    before = {_rule_and_article(alert): alert for alert in result.baseline_alerts.values()}
    gained = (after[key] for key in after.keys() - before.keys())
    lost = (before[key] for key in before.keys() - after.keys())
    return _sort_alerts(gained), _sort_alerts(lost)


def _rule_and_article(alert: Alert) -> tuple[str, str, str]:
    return alert.rule_id, alert.article_id, alert.article_revision


def _rule_totals(
    rule_id: str,
    alerts: Iterable[Alert],
    gained: Iterable[Alert],
    lost: Iterable[Alert],
    rules: RuleComparison,
) -> RuleTotals:
    return RuleTotals(
        rule=rule_id,
        alerts=sum(alert.rule_id == rule_id for alert in alerts),
        gained=sum(alert.rule_id == rule_id for alert in gained),
        lost=sum(alert.rule_id == rule_id for alert in lost),
        new=rule_id in rules.new,
    )


def _sort_alerts(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    return tuple(sorted(alerts, key=lambda alert: (alert.event_time, *_rule_and_article(alert))))


def _day(alert: Alert) -> str:
    return to_utc(alert.event_time).date().isoformat()
