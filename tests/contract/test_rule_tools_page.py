"""The page on the rule tools is true.

Every example of docs/rule-tools.md prints what the page shows, and names every JSON field.
"""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from services.alerting.explain.edits import EDITS
from services.console.rules.commands import app
from shared.base.project import project_root
from tests.cli import invoke

PAGE = (project_root() / "docs" / "rule-tools.md").read_text("utf-8")
FILES = dict(re.findall(r"^```(?:json|yaml) (\S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
EXAMPLES = re.findall(
    r"^```console\n\$ summitwire rules (.*?)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the page's files, and make it the current one."""
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_page_has_its_examples() -> None:
    """The tests below read the page: they must find what they test."""
    assert sorted(FILES) == ["articles.jsonl", "new.yaml", "now.yaml"]
    assert [command.split()[0] for command, _ in EXAMPLES] == [
        "test",
        "why",
        "why-not",
        "diff",
        "backtest",
    ]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("command", "output"), EXAMPLES, ids=[command.split()[0] for command, _ in EXAMPLES]
)
def test_an_example_prints_what_the_page_shows(command: str, output: str) -> None:
    """To the letter; (…) on the page stands for anything."""
    ended = invoke(app, *shlex.split(command))
    pattern = re.escape(output).replace(re.escape("(…)"), r"\(.*\)")
    assert re.fullmatch(pattern, ended.out), ended.out + ended.err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "command",
    [command for command, _ in EXAMPLES],
    ids=[command.split()[0] for command, _ in EXAMPLES],
)
def test_json_has_the_fields_that_the_page_names(command: str) -> None:
    """Each field of each line is on the page in quotes or backticks."""
    lines = invoke(app, *shlex.split(command), "--json").lines
    fields = {name for line in lines for name in _names(json.loads(line))}
    assert lines
    assert (
        sorted(name for name in fields if f'"{name}"' not in PAGE and f"`{name}`" not in PAGE) == []
    )


def _names(value: Any) -> set[str]:
    """Return every field, also of nested values; those of ``group`` are in docs/rules.md."""
    if isinstance(value, list):
        return {name for each in value for name in _names(each)}
    if not isinstance(value, dict):
        return set()
    return set(value) | {
        name for key, each in value.items() if key != "group" for name in _names(each)
    }


def test_the_list_of_changes_is_the_one_that_is_used() -> None:
    """The page has one row for each way of changing a rule."""
    rows = re.search(r"\| change \| for example \|\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE)
    assert rows is not None
    assert len(rows[1].splitlines()) == len(EDITS)
