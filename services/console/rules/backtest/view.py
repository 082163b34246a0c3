"""A backtest's report: lines for people, and JSON, one object a line."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

from services.alerting.backtest.nearest import ExplainedMiss
from services.alerting.backtest.report import BacktestReport
from services.console.printing.json_lines import json_line
from services.console.printing.plurals import count_of
from services.console.rules.backtest.receiver_view import (
    receiver_day_json,
    receiver_json,
    receiver_lines,
)
from shared.messages.schemas import Alert

_SHOWN: Final = 10
"""How many days, and alerts of a kind, people see; JSON has them all."""


def as_json(report: BacktestReport, budget: int | None) -> Iterator[str]:
    """Yield objects whose ``kind`` says what they are, in this order.

    summary, day, receiver with its receiver_day, rule, gained, lost, miss.
    """
    yield _line(
        "summary",
        {
            "articles": report.articles,
            "days": report.days_with_articles,
            "unreadable": report.unreadable,
            "alerts": len(report.alerts),
            "messages": report.messages,
            "gained": len(report.gained),
            "lost": len(report.lost),
            "budget": budget,
            "over_budget": None if budget is None else [day.day for day in report.over(budget)],
        },
    )
    for day in report.days:
        counts = {"articles": day.articles, "alerts": day.alerts, "messages": day.messages}
        yield _line("day", {"day": day.day} | counts)
    for receiver in report.receivers:
        yield _line("receiver", receiver_json(receiver, report.days_with_articles))
        for receiver_day in receiver.days:
            yield _line("receiver_day", receiver_day_json(receiver.destination, receiver_day))
    for rule in report.rules:
        changes = {"gained": rule.gained, "lost": rule.lost, "new": rule.new}
        yield _line("rule", {"rule": rule.rule, "alerts": rule.alerts} | changes)
    for kind, alerts in (("gained", report.gained), ("lost", report.lost)):
        yield from (_line(kind, _alert(alert)) for alert in alerts)
    yield from (_line("miss", _miss(miss)) for miss in report.misses)


def as_text(report: BacktestReport, budget: int | None) -> Iterator[str]:
    """Yield a page for people: totals, receivers, busiest days, rules, changes, misses."""
    days = report.days_with_articles
    with_articles = [day.day for day in report.days if day.articles]
    period = f"{with_articles[0]} to {with_articles[-1]}"
    yield f"{count_of(report.articles, 'article')} on {count_of(days, 'day')}, {period}"
    yield f"  alerts          {len(report.alerts):7}   {len(report.alerts) / days:8.1f} a day"
    limit = f"   budget {budget}" if budget is not None else ""
    yield f"  Slack messages  {report.messages:7}   {report.messages / days:8.1f} a day{limit}"
    yield from receiver_lines(report.receivers, days)
    yield "days with most messages to Slack"
    for day in sorted(report.days, key=lambda day: (-day.messages, -day.alerts, day.day))[:_SHOWN]:
        counts = f"{day.alerts:6} alerts  {day.articles:7} articles"
        yield f"  {day.day}  {day.messages:6} messages  {counts}"
    yield "rules, against those in force"
    for rule in report.rules:
        changes = "new" if rule.new else f"+{rule.gained} −{rule.lost}"
        yield f"  {rule.rule:44} {rule.alerts:7} alerts   {changes}"
    yield from _change_lines("gained", report.gained)
    yield from _change_lines("lost", report.lost)
    yield from _miss_lines(report.misses)


def _change_lines(name: str, alerts: Sequence[Alert]) -> Iterator[str]:
    if not alerts:
        return
    yield f"{name}: {len(alerts)}"
    for alert in alerts[:_SHOWN]:
        article = f"{alert.event_time:%Y-%m-%d} “{alert.headline}” ({alert.source})"
        yield f"  {alert.rule_id}: {article}"
    if len(alerts) > _SHOWN:
        yield f"  … and {len(alerts) - _SHOWN} more (--json has them all)"


def _miss_lines(misses: Sequence[ExplainedMiss]) -> Iterator[str]:
    if misses:
        yield "nearest misses"
    for miss in misses:
        clean = miss.article.article
        yield f"  {miss.rule}: {clean.event_time:%Y-%m-%d} “{clean.headline}” ({clean.source})"
        yield f"    {miss.why.clause}: {miss.why.reason}"
        if miss.why.rule:
            yield f"    would fire as: {miss.why.rule}"


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "rule": alert.rule_id,
        "event_time": alert.event_time,
        "article": alert.article_id,
        "revision": alert.article_revision,
        "headline": alert.headline,
        "source": alert.source,
        "url": alert.url,
    }


def _miss(miss: ExplainedMiss) -> dict[str, Any]:
    clean = miss.article.article
    return {
        "rule": miss.rule,
        "event_time": clean.event_time,
        "article": clean.article_id,
        "revision": clean.revision,
        "headline": clean.headline,
        "source": clean.source,
        "url": clean.url,
        "lacking": miss.lacking,
        "failing": miss.why.failing,
        "clause": miss.why.clause,
        "reason": miss.why.reason,
        "edits": list(miss.why.edits),
        "changed": miss.why.rule,
    }


def _line(kind: str, fields: Mapping[str, Any]) -> str:
    return json_line({"kind": kind, **fields}, option=orjson.OPT_UTC_Z)
