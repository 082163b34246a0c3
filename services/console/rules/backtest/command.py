"""``summitwire rules backtest``: what rules would have raised on files or on the whole topic."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from services.alerting.backtest.comparison import RuleComparison
from services.alerting.backtest.report import BacktestReport, build_report
from services.alerting.language.check import Vocabulary
from services.alerting.rules.rule_set import RuleSet
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.inputs.tagged_inputs import require_one_source, require_paths
from services.console.options import (
    ACTORS,
    KEYWORDS,
    RULES,
    ActorsFolder,
    JsonLines,
    KeywordsFolder,
    Since,
)
from services.console.printing.plurals import count_of
from services.console.rules.article_arguments import (
    ArticlePaths,
    FromTaggedTopic,
    RoutesOption,
    load_chosen_routes,
    parse_budget,
)
from services.console.rules.backtest.sources import examine_files, examine_topic
from services.console.rules.backtest.view import as_json, as_text
from services.console.rules.selection import (
    load_gazetteer_once,
    load_rules_or_exit,
    print_fields_without_effect,
    rule_from_expression,
    select_rule,
)
from shared.files.yaml_document import Problem

TriedRules = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules", exists=True, help="Rule files or folders to try.", show_default="seeds/rules"
    ),
]
RuleId = Annotated[
    str | None, typer.Option("--rule", metavar="ID", help="Try only this one of them.")
]
Expression = Annotated[
    str | None,
    typer.Option("--expr", metavar="EXPRESSION", help="Try an expression instead of files."),
]
ActiveRules = Annotated[
    Path,
    typer.Option(
        "--in-force",
        exists=True,
        envvar="RULES_DIR",
        help="What to compare with.",
        show_default="seeds/rules",
    ),
]
Budget = Annotated[
    str | None,
    typer.Option("--budget", metavar="N/day", help="Warn about days with more messages to Slack."),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        min=1,
        max=64,
        help="With --from-topic: how many processes.",
        show_default="one per processor",
    ),
]


def backtest(
    paths: ArticlePaths = None,
    rules: TriedRules = None,
    rule: RuleId = None,
    expr: Expression = None,
    in_force: ActiveRules = RULES,
    from_topic: FromTaggedTopic = False,
    since: Since = None,
    budget: Budget = None,
    jobs: Jobs = None,
    routes: RoutesOption = None,
    json_: JsonLines = False,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
) -> None:
    """Report what rules would have raised, and what changes against the active rules.

    The report has alerts and Slack messages a day, and the nearest misses.

    Example: summitwire rules backtest --from-topic --expr 'actor(kim-jong-un) AND venue'
    """
    _check_arguments(paths, from_topic, since, expr, rules or rule)
    messages_a_day = parse_budget(budget)
    require_paths(paths or [])
    gazetteer = load_gazetteer_once(actors, keywords)
    policy = _comparison(rules, rule, expr, in_force, Vocabulary.from_gazetteer(gazetteer))
    ways = load_chosen_routes(routes)
    started, problems = time.monotonic(), list[Problem]()
    if from_topic:
        result = examine_topic(policy, since, jobs)
    else:
        result = examine_files(paths or [], policy, gazetteer, problems)
    report = build_report(result, policy, ways)
    _print(report, problems, messages_a_day, time.monotonic() - started, json_=json_)


def _check_arguments(
    paths: list[Path] | None, from_topic: bool, since: str | None, expr: str | None, rules: object
) -> None:
    require_one_source(paths, from_topic=from_topic, since=since, metavar="ARTICLES…")
    if expr is not None and rules:
        raise fail("give either --expr or rules, not both", EXIT_USAGE)


def _comparison(
    rules: list[Path] | None,
    rule_id: str | None,
    expression: str | None,
    active: Path,
    vocabulary: Vocabulary,
) -> RuleComparison:
    """Return what to try and what it would replace; the active rules are not checked again."""
    if expression is not None:
        tried = RuleSet((rule_from_expression(expression, vocabulary),))
        return RuleComparison.of(tried, RuleSet(()))
    tried = load_rules_or_exit(rules or [active], vocabulary)
    print_fields_without_effect(tried)
    if rule_id:
        tried = RuleSet((select_rule(tried, rule_id),))
    return RuleComparison.of(tried, load_rules_or_exit([active], None))


def _print(
    report: BacktestReport,
    problems: Sequence[Problem],
    budget: int | None,
    duration_s: float,
    *,
    json_: bool,
) -> None:
    for problem in problems:
        say(str(problem))
    if not report.articles:
        raise fail("no article was found", EXIT_BAD)
    for line in (as_json if json_ else as_text)(report, budget):
        typer.echo(line)
    rate = report.articles / max(duration_s, 0.001)
    say(f"{count_of(report.articles, 'article')} in {duration_s:.1f} s, {rate:.0f} a second")
    if report.unreadable:
        say(f"{count_of(report.unreadable, 'record')} skipped: no articles")
    if budget is not None and (over := report.over(budget)):
        say(
            f"warning: over the budget of {count_of(budget, 'message')} a day on {len(over)} of "
            f"{count_of(report.days_with_articles, 'day')}; "
            f"most on {over[0].day}: {over[0].messages}"
        )
    if any(problem.level == "error" for problem in problems):
        raise typer.Exit(EXIT_BAD)
