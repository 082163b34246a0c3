"""``summitwire routes``: mistakes, tests in the file, and the way that an alert takes."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.console.routes.commands import app
from shared.messages.codec import encode
from shared.messages.schemas import Severity
from tests.builders import build_clean_article
from tests.delivery_tools import dispatch

FILE = """\
receivers:
  - {name: asia-desk, notify: [slack:asia], group_wait: 1m}
route:
  routes:
    - {matchers: [severity>=high], receiver: asia-desk}
tests:
  - {alert: {severity: critical}, receivers: [asia-desk]}
  - {alert: {severity: low}, receivers: [%s]}
"""


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Any]:
    """Return a function that runs a sub-command on a file of routes."""

    def run_command(command: str, text: str, *arguments: str) -> Any:
        path = tmp_path / "routes.yaml"
        path.write_text(text, "utf-8")
        return CliRunner().invoke(app, [command, str(path), *arguments])

    return run_command


def test_check_lists_every_mistake(run: Callable[..., Any]) -> None:
    """With an exit code of 1; without a mistake it is 0."""
    assert run("check", FILE % "").exit_code == 0
    bad = run("check", FILE.replace("severity>=", "severty>=") % "asia-dsk", "--json")
    problems = [json.loads(line) for line in bad.stdout.splitlines()]
    assert bad.exit_code == 1
    assert [(each["line"], each["suggestion"]) for each in problems] == [
        (5, "did you mean severity?"),
        (8, "did you mean asia-desk?"),
    ]


def test_check_warns_of_values_that_no_alert_has(run: Callable[..., Any], tmp_path: Path) -> None:
    """A misspelt rule, owner, actor or country would never match; a pattern may."""
    rules = tmp_path / "rules.yml"
    rules.write_text(
        "rules:\n  - {id: summit-a, title: A, severity: low, owner: asia, when: kim}\n", "utf-8"
    )
    matchers = (
        *("rule=summit-b", "rule!=summit-a", "rule=~summit-.*", "rule!~trade.*", "owner=aisa"),
        *("owner=", "actor=kim-jong-un", "actor=kim-jong-uno", "country=prk", "country=xyz"),
        "source=anything",
    )
    route = "    - {matchers: [severity>=high], receiver: asia-desk}\n"
    of_each = (route.replace("severity>=high", repr(matcher)) for matcher in matchers)
    routes = FILE.replace(route, "".join(of_each)) % ""
    shown = run("check", routes, "--rules", str(rules), "--json")
    assert shown.exit_code == 0
    problems = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [(each["message"], each["suggestion"]) for each in problems] == [
        ("no rule is called 'summit-b'", "did you mean summit-a?"),
        ("no rule is called 'trade.*'", ""),
        ("no owner is called 'aisa'", "did you mean asia?"),
        ("no actor is called 'kim-jong-uno'", "did you mean kim-jong-un?"),
        ("no country is called 'xyz'", ""),
    ]


def test_the_tests_of_the_file_are_run(run: Callable[..., Any]) -> None:
    """One that fails says where the alert goes."""
    good, bad = run("test", FILE % ""), run("test", FILE % "asia-desk")
    assert (good.exit_code, bad.exit_code) == (0, 1)
    last = bad.stdout.splitlines()[-1]
    assert last.startswith("FAIL")
    assert last.endswith("reaches no receiver of a route, not asia-desk")
    results = [json.loads(line) for line in run("test", FILE % "", "--json").stdout.splitlines()]
    assert [(each["receivers"], each["passed"]) for each in results] == [
        (["asia-desk"], True),
        ([], True),
    ]


def test_the_way_of_an_alert(run: Callable[..., Any], tmp_path: Path) -> None:
    """Each route that it comes to says what does not hold."""
    path = tmp_path / "alerts.jsonl"
    alert = replace(dispatch(1).alerts[0], rule_id="a", headline="Blast")
    alerts = [replace(alert, severity=each) for each in (Severity.HIGH, Severity.LOW)]
    path.write_bytes(b"\n".join(encode(alert) for alert in alerts))
    shown = run("test", FILE % "", "--alert-json", str(path))
    assert shown.exit_code == 0
    assert shown.stdout.splitlines() == [
        "a (high): Blast",
        "  route 1, line 5: taken, to asia-desk",
        "  route root, line 3: a route below it takes the alert",
        "  → slack:newsroom (of the rule)",
        "  → slack:asia: wait 60 s",
        "a (low): Blast",
        '  route 1, line 5: severity>="high" does not hold',
        "  route root, line 3: taken, to the destinations of the rule",
        "  → slack:newsroom (of the rule)",
    ]
    lines = run("test", FILE % "", "--alert-json", str(path), "--json").stdout.splitlines()
    first = json.loads(lines[0])
    assert first["destinations"] == ["slack:newsroom", "slack:asia"]
    assert [each["taken"] for each in first["routes"]] == [True, False]


def test_the_way_of_an_article(run: Callable[..., Any], tmp_path: Path) -> None:
    """The rules that fire on it are routed."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "a.yaml").write_text(
        "rules:\n  - {id: a, title: A, severity: critical, when: dies, notify: [console:a]}\n",
        "utf-8",
    )
    article = tmp_path / "a.jsonl"
    clean = build_clean_article("Nobody dies.")
    fields = {"id": "1", "headline": clean.headline, "body": clean.body, "source": "Wire"}
    article.write_text(json.dumps(fields) + "\n", "utf-8")
    arguments = ("--article", str(article), "--rules", str(rules))
    shown = run("test", FILE % "", *arguments)
    assert shown.exit_code == 0, shown.output
    assert "  → slack:asia: wait 60 s" in shown.stdout
    assert run("test", FILE % "", *arguments, "--alert-json", str(article)).exit_code == 2
    assert run("test", FILE % "", "--alert-json", str(article)).exit_code == 1


def test_the_next_daily_line_is_named(run: Callable[..., Any]) -> None:
    """With the receiver, in its time zone; `check` knows the mistakes of one."""
    daily = "group_wait: 1m, daily: {at: '07:30', zone: Asia/Kathmandu, days: [sun]}"
    said = run("test", FILE.replace("group_wait: 1m", daily) % "").stderr
    assert re.search(
        r"asia-desk: the next daily line goes out Sun \d{4}-\d\d-\d\d 07:30 Asia/Kathmandu", said
    )
    bad = run("check", FILE.replace("group_wait: 1m", "daily: {at: '7'}") % "", "--json")
    codes = {json.loads(line)["code"] for line in bad.stdout.splitlines()}
    assert codes == {"bad-time", "missing-field"}


def test_an_article_that_cannot_be_read_is_a_failure(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    """A check in a pipeline would pass on an empty file; the other articles are shown."""
    (tmp_path / "empty.txt").touch()
    result = run("test", FILE % "", "--article", str(tmp_path / "empty.txt"))
    assert result.exit_code == 1
    assert "the cleaner drops it" in result.stderr
