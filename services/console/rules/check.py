"""``summitwire rules check``: mistakes in rule files, in one expression, and unused keywords."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from services.alerting.language.check import ExpressionFinding, Vocabulary
from services.alerting.language.parsing.diagnose import diagnose
from services.alerting.language.tree import Tag, walk
from services.alerting.rules.lint.expression import lint
from services.alerting.rules.lint.files import inspect
from services.alerting.rules.rule_set import LoadedRule
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.options import (
    ACTORS,
    ARTICLES,
    KEYWORDS,
    ActorsFolder,
    ArticlesFolder,
    JsonLines,
    KeywordsFolder,
)
from services.console.problem_lines import print_problems
from services.console.rules.rule_paths import EXPRESSION_FILE, RuleFileArguments, rule_paths
from services.tagger.data.entry_catalogue import load_catalogue
from shared.files.yaml_document import YAML_SUFFIXES, DocumentError, Problem, load

Expression = Annotated[
    str | None,
    typer.Option("--expr", metavar="EXPRESSION", help="Check one expression instead of files."),
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
    articles: ArticlesFolder = ARTICLES,
    unused: Unused = False,
) -> None:
    """Report every mistake in rule files, and how to fix it; exit 1 if there is an error.

    Warnings name what is allowed but has no effect.

    Example: summitwire rules check seeds/rules --json
    """
    if files and expr is not None:
        raise fail("give either files or --expr, not both", EXIT_USAGE)
    vocabulary = Vocabulary.from_gazetteer(load_catalogue(actors, keywords))
    if expr is not None:
        problems = expression_problems(expr, vocabulary)
    else:
        unused_in = keywords if unused else None
        problems = _all_file_problems(files, vocabulary, articles, unused_in)
    errors = print_problems(problems, json_=json_)
    say(f"{errors} errors, {len(problems) - errors} warnings")
    if errors:
        raise typer.Exit(EXIT_BAD)


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
