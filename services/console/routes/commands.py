"""``summitwire routes check`` and ``test``."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from services.alerting.language.check import Vocabulary
from services.alerting.routes.fields import KnownValues
from services.alerting.routes.parse_routes import find_route_problems, load_routes
from services.alerting.routes.routes import Routes
from services.alerting.routes.run_tests import RouteTestResult, run_route_tests
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.options import (
    ACTORS,
    KEYWORDS,
    RULES,
    SEEDS,
    ActorsFolder,
    JsonLines,
    KeywordsFolder,
    RuleFiles,
)
from services.console.printing.json_lines import json_line
from services.console.printing.plurals import count_of
from services.console.problem_lines import print_problems
from services.console.routes.label_values import values_of_names, values_of_rules
from services.console.routes.trace import AlertTrace, as_json, as_text, read_alerts, trace_alert
from services.console.rules.selection import load_rules_or_exit
from services.tagger.data.entry_catalogue import load_catalogue
from shared.files.yaml_document import DocumentError

DEFAULT_FILE: Final = SEEDS / "routes.yaml"

app = typer.Typer(
    help="Check and test the file of routes, and show which way an alert takes.",
    no_args_is_help=True,
)

RoutesFile = Annotated[
    Path,
    typer.Argument(
        metavar="[FILE]",
        envvar="ROUTES_FILE",
        help="The file of routes.",
        show_default="seeds/routes.yaml",
    ),
]
AlertJson = Annotated[
    Path | None,
    typer.Option(
        "--alert-json",
        metavar="PATH",
        help="Alerts as JSON lines, as `summitwire tail alerts.v1 --json` prints them.",
    ),
]
ArticlePaths = Annotated[
    list[Path] | None,
    typer.Option("--article", metavar="PATH", help="Texts, pages or JSON lines; may be repeated."),
]


@app.command(epilog="Example: summitwire routes check seeds/routes.yaml --json")
def check(
    file: RoutesFile = DEFAULT_FILE,
    rules: RuleFiles = None,
    json_: JsonLines = False,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
) -> None:
    """Report every mistake in the file of routes, and how to fix it; exit 1 if there is an error.

    Warnings name what has no effect: a route that no alert reaches, a mute time that nothing names,
    a matcher with a rule, owner, actor or country that does not exist.
    """
    problems = find_route_problems(file, _load_known_values(rules, actors, keywords))
    errors = print_problems(problems, json_=json_)
    say(f"{count_of(errors, 'error')}, {count_of(len(problems) - errors, 'warning')}")
    if errors:
        raise typer.Exit(EXIT_BAD)


@app.command(
    "test",
    epilog="Example: summitwire routes test --article seeds/articles/004_947d3aa60bc3ea5e.txt",
)
def run_tests(
    file: RoutesFile = DEFAULT_FILE,
    alert_json: AlertJson = None,
    article: ArticlePaths = None,
    rules: RuleFiles = None,
    json_: JsonLines = False,
    actors: ActorsFolder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
) -> None:
    """Run the tests in the file of routes; exit 1 if one fails.

    With alerts or articles it shows instead which routes each alert takes, and why: for each route
    that it comes to, the matcher that does not hold.
    """
    routes = _load(file, json_=json_)
    if alert_json is None and not article:
        _run_tests(routes, file, json_=json_)
        return
    if alert_json is not None and article:
        raise fail("give either --alert-json or --article, not both", EXIT_USAGE)
    alerts = read_alerts(alert_json, article or [], rules, actors, keywords)
    for trace in (trace_alert(alert, routes) for alert in alerts):
        _print_trace(trace, json_=json_)


def _load_known_values(rules: list[Path] | None, actors: Path, keywords: Path) -> KnownValues:
    """Return the values that labels may have."""
    vocabulary = Vocabulary.from_gazetteer(load_catalogue(actors, keywords))
    loaded = load_rules_or_exit(rules or [RULES], None)
    return {**values_of_rules(loaded), **values_of_names(vocabulary)}


def _load(file: Path, *, json_: bool) -> Routes:
    try:
        return load_routes(file)
    except DocumentError as error:
        print_problems(error.problems, json_=json_)
        raise fail("no alert was routed: fix the file first", EXIT_BAD) from None


def _run_tests(routes: Routes, file: Path, *, json_: bool) -> None:
    results = list(run_route_tests(routes))
    for result in results:
        line = _result_as_json(result, file) if json_ else _result_as_text(result, file)
        sys.stdout.write(line + "\n")
    for line in _daily_lines(routes):
        say(line)
    failures = sum(not result.passed for result in results)
    say(f"{count_of(len(results) - failures, 'test')} passed, {failures} failed")
    if failures:
        raise typer.Exit(EXIT_BAD)


def _daily_lines(routes: Routes) -> Iterator[str]:
    """Yield when each receiver that has a daily line gets the next one."""
    for receiver in routes.receivers.values():
        if receiver.daily is not None:
            zone = ZoneInfo(receiver.daily.zone)
            due = receiver.daily.next_after(datetime.now(UTC)).astimezone(zone)
            yield f"{receiver.name}: the next daily line goes out {due:%a %Y-%m-%d %H:%M} {zone}"


def _result_as_json(result: RouteTestResult, file: Path) -> str:
    return json_line(
        {
            "file": str(file),
            "line": result.test.line,
            "alert": result.test.labels,
            "expected": result.test.receivers,
            "receivers": result.receivers,
            "passed": result.passed,
        }
    )


def _result_as_text(result: RouteTestResult, file: Path) -> str:
    verdict = "ok  " if result.passed else "FAIL"
    labels = " ".join(f"{name}={'|'.join(values)}" for name, values in result.test.labels.items())
    line = f"{verdict} {file}:{result.test.line}: {labels} reaches {_names(result.receivers)}"
    return line if result.passed else f"{line}, not {_names(result.test.receivers)}"


def _names(receivers: tuple[str, ...]) -> str:
    return ", ".join(receivers) or "no receiver of a route"


def _print_trace(trace: AlertTrace, *, json_: bool) -> None:
    sys.stdout.write((as_json(trace) if json_ else as_text(trace)) + "\n")
