"""``summitwire rules diff``: what changes between two revisions of rules, and in their alerts."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import orjson
import typer

from services.alerting.backtest.changes import (
    AlertChange,
    AlertComparison,
    RuleChange,
    compare_alerts,
    rule_changes,
)
from services.console.errors import EXIT_BAD, say
from services.console.inputs.tagged_inputs import iter_tagged_articles, require_paths
from services.console.options import (
    ACTORS,
    KEYWORDS,
    RULES,
    ActorsFolder,
    JsonLines,
    KeywordsFolder,
)
from services.console.printing.json_lines import json_line
from services.console.printing.plurals import count_of
from services.console.rules.article_arguments import RoutesOption, load_chosen_routes
from services.console.rules.backtest.receiver_view import change_json, change_lines
from services.console.rules.revisions import rules_at_revision
from services.console.rules.selection import load_gazetteer_once, load_rules_or_exit
from services.tagger.data.gazetteer import Gazetteer
from shared.files.yaml_document import Problem
from shared.messages.schemas import TaggedArticle

Old = Annotated[
    str,
    typer.Argument(
        metavar="OLD", help="A file, a folder, or a git revision of --rules, such as HEAD~1."
    ),
]
New = Annotated[str, typer.Argument(metavar="NEW", help="Likewise.")]
Paths = Annotated[
    list[Path] | None, typer.Argument(metavar="[ARTICLES…]", help="Files, folders, JSON lines.")
]
Rules = Annotated[
    Path,
    typer.Option(
        "--rules",
        exists=True,
        help="The folder that git revisions are of.",
        show_default="seeds/rules",
    ),
]


def diff(
    old: Old,
    new: New,
    paths: Paths = None,
    rules: Rules = RULES,
    routes: RoutesOption = None,
    json_: JsonLines = False,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
) -> None:
    """Show what changes between two revisions of rules, and in their alerts and messages.

    Ids in rules are not checked: an old revision may name what no longer exists.

    Example: summitwire rules diff HEAD~1 seeds/rules seeds/articles
    """
    require_paths(paths or [])
    with rules_at_revision(old, rules) as old_path, rules_at_revision(new, rules) as new_path:
        old_rules = load_rules_or_exit([old_path], None)
        new_rules = load_rules_or_exit([new_path], None)
    changes, problems = rule_changes(old_rules, new_rules), list[Problem]()
    compared = AlertComparison()
    if paths:
        articles = _iter_tagged(paths, problems, load_gazetteer_once(actors, keywords))
        compared = compare_alerts(old_rules, new_rules, articles, load_chosen_routes(routes))
    for line in (_as_json if json_ else _as_text)(changes, compared):
        sys.stdout.write(line + "\n")
    for problem in problems:
        say(str(problem))
    say(_summary(changes, compared.alerts))
    if any(problem.level == "error" for problem in problems):
        raise typer.Exit(EXIT_BAD)


def _iter_tagged(
    paths: Sequence[Path], problems: list[Problem], gazetteer: Gazetteer
) -> Iterator[TaggedArticle]:
    """Yield the articles; append what is not an article to ``problems``."""
    for article in iter_tagged_articles(paths, gazetteer):
        if isinstance(article, Problem):
            problems.append(article)
        else:
            yield article.tagged


def _as_json(changes: Sequence[RuleChange], compared: AlertComparison) -> Iterator[str]:
    """Yield one object per rule, alert and receiver; ``kind`` says which it is."""
    for change in changes:
        yield json_line(
            {
                "kind": "rule",
                "change": change.change,
                "rule": change.rule,
                "fields": change.fields,
                "old": asdict(change.old) if change.old else None,
                "new": asdict(change.new) if change.new else None,
            }
        )
    for alert_change in compared.alerts:
        alert = alert_change.alert
        line = {
            "kind": "alert",
            "change": alert_change.change,
            "rule": alert.rule_id,
            "article": alert.article_id,
            "uri": alert.uri,
            "headline": alert.headline,
            "event_time": alert.event_time,
            "spans": [
                {
                    "clause": match.clause,
                    "field": match.field,
                    "start": match.start,
                    "end": match.end,
                    "surface": match.surface,
                }
                for match in alert.matches
            ],
        }
        yield json_line(line, option=orjson.OPT_UTC_Z)
    for receiver in compared.receivers:
        yield json_line({"kind": "receiver", **change_json(receiver, compared.days)})


def _as_text(changes: Sequence[RuleChange], compared: AlertComparison) -> Iterator[str]:
    for change in changes:
        fields = f" ({', '.join(change.fields)})" if change.fields else ""
        yield f"{change.change:8} {change.rule}{fields}"
        yield from _field_lines(change)
    for alert_change in compared.alerts:
        alert = alert_change.alert
        yield f"{alert_change.change:8} {alert.rule_id} on “{alert.headline}” ({alert.uri})"
        for clause, words in _words_by_clause(alert_change).items():
            yield f"           {clause}: {', '.join(words)}"
    yield from change_lines(compared.receivers, compared.days)


def _field_lines(change: RuleChange) -> Iterator[str]:
    for name in change.fields or ("when",):
        for sign, content in (("-", change.old), ("+", change.new)):
            if content is not None:
                value = getattr(content, name)
                text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
                yield f"  {sign} {name}: {text}"


def _words_by_clause(change: AlertChange) -> dict[str, list[str]]:
    """Return the different words that each clause matched, in quotes."""
    words: dict[str, dict[str, None]] = {}
    for match in change.alert.matches:
        words.setdefault(match.clause, {})[f"“{match.surface}”"] = None
    return {clause: list(surfaces) for clause, surfaces in words.items()}


def _summary(changes: Sequence[RuleChange], alerts: Sequence[AlertChange]) -> str:
    added, removed, changed = (
        sum(entry.change == kind for entry in changes) for kind in ("added", "removed", "changed")
    )
    gained = sum(entry.change == "gained" for entry in alerts)
    return (
        f"{count_of(added, 'rule')} added, {removed} removed, {changed} changed; "
        f"{count_of(gained, 'alert')} gained, {len(alerts) - gained} lost"
    )
