"""``summitwire rules backtest``: what rules would have raised on a folder of articles, on JSON lines, or on the whole retained topic."""

import asyncio
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from services.alerting.backtest.comparison import RuleComparison
from services.alerting.backtest.report import BacktestReport, build_report
from services.alerting.language.check import Vocabulary
from services.alerting.rules.rule_set import RuleSet
from services.console import durations
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
from services.console.rules.backtest_run import (
    default_jobs,
    iter_values,
    progress_bar,
    run,
    run_in_process,
    topic_size,
)
from services.console.rules.backtest_view import as_json, as_text
from services.console.rules.selection import (
    load_gazetteer_once,
    load_rules_or_exit,
    rule_from_expression,
    select_rule,
)
from services.console.tagged_inputs import iter_tagged_articles, require_paths
from services.tagger.data.gazetteer import Gazetteer
from shared.base import settings
from shared.files.yaml_document import Problem
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_TAGGED
from shared.messages.codec import encode

_BUDGET: Final = re.compile(r"(\d{1,7})/day")
_IN_PROCESS: Final = 2_000
_COMPILED: Final = 20_000
"""From so many articles on the compiled matcher, which every process has to load, takes less time than it saves."""
"""Fewer records are done before other processes have started."""

Paths = Annotated[
    list[Path] | None, typer.Argument(metavar="ARTICLES…", help="Files, folders, JSON lines.")
]
Files = Annotated[
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
    typer.Option("--expr", metavar="EXPRESSION", help="Try an expression in place of files."),
]
InForce = Annotated[
    Path,
    typer.Option(
        "--in-force",
        exists=True,
        envvar="RULES_DIR",
        help="What to compare with.",
        show_default="seeds/rules",
    ),
]
FromTopic = Annotated[
    bool,
    typer.Option(
        "--from-topic",
        help=f"Every article that {ARTICLES_TAGGED.name} still holds, in place of files.",
    ),
]
Budget = Annotated[
    str | None,
    typer.Option("--budget", metavar="N/day", help="Warn of days with more messages to Slack."),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        min=1,
        max=64,
        help="With --from-topic: processes.",
        show_default="one a processor",
    ),
]


def backtest(
    paths: Paths = None,
    rules: Files = None,
    rule: RuleId = None,
    expr: Expression = None,
    in_force: InForce = RULES,
    from_topic: FromTopic = False,
    since: Since = None,
    budget: Budget = None,
    jobs: Jobs = None,
    json_: JsonLines = False,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
) -> None:
    """Report what rules would have raised, and what changes against the active rules.

    The report has alerts and Slack messages a day, and the nearest misses.

    Example: summitwire rules backtest --from-topic --expr 'actor(kim-jong-un) AND venue' --budget 50/day
    """
    _check_use(paths, from_topic, since, expr, rules or rule)
    most = _budget(budget)
    require_paths(paths or [])
    gazetteer = load_gazetteer_once(actors, keywords)
    policy = _policy(rules, rule, expr, in_force, Vocabulary.from_gazetteer(gazetteer))
    started, problems = time.monotonic(), list[Problem]()
    if from_topic:
        cluster = Cluster(settings.load(settings.KafkaSettings))
        since_ms = int((time.time() - durations.parse_duration(since)) * 1000) if since else None
        found = asyncio.run(_over_topic(cluster, policy, since_ms, jobs))
    else:
        found = _over_files(_given(paths or [], gazetteer, problems), policy)
    _tell(found, problems, most, time.monotonic() - started, json_=json_)


def _check_use(
    paths: list[Path] | None, from_topic: bool, since: str | None, expr: str | None, rules: object
) -> None:
    if bool(paths) == from_topic:
        raise fail("say either which articles (ARTICLES…) or --from-topic", EXIT_USAGE)
    if since and not from_topic:
        raise fail("--since goes with --from-topic", EXIT_USAGE)
    if expr is not None and rules:
        raise fail("give either --expr or rules, not both", EXIT_USAGE)


def _budget(text: str | None) -> int | None:
    if text is None:
        return None
    found = _BUDGET.fullmatch(text.replace(" ", ""))
    if found is None:
        raise fail(f"--budget {text!r} is no budget: write 50/day", EXIT_USAGE)
    return int(found[1])


def _policy(
    rules: list[Path] | None, rule: str | None, expr: str | None, in_force: Path, known: Vocabulary
) -> RuleComparison:
    """What to try and what it would replace. The rules in force are taken as they are: they run."""
    if expr is not None:
        return RuleComparison.of(RuleSet((rule_from_expression(expr, known),)), RuleSet(()))
    tried = load_rules_or_exit(rules or [in_force], known)
    return RuleComparison.of(
        RuleSet((select_rule(tried, rule),)) if rule else tried,
        load_rules_or_exit([in_force], None),
    )


async def _over_topic(
    cluster: Cluster, policy: RuleComparison, since_ms: int | None, jobs: int | None
) -> BacktestReport:
    size = await topic_size(cluster, ARTICLES_TAGGED.name)
    if not size:
        raise fail(
            f"topic {cluster.name(ARTICLES_TAGGED.name)} is empty: nothing was tagged yet (`summitwire replay seeds/articles`)",
            EXIT_BAD,
        )
    jobs = jobs or (1 if size < _IN_PROCESS else default_jobs())
    policy = replace(policy, compiled=size >= _COMPILED)
    with progress_bar(size) as advance:
        part = await run(
            iter_values(cluster, ARTICLES_TAGGED.name, since_ms), policy, jobs=jobs, advance=advance
        )
    return build_report(part, policy)


def _over_files(records: Iterable[bytes], policy: RuleComparison) -> BacktestReport:
    with progress_bar(None) as advance:
        part = run_in_process(records, policy, advance)
    return build_report(part, policy)


def _given(paths: list[Path], gazetteer: Gazetteer, problems: list[Problem]) -> Iterator[bytes]:
    """The articles as records of the topic would hold them; what is none is noted."""
    for one in iter_tagged_articles(paths, gazetteer):
        if isinstance(one, Problem):
            problems.append(one)
        else:
            yield encode(one.tagged)


def _tell(
    found: BacktestReport,
    problems: list[Problem],
    budget: int | None,
    seconds: float,
    *,
    json_: bool,
) -> None:
    for problem in problems:
        say(str(problem))
    if not found.articles:
        raise fail("no article was found", EXIT_BAD)
    for line in as_json(found, budget) if json_ else as_text(found, budget):
        typer.echo(line)
    say(
        f"{found.articles} articles in {seconds:.1f} s, {found.articles / max(seconds, 0.001):.0f} a second"
    )
    if found.unreadable:
        say(f"{found.unreadable} records are no articles and were passed over")
    if budget is not None and (over := found.over(budget)):
        say(
            f"warning: over the budget of {budget} messages a day on {len(over)} of {len(found.days)} days; most on {over[0].day}: {over[0].messages}"
        )
    if any(problem.level == "error" for problem in problems):
        raise typer.Exit(EXIT_BAD)
