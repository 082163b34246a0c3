"""Which routes an alert takes, and why: the routes that it comes to, and where it is sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import typer

from services.alerting.language.check import Vocabulary
from services.alerting.match.match import match
from services.alerting.routes.matchers import labels_of
from services.alerting.routes.routes import Routes, RouteVisit, route_alert, visit_routes
from services.console.errors import EXIT_BAD, fail, say
from services.console.inputs.article_inputs import (
    Place,
    UnusableInput,
    file_name,
    iter_lines,
    load_bytes,
    parse_json,
)
from services.console.inputs.tagged_inputs import iter_tagged_articles, require_paths
from services.console.options import RULES
from services.console.printing.json_lines import json_line
from services.console.rules.selection import load_gazetteer_once, load_rules_or_exit
from shared.files.yaml_document import Problem
from shared.messages.schemas import Alert, AlertRoute


@dataclass(frozen=True, slots=True)
class AlertTrace:
    """An alert before and after routing, and the routes that it came to."""

    alert: Alert
    routed: Alert
    visits: Sequence[RouteVisit]


def read_alerts(
    alert_json: Path | None,
    articles: Sequence[Path],
    rules: Sequence[Path] | None,
    actors: Path,
    keywords: Path,
) -> Iterator[Alert]:
    """Yield the alerts of a file, or those that the rules raise on articles; exit if one is bad."""
    if alert_json is not None:
        yield from _decode_alerts(alert_json)
        return
    require_paths(articles)
    gazetteer = load_gazetteer_once(actors, keywords)
    loaded = load_rules_or_exit(rules or [RULES], Vocabulary.from_gazetteer(gazetteer))
    is_bad = False
    for item in iter_tagged_articles(articles, gazetteer):
        if isinstance(item, Problem):
            is_bad = True
            say(str(item))
        else:
            yield from match(item.tagged, loaded)
    if is_bad:
        raise typer.Exit(EXIT_BAD)


def trace_alert(alert: Alert, routes: Routes) -> AlertTrace:
    """Return which routes the alert takes."""
    visits = tuple(visit_routes(routes.root, labels_of(alert))) if routes.root else ()
    return AlertTrace(alert, route_alert(alert, routes), visits)


def as_json(trace: AlertTrace) -> str:
    """Return the object that ``--json`` prints."""
    return json_line(
        {
            "rule": trace.alert.rule_id,
            "severity": str(trace.alert.severity),
            "headline": trace.alert.headline,
            "labels": labels_of(trace.alert),
            "routes": [
                {
                    "route": visit.route.place,
                    "line": visit.route.line,
                    "receiver": visit.route.receiver,
                    "taken": visit.is_taken,
                    "because": _reason(visit),
                }
                for visit in trace.visits
            ],
            "destinations": trace.routed.destinations,
            "settings": msgspec.to_builtins(trace.routed.routes),
        }
    )


def as_text(trace: AlertTrace) -> str:
    """Return the lines for people."""
    head = f"{trace.alert.rule_id} ({trace.alert.severity}): {trace.alert.headline}"
    visits = [
        f"  route {each.route.place}, line {each.route.line}: {_reason(each)}"
        for each in trace.visits
    ]
    settings = {each.destination: each for each in trace.routed.routes}
    ends = [
        f"  → {name}{_origin(name, trace)}{_settings(settings.get(name))}"
        for name in trace.routed.destinations
    ]
    return "\n".join([head, *visits, *(ends or ["  → the board only"])])


def _decode_alerts(path: Path) -> Iterator[Alert]:
    try:
        for number, line in iter_lines(load_bytes(path)):
            place = Place(file_name(path), number)
            value = parse_json(line, place)
            message = value.get("value", value) if isinstance(value, dict) else value
            try:
                yield msgspec.convert(message, Alert, strict=False)
            except msgspec.ValidationError as error:
                raise UnusableInput(place, f"not an alert: {error}") from error
    except UnusableInput as error:
        raise fail(str(error), EXIT_BAD) from None


def _reason(visit: RouteVisit) -> str:
    if visit.failed is not None:
        return f"{visit.failed} does not hold"
    if not visit.is_taken:
        return "a route below it takes the alert"
    return f"taken, to {visit.route.receiver or 'the destinations of the rule'}"


def _origin(destination: str, trace: AlertTrace) -> str:
    return " (of the rule)" if destination in trace.alert.destinations else ""


def _settings(route: AlertRoute | None) -> str:
    """Return when its messages go out, as far as the routes say."""
    if route is None:
        return ""
    timing = msgspec.to_builtins(route.group) if route.group else {}
    parts = [
        f"{name.removesuffix('_s')} {value} s"
        for name, value in timing.items()
        if value is not None
    ]
    parts += [f"muted {name}" for name in route.mute_times]
    parts += [f"digest {route.digest}"] if route.digest else []
    parts += ["inhibited after a critical message"] if route.inhibits else []
    if escalation := route.escalation:
        names = ", ".join(escalation.destinations) or "nobody else"
        parts.append(f"after {escalation.after_s} s to {escalation.receiver} ({names})")
    return f": {', '.join(parts)}" if parts else ""
