"""``summitwire rules diff OLD NEW ARTICLES…``: which rules differ between two revisions, and what that changes on these articles."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from services.alerting.backtest.changes import (
    AlertChange,
    RuleChange,
    RuleContent,
    alert_changes,
    rule_changes,
)
from services.alerting.rules.rule_set import RuleSet
from services.console.errors import EXIT_BAD, say
from services.console.options import (
    ACTORS,
    KEYWORDS,
    RULES,
    ActorsFolder,
    JsonLines,
    KeywordsFolder,
)
from services.console.rules.revisions import rules_at_revision
from services.console.rules.selection import load_gazetteer_once, load_rules_or_exit
from services.console.tagged_inputs import iter_tagged_articles, require_paths
from shared.files.yaml_document import Problem
from shared.messages.schemas import TaggedArticle

Old = Annotated[
    str,
    typer.Argument(
        metavar="OLD", help="A file, a folder, or a git revision of --rules, such as HEAD~1."
    ),
]
New = Annotated[str, typer.Argument(metavar="NEW", help="The same.")]
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
    json_: JsonLines = False,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
) -> None:
    """Show what changes between two revisions of rules, and what that does to alerts.

    Ids in rules are taken as they are: an old revision may name what nobody knows any more.

    Example: summitwire rules diff HEAD~1 seeds/rules seeds/articles
    """
    require_paths(paths or [])
    with rules_at_revision(old, rules) as before, rules_at_revision(new, rules) as after:
        was, now = load_rules_or_exit([before], None), load_rules_or_exit([after], None)
    problems = list[Problem]()
    changes, alerts = (
        rule_changes(was, now),
        _alerts(was, now, paths or [], problems, actors, keywords),
    )
    for line in (_as_json if json_ else _as_text)(changes, alerts):
        sys.stdout.write(line + "\n")
    for problem in problems:
        say(str(problem))
    say(_summary(changes, alerts))
    if any(problem.level == "error" for problem in problems):
        raise typer.Exit(EXIT_BAD)


def _alerts(
    was: RuleSet,
    now: RuleSet,
    paths: list[Path],
    problems: list[Problem],
    actors: Path,
    keywords: Path,
) -> tuple[AlertChange, ...]:
    def usable() -> Iterator[TaggedArticle]:
        for one in iter_tagged_articles(paths, load_gazetteer_once(actors, keywords)):
            if isinstance(one, Problem):
                problems.append(one)
            else:
                yield one.tagged

    return alert_changes(was, now, usable()) if paths else ()


def _as_json(changes: tuple[RuleChange, ...], alerts: tuple[AlertChange, ...]) -> Iterator[str]:
    """``kind`` says what a line is: rule, or alert."""
    for one in changes:
        told = {
            "change": one.change,
            "rule": one.rule,
            "fields": one.fields,
            "old": _said(one.old),
            "new": _said(one.new),
        }
        yield orjson.dumps({"kind": "rule"} | told).decode()
    for each in alerts:
        alert = each.alert
        spans = [
            {
                "clause": found.clause,
                "field": found.field,
                "start": found.start,
                "end": found.end,
                "surface": found.surface,
            }
            for found in alert.matches
        ]
        told = {
            "change": each.change,
            "rule": alert.rule_id,
            "article": alert.article_id,
            "uri": alert.uri,
            "headline": alert.headline,
        }
        yield orjson.dumps(
            {"kind": "alert"} | told | {"event_time": alert.event_time, "spans": spans},
            option=orjson.OPT_UTC_Z,
        ).decode()


def _said(said: RuleContent | None) -> dict[str, Any] | None:
    return None if said is None else asdict(said)


def _as_text(changes: tuple[RuleChange, ...], alerts: tuple[AlertChange, ...]) -> Iterator[str]:
    for one in changes:
        yield f"{one.change:8} {one.rule}" + (f" ({', '.join(one.fields)})" if one.fields else "")
        yield from _fields(one)
    for each in alerts:
        yield f"{each.change:8} {each.alert.rule_id} on “{each.alert.headline}” ({each.alert.uri})"
        yield from (
            f"           {clause}: {', '.join(words)}" for clause, words in _words(each).items()
        )


def _fields(change: RuleChange) -> Iterator[str]:
    for name in change.fields or ("when",):
        for sign, said in (("-", change.old), ("+", change.new)):
            if said is not None:
                yield f"  {sign} {name}: {_shown(getattr(said, name))}"


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _words(change: AlertChange) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for match in change.alert.matches:
        found.setdefault(match.clause, [])
        if f"“{match.surface}”" not in found[match.clause]:
            found[match.clause].append(f"“{match.surface}”")
    return found


def _summary(changes: tuple[RuleChange, ...], alerts: tuple[AlertChange, ...]) -> str:
    counts = [
        sum(one.change == kind for one in changes) for kind in ("added", "removed", "changed")
    ]
    gained = sum(one.change == "gained" for one in alerts)
    return "{} rules added, {} removed, {} changed; {} alerts gained, {} lost".format(
        *counts, gained, len(alerts) - gained
    )
