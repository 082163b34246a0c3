"""``summitwire rules backtest``: what rules would have raised on files or on the whole topic."""

import asyncio
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from services.alerting.backtest.comparison import RuleComparison
from services.alerting.backtest.report import BacktestReport, build_report
from services.alerting.language.check import Vocabulary
from services.alerting.routes.routes import Routes
from services.alerting.rules.rule_set import RuleSet
from services.console.durations import parse_since
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.options import (
    ACTORS,
    KEYWORDS,
    RULES,
    ActorsFolder,
    JsonLines,
    KeywordsFolder,
    Since,
)
from services.console.progress import progress_bar
from services.console.rules.article_arguments import (
    ArticlePaths,
    FromTaggedTopic,
    RoutesOption,
    load_chosen_routes,
)
from services.console.rules.backtest.run import (
    default_jobs,
    iter_values,
    run,
    run_in_process,
    topic_size,
)
from services.console.rules.backtest.view import as_json, as_text
from services.console.rules.selection import (
    load_gazetteer_once,
    load_rules_or_exit,
    print_fields_without_effect,
    rule_from_expression,
    select_rule,
)
from services.console.tagged_inputs import (
    iter_tagged_articles,
    require_one_source,
    require_paths,
)
from services.tagger.data.gazetteer import Gazetteer
from shared.base import settings
from shared.files.yaml_document import Problem
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_TAGGED
from shared.messages.codec import encode

_BUDGET: Final = re.compile(r"(\d{1,7})/day")
_ONE_PROCESS_BELOW: Final = 2_000
"""Fewer records are done before other processes have started."""
_COMPILED_FROM: Final = 20_000
"""From so many records on, loading the compiled matcher in every process pays."""

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
    messages_a_day = _parse_budget(budget)
    require_paths(paths or [])
    gazetteer = load_gazetteer_once(actors, keywords)
    policy = _comparison(rules, rule, expr, in_force, Vocabulary.from_gazetteer(gazetteer))
    ways = load_chosen_routes(routes)
    started, problems = time.monotonic(), list[Problem]()
    if from_topic:
        cluster = Cluster(settings.load(settings.KafkaSettings))
        report = asyncio.run(_run_on_topic(cluster, policy, ways, parse_since(since), jobs))
    else:
        report = _run_on_files(_encode_articles(paths or [], gazetteer, problems), policy, ways)
    _print(report, problems, messages_a_day, time.monotonic() - started, json_=json_)


def _check_arguments(
    paths: list[Path] | None, from_topic: bool, since: str | None, expr: str | None, rules: object
) -> None:
    require_one_source(paths, from_topic=from_topic, since=since, metavar="ARTICLES…")
    if expr is not None and rules:
        raise fail("give either --expr or rules, not both", EXIT_USAGE)


def _parse_budget(text: str | None) -> int | None:
    if text is None:
        return None
    matched = _BUDGET.fullmatch(text.replace(" ", ""))
    if matched is None:
        raise fail(f"invalid budget {text!r}: write 50/day", EXIT_USAGE)
    return int(matched[1])


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


async def _run_on_topic(
    cluster: Cluster,
    policy: RuleComparison,
    routes: Routes,
    since_ms: int | None,
    jobs: int | None,
) -> BacktestReport:
    topic = ARTICLES_TAGGED.name
    size = await topic_size(cluster, topic)
    if not size:
        hint = "nothing was tagged yet (`summitwire replay seeds/articles`)"
        raise fail(f"topic {cluster.name(topic)} is empty: {hint}", EXIT_BAD)
    jobs = jobs or (1 if size < _ONE_PROCESS_BELOW else default_jobs())
    policy = replace(policy, compiled=size >= _COMPILED_FROM)
    with progress_bar(size) as advance:
        values = iter_values(cluster, topic, since_ms)
        result = await run(values, policy, jobs=jobs, advance=advance)
    return build_report(result, policy, routes)


def _run_on_files(
    records: Iterable[bytes], policy: RuleComparison, routes: Routes
) -> BacktestReport:
    with progress_bar(None) as advance:
        result = run_in_process(records, policy, advance)
    return build_report(result, policy, routes)


def _encode_articles(
    paths: list[Path], gazetteer: Gazetteer, problems: list[Problem]
) -> Iterator[bytes]:
    """Yield the articles as records of the topic; append what is not an article to ``problems``."""
    for article in iter_tagged_articles(paths, gazetteer):
        if isinstance(article, Problem):
            problems.append(article)
        else:
            yield encode(article.tagged)


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
    say(f"{report.articles} articles in {duration_s:.1f} s, {rate:.0f} a second")
    if report.unreadable:
        say(f"{report.unreadable} records are not articles and were skipped")
    if budget is not None and (over := report.over(budget)):
        say(
            f"warning: over the budget of {budget} messages a day on {len(over)} of "
            f"{len(report.days)} days; most on {over[0].day}: {over[0].messages}"
        )
    if any(problem.level == "error" for problem in problems):
        raise typer.Exit(EXIT_BAD)
