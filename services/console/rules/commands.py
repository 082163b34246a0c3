"""``summitwire rules``: check what analysts write, and run the tests that stand in their files."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import orjson
import typer

from services.alerting.language.check import Vocabulary
from services.alerting.rules.rule_set import load_rule_files, rule_files
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.problem_lines import print_problems
from services.console.rules.backtest import backtest
from services.console.rules.check import expression_problems, file_problems
from services.console.rules.diff import diff
from services.console.rules.embedded_rule_tests import RuleTestResult, run_rule_tests
from services.console.rules.fmt import fmt
from services.console.rules.schema import schema
from services.console.rules.why import why_it_does_not, why_it_fires
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from shared.base.settings import project_root
from shared.files.yaml_document import DocumentError, Problem

app = typer.Typer(
    help="Check, test, format, compare, backtest and explain alert rules.", no_args_is_help=True
)

_SEEDS: Final = project_root() / "seeds"

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FILE…",
        exists=True,
        help="Rule files or folders of them.",
        show_default="seeds/rules",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]
Actors = Annotated[
    Path,
    typer.Option(
        "--actors",
        exists=True,
        help="Folder of people, offices and countries.",
        show_default="seeds/actors",
    ),
]
Keywords = Annotated[
    Path,
    typer.Option(
        "--keywords", exists=True, help="Folder of the vocabulary.", show_default="seeds/keywords"
    ),
]
Articles = Annotated[
    Path,
    typer.Option(
        "--articles",
        exists=True,
        help="Folder of the articles that tests name.",
        show_default="seeds/articles",
    ),
]
Expression = Annotated[
    str | None,
    typer.Option("--expr", metavar="EXPRESSION", help="Check one expression instead of files."),
]

Unused = Annotated[
    bool, typer.Option("--unused", help="Tell the keywords, too, that no rule names.")
]


@app.command("check")
def check_files(
    files: Files = None,
    expr: Expression = None,
    json_: Json = False,
    actors: Actors = _SEEDS / "actors",
    keywords: Keywords = _SEEDS / "keywords",
    articles: Articles = _SEEDS / "articles",
    unused: Unused = False,
) -> None:
    """Tell every mistake in rule files, with its place and how to mend it, and what they say in vain; exit 1 if there is an error.

    Example: summitwire rules check seeds/rules --json
    """
    if files and expr is not None:
        raise fail("give either files or --expr, not both", EXIT_USAGE)
    known = Vocabulary.from_gazetteer(load_gazetteer(actors, keywords))
    unused_in = keywords if unused else None
    problems = (
        expression_problems(expr, known)
        if expr is not None
        else _in_files(files, known, articles, unused_in)
    )
    errors = print_problems(problems, json_=json_)
    say(f"{errors} errors, {len(problems) - errors} warnings")
    if errors:
        raise typer.Exit(EXIT_BAD)


@app.command("test")
def run_tests(
    files: Files = None,
    json_: Json = False,
    actors: Actors = _SEEDS / "actors",
    keywords: Keywords = _SEEDS / "keywords",
    articles: Articles = _SEEDS / "articles",
) -> None:
    """Run the tests in rule files through cleaner, tagger and rule; exit 1 if one fails.

    Example: summitwire rules test seeds/rules/summit.yaml
    """
    gazetteer = load_gazetteer(actors, keywords)
    done = _tried(files, gazetteer, articles, json_=json_)
    for trial in done:
        _print(
            orjson.dumps(asdict(trial) | {"passed": trial.passed}).decode()
            if json_
            else _line(trial)
        )
    failed = sum(not trial.passed for trial in done)
    say(f"{len(done) - failed} tests passed, {failed} failed")
    if failed:
        raise typer.Exit(EXIT_BAD)


app.command("fmt")(fmt)
app.command("schema")(schema)
app.command("diff")(diff)
app.command("backtest")(backtest)
app.command("why")(why_it_fires)
app.command("why-not")(why_it_does_not)


def _in_files(
    files: list[Path] | None, known: Vocabulary, articles: Path, unused_in: Path | None
) -> list[Problem]:
    try:
        return file_problems(_paths(files), known, articles=articles, unused_in=unused_in)
    except DocumentError as error:
        return error.problems


def _tried(
    files: list[Path] | None, gazetteer: Gazetteer, articles: Path, *, json_: bool
) -> list[RuleTestResult]:
    """The tests done; where the files hold mistakes, those are told and the command ends."""
    try:
        return list(
            run_rule_tests(
                load_rule_files(_paths(files), Vocabulary.from_gazetteer(gazetteer)),
                gazetteer,
                articles,
            )
        )
    except DocumentError as error:
        print_problems(error.problems, json_=json_)
        raise fail("no test was run: mend the files first", EXIT_BAD) from None


def _paths(files: list[Path] | None) -> tuple[Path, ...]:
    return tuple(
        path
        for given in files or [_seed_rules()]
        for path in (rule_files(given) if given.is_dir() else (given,))
    )


def _seed_rules() -> Path:
    """The project's rules, as a short path where the command runs inside the project."""
    folder = _SEEDS / "rules"
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


def _line(trial: RuleTestResult) -> str:
    want = "fires" if trial.expected else "does not fire"
    told = f"\n       {trial.told}" if trial.told and not trial.passed else ""
    return f"{'ok  ' if trial.passed else 'FAIL'} {trial.file}:{trial.line}: {trial.rule} {want} on {trial.article!r}{told}"


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
