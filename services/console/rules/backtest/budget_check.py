"""Rules over their budget of messages a day: problems for ``rules check``, and JSON objects."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from services.alerting.backtest.budget import (
    DAYS_NEEDED,
    MeasuredBudget,
    RuleBudget,
    measure_budgets,
)
from services.alerting.backtest.comparison import RuleComparison
from services.alerting.backtest.message_counts import ReceiverCounts
from services.alerting.rules.rule_set import LoadedRule, RuleSet
from services.console.errors import EXIT_BAD, fail
from services.console.printing.plurals import count_of
from services.console.rules.article_arguments import MeasuredArticles
from services.console.rules.backtest.receiver_view import describe_kinds
from services.console.rules.backtest.sources import examine_files, examine_topic
from services.tagger.data.gazetteer import Gazetteer
from shared.files.yaml_document import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetReport:
    """The measured rules, on so many articles of some days, and what is not an article."""

    measured: tuple[MeasuredBudget, ...]
    articles: int
    days: tuple[str, ...]
    unreadable: tuple[Problem, ...]

    @property
    def problems(self) -> list[Problem]:
        """Each rule that is over its budget."""
        return [_to_problem(each) for each in self.measured if each.verdict == "over"]

    def summary(self) -> str:
        """Return what was measured and, if so, that it does not suffice."""
        rules = count_of(len(self.measured), "rule")
        where = f"{count_of(self.articles, 'article')} of {count_of(len(self.days), 'day')}"
        period = f"{self.days[0]} to {self.days[-1]}"
        text = f"budgets of {rules} measured on {where}, {period}"
        unjudged = sum(each.verdict == "too few days" for each in self.measured)
        if not unjudged:
            return text
        return (
            f"{text}\ntoo few days to judge {count_of(unjudged, 'rule')}: {DAYS_NEEDED} with "
            f"articles are needed to say that a rule stays within its budget, there "
            f"{'is' if len(self.days) == 1 else 'are'} {len(self.days)}"
        )


def list_budgets(rules: Sequence[LoadedRule], budget: int | None) -> list[RuleBudget]:
    """Return the budget of each rule that has one: ``budget``, or its own if that is less."""
    budgets = []
    for rule in rules:
        is_own = rule.budget is not None and (budget is None or rule.budget < budget)
        messages = rule.budget if is_own else budget
        if messages is not None:
            budgets.append(RuleBudget(rule=rule, messages=messages, is_strict=budget is not None))
    return budgets


def measure(
    budgets: Sequence[RuleBudget], where: MeasuredArticles, gazetteer: Gazetteer
) -> BudgetReport:
    """Measure the rules; exit with 1 if there is no article."""
    tried = RuleSet(tuple(budget.rule for budget in budgets))
    policy, unreadable = RuleComparison.of(tried, tried), list[Problem]()
    if where.paths:
        result = examine_files(where.paths, policy, gazetteer, unreadable)
    else:
        result = examine_topic(policy, where.since, None)
    if not result.days:
        raise fail("no budget was measured: no article was found", EXIT_BAD)
    return BudgetReport(
        measured=measure_budgets(budgets, result, where.routes),
        articles=result.days.total(),
        days=tuple(sorted(result.days)),
        unreadable=tuple(unreadable),
    )


def iter_json(report: BudgetReport) -> Iterator[dict[str, Any]]:
    """Yield an object for each measured rule; counts are null where they cannot be over budget."""
    for measured in report.measured:
        worst = measured.worst
        yield {
            "kind": "budget",
            "rule": measured.budget.rule.rule.rule_id,
            "budget": measured.budget.messages,
            "verdict": measured.verdict,
            "days": measured.days,
            "articles": report.articles,
            "alerts": measured.alerts,
            "destination": worst and worst.destination,
            "messages": worst and worst.messages,
            "messages_per_day": worst and round(worst.messages / measured.days, 2),
            "most_messages": worst and worst.busiest_day and worst.busiest_day.messages,
            "day": worst and worst.busiest_day and worst.busiest_day.at,
            "days_over": worst and len(worst.over(measured.budget.messages)),
        }


def _to_problem(measured: MeasuredBudget) -> Problem:
    rule, worst = measured.budget.rule, measured.worst
    assert worst is not None  # noqa: S101 - it is over its budget
    line, column = rule.position
    return Problem(
        rule.file,
        line,
        column,
        f"{rule.rule.rule_id}: {_describe(measured, worst)}",
        "narrow it, ask for a second source with needs:, or give its route a digest",
        "error" if measured.budget.is_strict else "warning",
        "over-budget",
        rule.rule.rule_id,
    )


def _describe(measured: MeasuredBudget, worst: ReceiverCounts) -> str:
    budget, over = measured.budget.messages, worst.over(measured.budget.messages)
    average = f"{worst.messages / measured.days:.1f} a day on average"
    return (
        f"{count_of(over[0].messages, 'message')} to {worst.destination} on {over[0].day}, over "
        f"its budget of {budget}/day on {len(over)} of {count_of(measured.days, 'day')}; {average} "
        f"({describe_kinds(worst.kinds)}; from {count_of(measured.alerts, 'alert')})"
    )
