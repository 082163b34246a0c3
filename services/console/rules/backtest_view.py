"""A backtest's report as lines: for people, and as JSON, one object a line."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from services.alerting.backtest.nearest import ExplainedMiss
from services.alerting.backtest.report import BacktestReport
from shared.messages.schemas import Alert

_SHOWN: Final = 10
"""Articles of a kind, and days, that are shown to people; JSON has them all."""


def as_json(report: BacktestReport, budget: int | None) -> Iterator[str]:
    """``kind`` says what a line is: summary, day, rule, gained, lost or miss."""
    over = None if budget is None else [day.day for day in report.over(budget)]
    counts = {
        "articles": report.articles,
        "days": len(report.days),
        "unreadable": report.unreadable,
    }
    found = {
        "alerts": len(report.alerts),
        "messages": report.messages,
        "gained": len(report.gained),
        "lost": len(report.lost),
    }
    yield _line("summary", counts | found | {"budget": budget, "over_budget": over})
    yield from (
        _line(
            "day",
            {
                "day": day.day,
                "articles": day.articles,
                "alerts": day.alerts,
                "messages": day.messages,
            },
        )
        for day in report.days
    )
    for rule in report.rules:
        yield _line(
            "rule",
            {
                "rule": rule.rule,
                "alerts": rule.alerts,
                "gained": rule.gained,
                "lost": rule.lost,
                "new": rule.new,
            },
        )
    yield from (
        _line(kind, _alert(alert))
        for kind, alerts in (("gained", report.gained), ("lost", report.lost))
        for alert in alerts
    )
    yield from (_line("miss", _miss(miss)) for miss in report.misses)


def as_text(report: BacktestReport, budget: int | None) -> Iterator[str]:
    """A page for people: the whole, the loudest days, the rules, what changes, and what nearly fired."""
    days = max(1, len(report.days))
    yield f"{report.articles} articles on {len(report.days)} days, {report.days[0].day} to {report.days[-1].day}"
    yield f"  alerts          {len(report.alerts):7}   {len(report.alerts) / days:8.1f} a day"
    yield f"  Slack messages  {report.messages:7}   {report.messages / days:8.1f} a day" + (
        f"   budget {budget}" if budget is not None else ""
    )
    yield "most messages"
    for day in sorted(report.days, key=lambda day: (-day.messages, -day.alerts, day.day))[:_SHOWN]:
        yield f"  {day.day}  {day.messages:6} messages  {day.alerts:6} alerts  {day.articles:7} articles"
    yield "rules, against those in force"
    for rule in report.rules:
        changes = "new" if rule.new else f"+{rule.gained} −{rule.lost}"
        yield f"  {rule.rule:44} {rule.alerts:7} alerts   {changes}"
    yield from _changes("gained", report.gained)
    yield from _changes("lost", report.lost)
    yield from _misses(report.misses)


def _changes(name: str, alerts: tuple[Alert, ...]) -> Iterator[str]:
    if alerts:
        yield f"{name}: {len(alerts)}"
        yield from (
            f"  {alert.rule_id}: {alert.event_time:%Y-%m-%d} “{alert.headline}” ({alert.source})"
            for alert in alerts[:_SHOWN]
        )
        yield from (
            [f"  … and {len(alerts) - _SHOWN} more (--json has them all)"]
            if len(alerts) > _SHOWN
            else []
        )


def _misses(misses: Iterable[ExplainedMiss]) -> Iterator[str]:
    for number, miss in enumerate(misses):
        clean = miss.article.article
        yield from ["nearest misses"] if number == 0 else []
        yield f"  {miss.rule}: {clean.event_time:%Y-%m-%d} “{clean.headline}” ({clean.source})"
        yield f"    {miss.why.clause}: {miss.why.reason}"
        if miss.why.rule:
            yield f"    would fire as: {miss.why.rule}"


def _alert(alert: Alert) -> dict[str, Any]:
    article = {
        "article": alert.article_id,
        "revision": alert.article_revision,
        "headline": alert.headline,
        "source": alert.source,
        "url": alert.url,
    }
    return {"rule": alert.rule_id, "event_time": alert.event_time} | article


def _miss(miss: ExplainedMiss) -> dict[str, Any]:
    clean = miss.article.article
    article = {
        "article": clean.article_id,
        "revision": clean.revision,
        "headline": clean.headline,
        "source": clean.source,
        "url": clean.url,
    }
    found = {
        "lacking": miss.lacking,
        "failing": miss.why.failing,
        "clause": miss.why.clause,
        "reason": miss.why.reason,
    }
    return (
        {"rule": miss.rule, "event_time": clean.event_time}
        | article
        | found
        | {"edits": list(miss.why.edits), "changed": miss.why.rule}
    )


def _line(kind: str, told: Mapping[str, Any]) -> str:
    return orjson.dumps({"kind": kind, **told}, option=orjson.OPT_UTC_Z).decode()
