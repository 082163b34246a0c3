"""The JSON Schema of rule files agrees with the parser: so do editors and `rules check`."""

import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from services.alerting.rules.json_schema import rule_file_schema
from services.alerting.rules.rule_set import find_rule_problems
from services.alerting.rules.shape import RuleFields
from services.console.rules.commands import app
from shared.base.project import project_root
from tests.cli import invoke

ROOT = project_root()
COMMITTED = ROOT / "docs" / "schemas" / "RuleFile.json"
VALIDATOR = Draft202012Validator(rule_file_schema())
SEEDS = sorted((ROOT / "seeds" / "rules").glob("*.yaml"))
RULE = "id: one\ntitle: One\nseverity: low\nwhen: trump\n"


def as_json(value: Any) -> Any:
    """Return YAML data as JSON has it: dates are strings."""
    if isinstance(value, dict):
        return {key: as_json(child) for key, child in value.items()}
    if isinstance(value, list):
        return [as_json(child) for child in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def mistakes(text: str) -> list[str]:
    """Return the paths of the mistakes that the schema finds."""
    return [
        "/".join(map(str, error.absolute_path))
        for error in VALIDATOR.iter_errors(as_json(yaml.safe_load(text)))
    ]


def test_the_committed_schema_is_the_one_that_the_command_prints() -> None:
    """Run `summitwire rules schema > docs/schemas/RuleFile.json` after changing a field."""
    assert invoke(app, "schema").out == COMMITTED.read_text("utf-8")


def test_the_schema_has_every_field_of_a_rule() -> None:
    """It is valid by draft 2020-12, and each field of a rule has a schema that is not empty."""
    Draft202012Validator.check_schema(rule_file_schema())
    fields = rule_file_schema()["$defs"]["RuleFields"]["properties"]
    assert list(fields) == list(RuleFields.__dataclass_fields__)
    assert [name for name, schema in fields.items() if not schema] == []


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_every_seed_file_passes_and_names_the_schema(path: Path) -> None:
    """Editors find the schema by the line at the top."""
    text = path.read_text("utf-8")
    assert mistakes(text) == []
    (line,) = [
        entry for entry in text.splitlines() if entry.startswith("# yaml-language-server: $schema=")
    ]
    assert (path.parent / line.partition("=")[2]).resolve() == COMMITTED


@pytest.mark.parametrize(
    "text",
    [
        RULE,
        f"- {RULE.replace(chr(10), chr(10) + '  ')}",
        "rules:\n- {id: a, title: T, severity: high, when: x}\n",
    ],
)
def test_a_file_may_have_one_rule_or_a_list(text: str) -> None:
    """The three shapes that the parser accepts."""
    assert mistakes(text) == []


BROKEN = [
    ("", ""),
    ("just text\n", ""),
    ("rules: []\n", "rules"),
    ("rules: a\n", "rules"),
    ("rules:\n- foo\n", "rules/0"),
    (RULE + "sevrity: low\n", ""),
    (RULE.replace("id: one\n", ""), ""),
    (RULE.replace("one", "One"), "id"),
    (RULE.replace("one", "a" * 81), "id"),
    (RULE.replace("One", "t" * 201), "title"),
    (RULE.replace("low", "hihg"), "severity"),
    (RULE.replace("trump", "5"), "when"),
    (RULE.replace("trump", "''"), "when"),
    (RULE + "threshold: {count: 1, within: 1h}\n", "threshold/count"),
    (RULE + "threshold: {count: 5, within: 1h, distinct: day}\n", "threshold/distinct"),
    (RULE + "group: {wait: 5 minutes}\n", "group/wait"),
    (RULE + "group: {by: [rumour]}\n", "group/by/0"),
    (RULE + "group: {bye: [story]}\n", "group"),
    (RULE + "notify: slack:x\n", "notify"),
    (RULE + "notify: [slakc:x]\n", "notify/0"),
    (RULE + "tests: [{article: x.txt}]\n", "tests/0"),
    (RULE + "tests: [{article: x.txt, fires: maybe}]\n", "tests/0/fires"),
    (RULE + "tests: [{article: {boddy: x}, fires: true}]\n", "tests/0/article"),
]


@pytest.mark.parametrize(("text", "where"), BROKEN, ids=[text[-24:] for text, _ in BROKEN])
def test_a_broken_file_is_refused_by_both(tmp_path: Path, text: str, where: str) -> None:
    """The schema points at the field, and the parser refuses the file, too."""
    assert where in mistakes(text)
    path = tmp_path / "rules.yaml"
    path.write_text(text, "utf-8")
    assert find_rule_problems((path,))
