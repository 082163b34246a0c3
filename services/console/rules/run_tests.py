"""``summitwire rules test``: run the tests in rule files."""

import sys
from pathlib import Path

import typer

from services.alerting.language.check import Vocabulary
from services.alerting.rules.rule_set import load_rule_files
from services.console.errors import EXIT_BAD, fail, say
from services.console.options import (
    ACTORS,
    ARTICLES,
    KEYWORDS,
    ActorsFolder,
    ArticlesFolder,
    JsonLines,
    KeywordsFolder,
)
from services.console.printing.json_lines import json_line
from services.console.printing.plurals import count_of
from services.console.problem_lines import print_problems
from services.console.rules.embedded_rule_tests import RuleTestResult, run_rule_tests
from services.console.rules.rule_paths import RuleFileArguments, rule_paths
from services.console.rules.selection import print_fields_without_effect
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from shared.files.yaml_document import DocumentError


def run_tests(
    files: RuleFileArguments = None,
    json_: JsonLines = False,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
    articles: ArticlesFolder = ARTICLES,
) -> None:
    """Run the tests in rule files through cleaner, tagger and rule; exit 1 if one fails.

    Example: summitwire rules test seeds/rules/summit.yaml
    """
    results = _run(files, load_gazetteer(actors, keywords), articles, json_=json_)
    for result in results:
        sys.stdout.write((as_json(result) if json_ else as_text(result)) + "\n")
    failures = sum(not result.passed for result in results)
    say(f"{count_of(len(results) - failures, 'test')} passed, {failures} failed")
    if failures:
        raise typer.Exit(EXIT_BAD)


def as_json(result: RuleTestResult) -> str:
    """Return the object that ``--json`` prints."""
    return json_line(
        {
            "file": result.file,
            "line": result.line,
            "rule": result.rule,
            "article": result.article,
            "expected": result.expected,
            "fired": result.fired,
            "told": result.explanation,
            "spans": result.spans,
            "marked": result.matched_words,
            "passed": result.passed,
        }
    )


def as_text(result: RuleTestResult) -> str:
    """Return the line for people, and below it why the test failed."""
    verdict = "ok  " if result.passed else "FAIL"
    where = f"{result.file}:{result.line}"
    expected = "fires" if result.expected else "does not fire"
    line = f"{verdict} {where}: {result.rule} {expected} on {result.article!r}"
    has_reason = result.explanation and not result.passed
    return line + (f"\n       {result.explanation}" if has_reason else "")


def _run(
    files: list[Path] | None, gazetteer: Gazetteer, articles: Path, *, json_: bool
) -> list[RuleTestResult]:
    """Run all tests; if the files have mistakes, print them and exit."""
    try:
        rules = load_rule_files(rule_paths(files), Vocabulary.from_gazetteer(gazetteer))
        print_fields_without_effect(rules)
        return list(run_rule_tests(rules, gazetteer, articles))
    except DocumentError as error:
        print_problems(error.problems, json_=json_)
        raise fail("no test was run: fix the files first", EXIT_BAD) from None
