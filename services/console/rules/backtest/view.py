"""A backtest's report: lines for people, and JSON, one object a line."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

from services.alerting.backtest.nearest import ExplainedMiss
from services.alerting.backtest.report import BacktestReport
from services.console.printing.json_lines import json_line
from shared.messages.schemas import Alert

_SHOWN: Final = 10
"""How many days, and alerts of a kind, people see; JSON has them all."""


def as_json(report: BacktestReport, budget: int | None) -> Iterator[str]:
    """Yield objects whose ``kind`` is summary, day, rule, gained, lost or miss."""
    yield _line(
        "summary",
        {
            "articles": report.articles,
            "days": len(report.days),
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
    for rule in report.rules:
        changes = {"gained": rule.gained, "lost": rule.lost, "new": rule.new}
        yield _line("rule", {"rule": rule.rule, "alerts": rule.alerts} | changes)
    for kind, alerts in (("gained", report.gained), ("lost", report.lost)):
        yield from (_line(kind, _alert(alert)) for alert in alerts)
    yield from (_line("miss", _miss(miss)) for miss in report.misses)


def as_text(report: BacktestReport, budget: int | None) -> Iterator[str]:
    """Yield a page for people: totals, the days with most messages, rules, changes, misses."""
    days = len(report.days)
    period = f"{report.days[0].day} to {report.days[-1].day}"
    yield f"{report.articles} articles on {days} days, {period}"
    yield f"  alerts          {len(report.alerts):7}   {len(report.alerts) / days:8.1f} a day"
    limit = f"   budget {budget}" if budget is not None else ""
    yield f"  Slack messages  {report.messages:7}   {report.messages / days:8.1f} a day{limit}"
    yield "most messages"
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
