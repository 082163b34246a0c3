"""``summitwire rules check``: mistakes in rule files or an expression, and rules over budget."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from services.alerting.backtest.trial_rule import EXPRESSION_FILE
from services.alerting.language.check import ExpressionFinding, Vocabulary
from services.alerting.language.parsing.diagnose import diagnose
from services.alerting.language.tree import Tag, walk
from services.alerting.rules.lint.expression import lint
from services.alerting.rules.lint.files import inspect
from services.alerting.rules.rule_set import LoadedRule, parse_rule_files
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.options import (
    ACTORS,
    ARTICLES,
    KEYWORDS,
    ActorsFolder,
    JsonLines,
    KeywordsFolder,
    Since,
)
from services.console.printing.json_lines import json_line
from services.console.printing.plurals import count_of
from services.console.problem_lines import print_problems
from services.console.rules.article_arguments import (
    FromTaggedTopic,
    MeasuredArticles,
    RoutesOption,
    load_chosen_routes,
    parse_budget,
)
from services.console.rules.rule_paths import RuleFileArguments, rule_paths
from services.console.rules.selection import load_gazetteer_once, rule_from_expression
from services.tagger.data.entry_catalogue import load_catalogue
from shared.files.yaml_document import YAML_SUFFIXES, DocumentError, Problem, load

Expression = Annotated[
    str | None,
    typer.Option("--expr", metavar="EXPRESSION", help="Check one expression instead of files."),
]
MeasuredPaths = Annotated[
    list[Path] | None,
    typer.Option(
        "--articles",
        exists=True,
        help="The folder of the articles that tests name, and what budgets are measured on: files, "
        "folders, JSON lines; may be repeated.",
        show_default="seeds/articles, for tests",
    ),
]
Budget = Annotated[
    str | None,
    typer.Option(
        "--budget",
        metavar="N/day",
        help="Refuse rules that would send one receiver more messages a day, measured on "
        "--from-topic or --articles.",
    ),
]
Unused = Annotated[
    bool, typer.Option("--unused", help="Also report the keywords that no rule names.")
]


def check(
    files: RuleFileArguments = None,
    expr: Expression = None,
    json_: JsonLines = False,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
    articles: MeasuredPaths = None,
    unused: Unused = False,
    budget: Budget = None,
    from_topic: FromTaggedTopic = False,
    since: Since = None,
    routes: RoutesOption = None,
) -> None:
    """Report every mistake in rule files, and how to fix it; exit 1 if there is an error.

    Warnings name what is allowed but has no effect. With articles, rules are measured that would
    send more messages a day than --budget (an error) or their own budget: (a warning) allows.

    Example: summitwire rules check seeds/rules --budget 20/day --from-topic
    """
    _check_arguments(files, expr, budget, articles, from_topic=from_topic, since=since)
    most = parse_budget(budget)
    vocabulary = Vocabulary.from_gazetteer(load_catalogue(actors, keywords))
    if expr is not None:
        problems = expression_problems(expr, vocabulary)
    else:
        unused_in = keywords if unused else None
        problems = _all_file_problems(files, vocabulary, _test_folder(articles), unused_in)
    errors = print_problems(problems, json_=json_)
    warnings = len(problems) - errors
    if not errors and (from_topic or articles):
        paths = () if from_topic else tuple(articles or ())
        where = MeasuredArticles(paths=paths, since=since, routes=load_chosen_routes(routes))
        rules = _load_rules(files, expr, vocabulary)
        more_errors, more_warnings = _check_budgets(
            rules, most, where, (actors, keywords), json_=json_
        )
        errors, warnings = errors + more_errors, warnings + more_warnings
    elif errors and budget:
        say("no budget was measured: fix the errors first")
    say(f"{count_of(errors, 'error')}, {count_of(warnings, 'warning')}")
    if errors:
        raise typer.Exit(EXIT_BAD)


def _check_arguments(
    files: list[Path] | None,
    expr: str | None,
    budget: str | None,
    articles: list[Path] | None,
    *,
    from_topic: bool,
    since: str | None,
) -> None:
    if files and expr is not None:
        raise fail("give either files or --expr, not both", EXIT_USAGE)
    if from_topic and any(not path.is_dir() for path in articles or ()):
        raise fail("measure on either --from-topic or the files of --articles", EXIT_USAGE)
    if budget is not None and not (from_topic or articles):
        where = "--from-topic, or --articles with files or folders"
        raise fail(f"a budget is measured on articles: say which with {where}", EXIT_USAGE)
    if since and not from_topic:
        raise fail("--since goes with --from-topic", EXIT_USAGE)


def _test_folder(articles: Sequence[Path] | None) -> Path:
    """Return the folder of the articles that tests name: the first that is given, if any."""
    return next((path for path in articles or () if path.is_dir()), ARTICLES)


def _load_rules(
    files: list[Path] | None, expr: str | None, vocabulary: Vocabulary
) -> Sequence[LoadedRule]:
    """Return the rules to measure, which have no errors."""
    if expr is not None:
        return (rule_from_expression(expr, vocabulary),)
    return parse_rule_files(rule_paths(files))[0]


def _check_budgets(
    rules: Sequence[LoadedRule],
    budget: int | None,
    where: MeasuredArticles,
    folders: tuple[Path, Path],
    *,
    json_: bool,
) -> tuple[int, int]:
    """Measure the rules that have a budget, and return the number of errors and warnings.

    ``folders`` are those of actors and keywords, which articles in files are tagged by.
    """
    from services.console.rules.backtest import budget_check  # noqa: PLC0415 - slow to import

    budgets = budget_check.list_budgets(rules, budget)
    if not budgets:
        return 0, 0
    report = budget_check.measure(budgets, where, load_gazetteer_once(*folders))
    for problem in report.unreadable:
        say(str(problem))
    errors = print_problems(report.problems, json_=json_)
    for line in budget_check.iter_json(report) if json_ else ():
        sys.stdout.write(json_line(line) + "\n")
    say(report.summary())
    bad = sum(problem.level == "error" for problem in report.unreadable)
    return errors + bad, len(report.problems) + len(report.unreadable) - errors - bad


def expression_problems(expression: str, vocabulary: Vocabulary) -> list[Problem]:
    """Return every problem of one expression."""
    tree, findings = diagnose(expression, vocabulary)
    more = lint(expression, tree) if tree else ()
    return sorted(map(_to_problem, (*findings, *more)))


def file_problems(
    paths: tuple[Path, ...], vocabulary: Vocabulary, *, articles: Path, unused_in: Path | None
) -> list[Problem]:
    """Return every problem of rule files, and tests whose article is not in ``articles``.

    ``unused_in``: a folder of keywords; those that no rule names are problems too.
    """
    rules, problems = inspect(paths, vocabulary)
    unused = list(_unused_keywords(rules, unused_in)) if unused_in else []
    return sorted([*problems, *_missing_articles(rules, articles)]) + unused


def _all_file_problems(
    files: list[Path] | None, vocabulary: Vocabulary, articles: Path, unused_in: Path | None
) -> list[Problem]:
    try:
        return file_problems(rule_paths(files), vocabulary, articles=articles, unused_in=unused_in)
    except DocumentError as error:
        return error.problems


def _missing_articles(rules: Sequence[LoadedRule], articles: Path) -> Iterator[Problem]:
    suggestion = "name one that is, or write it out: headline and body"
    for rule in rules:
        for test in rule.tests:
            if isinstance(test.article, str) and not (articles / test.article).exists():
                yield Problem(
                    file=rule.file,
                    line=test.line,
                    column=1,
                    message=f"no article {test.article} is in {articles}",
                    suggestion=suggestion,
                    level="warning",
                    code="missing-article",
                    rule=rule.rule.rule_id,
                )


def _unused_keywords(rules: Sequence[LoadedRule], folder: Path) -> Iterator[Problem]:
    used = {
        node.id
        for rule in rules
        for node, _ in walk(rule.tree)
        if isinstance(node, Tag) and node.kind == "keyword"
    }
    for path in sorted(folder.iterdir()):
        if path.suffix not in YAML_SUFFIXES:
            continue
        document = load(path)
        for index, entry in enumerate(document.value_at(("keywords",)) or []):
            if entry.get("id") not in used:
                place = document.position(("keywords", index, "id"))
                message = f"no rule names keyword({entry.get('id')})"
                yield Problem(document.file, *place, message, "", "warning", "unused-keyword")


def _to_problem(finding: ExpressionFinding) -> Problem:
    return Problem(
        EXPRESSION_FILE,
        finding.line,
        finding.column,
        finding.message,
        finding.suggestion,
        finding.level,
        finding.code,
    )
