"""Whether a rule stays within its budget of messages a day: measured on past articles. Pure.

Each rule is measured alone, through the grouping and the routes. A budget is for one destination,
for that is what a person reads, and for every day: the day with most messages decides.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from services.alerting.backtest.examine import PartialResult
from services.alerting.backtest.message_counts import ReceiverCounts, count_messages
from services.alerting.backtest.simulation import simulate
from services.alerting.routes.routes import Routes
from services.alerting.rules.rule_set import LoadedRule
from shared.messages.codec import to_utc
from shared.messages.schemas import Alert

DAYS_NEEDED: Final = 7
"""Days with articles that are needed to say that a rule stays within its budget: a week."""

BudgetVerdict = Literal["over", "within", "too few days"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBudget:
    """A rule and the most messages a day that it may send to one destination.

    ``is_strict``: a rule over its budget is an error, not only a warning.
    """

    rule: LoadedRule
    messages: int
    is_strict: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredBudget:
    """What a rule sends, over so many days with articles.

    ``worst`` is the destination with the busiest day. It is None for a rule with so few alerts that
    it cannot be over its budget; then its messages were not counted.
    """

    budget: RuleBudget
    days: int
    alerts: int
    worst: ReceiverCounts | None

    @property
    def verdict(self) -> BudgetVerdict:
        """Whether the rule stays within its budget; one day over it is enough to say no."""
        if self.worst is not None and self.worst.over(self.budget.messages):
            return "over"
        return "within" if self.days >= DAYS_NEEDED else "too few days"


def measure_budgets(
    budgets: Iterable[RuleBudget], result: PartialResult, routes: Routes
) -> tuple[MeasuredBudget, ...]:
    """Measure each rule on the articles of a backtest's result."""
    alerts: dict[str, list[Alert]] = {}
    for alert in result.alerts.values():
        alerts.setdefault(alert.rule_id, []).append(alert)
    return tuple(
        _measure(budget, alerts.get(budget.rule.rule.rule_id, ()), result, routes)
        for budget in budgets
    )


def _measure(
    budget: RuleBudget, alerts: Sequence[Alert], result: PartialResult, routes: Routes
) -> MeasuredBudget:
    worst = None
    if _most_in_two_days(alerts) > budget.messages:
        counts = count_messages(simulate(alerts, result.articles, routes), routes)
        worst = max(counts, key=_busiest_day, default=None)
    return MeasuredBudget(budget=budget, days=len(result.days), alerts=len(alerts), worst=worst)


def _most_in_two_days(alerts: Iterable[Alert]) -> int:
    """Return the most alerts of a day and the one before it.

    A destination is sent no more messages on a day: each has an alert that came on this day or,
    held for a second source or a digest, on the day before.
    """
    days = Counter(to_utc(alert.event_time).date() for alert in alerts)
    return max((count + days[_day_before(day)] for day, count in days.items()), default=0)


def _day_before(day: date) -> date:
    return day - timedelta(days=1) if day > date.min else day


def _busiest_day(counts: ReceiverCounts) -> int:
    return counts.busiest_day.messages if counts.busiest_day else 0
