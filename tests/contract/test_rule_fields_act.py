"""Every field of a rule has an effect: in the services, in a command, or as a warning."""

from dataclasses import fields
from pathlib import Path

import pytest

from services.alerting.backtest.changes import rule_changes
from services.alerting.language.check import Vocabulary
from services.alerting.rules import fields as rule_fields
from services.alerting.rules.rule_set import RuleSet, load_rules
from services.alerting.rules.shape import RuleFields
from shared.files.yaml_document import DocumentError

RULE = {
    "id": "one",
    "title": "One",
    "severity": "low",
    "when": "trump",
    "threshold": "{count: 5, within: 1h}",
    "tests": "[{article: {body: trump}, fires: true}]",
}
SERVICES = {  # another value, which must reach the services in the rule's record
    "id": "two",
    "title": "Two",
    "severity": "high",
    "when": "kim",
    "notify": "[slack:newsroom]",
    "threshold": "{count: 6, within: 1h}",
    "threshold.count": "{count: 4, within: 1h}",
    "threshold.within": "{count: 5, within: 2h}",
    "threshold.distinct": "{count: 5, within: 1h, distinct: source}",
    "group": "{wait: 2m}",
    "group.wait": "{wait: 2m}",
    "group.interval": "{interval: 2m}",
    "group.repeat": "{repeat: 2h}",
    "needs": "{independent: 2, within: 30m}",
    "needs.independent": "{independent: 3, within: 30m}",
    "needs.within": "{independent: 2, within: 20m}",
}
COMMANDS = {  # fields for people, for `rules test` and `rules check --budget`
    "owner": "desk",
    "budget": "20/day",
    "tests": "[]",
    "tests.article": "[{article: {body: trump again}, fires: true}]",
    "tests.fires": "[{article: {body: trump}, fires: false}]",
    "tests.spans": "[{article: {body: trump}, fires: true, spans: [trump]}]",
}
CHECKS = {"pending": "[actor(jane-doe)]"}  # fields for `rules check`
NO_EFFECT = {"group.by": "{by: [story]}"}  # says what is the case anyway


def load(folder: Path, name: str = "", value: str = "") -> RuleSet:
    """Load the rule, with another value for one field."""
    rule = RULE | ({name.partition(".")[0]: value} if name else {})
    text = "".join(f"{field}: {written}\n" for field, written in rule.items())
    (folder / "rule.yaml").write_text(text, "utf-8")
    return load_rules(folder)


def test_no_field_is_forgotten() -> None:
    """A new field states here what it does."""
    parts = {
        "threshold": rule_fields.ThresholdFields,
        "tests": rule_fields.TestFields,
        "group": rule_fields.GroupFields,
        "needs": rule_fields.NeedsFields,
    }
    inner = {f"{name}.{field.name}" for name, part in parts.items() for field in fields(part)}
    outer = {field.name for field in fields(RuleFields)}
    assert SERVICES.keys() | COMMANDS.keys() | CHECKS.keys() | NO_EFFECT.keys() == outer | inner


@pytest.mark.parametrize(("name", "value"), SERVICES.items(), ids=list(SERVICES))
def test_a_field_reaches_the_services(tmp_path: Path, name: str, value: str) -> None:
    """Another value is another record, and so another revision or id."""
    (before,), (after,) = load(tmp_path).rules, load(tmp_path, name, value).rules
    assert (before.rule.rule_id, before.rule.revision) != (after.rule.rule_id, after.rule.revision)


@pytest.mark.parametrize(("name", "value"), COMMANDS.items(), ids=list(COMMANDS))
def test_a_field_reaches_a_command(tmp_path: Path, name: str, value: str) -> None:
    """``rules test`` runs other tests, or ``rules diff`` shows another owner or budget."""
    before, after = load(tmp_path), load(tmp_path, name, value)
    assert before.rules[0].tests != after.rules[0].tests or rule_changes(before, after)


def test_pending_ids_are_no_mistakes(tmp_path: Path) -> None:
    """An id that the data does not have is a mistake, but a warning where ``pending`` lists it."""
    vocabulary = Vocabulary(actors=frozenset({"kim-jong-un"}))
    text = "{{id: one, title: T, severity: low, when: actor(jane-doe), pending: [{}]}}"
    file = tmp_path / "rule.yaml"
    file.write_text(text.format("actor(jane-doe)"))
    loaded = load_rules(tmp_path, vocabulary)
    assert [warning.code for warning in loaded.warnings] == ["pending-id"]
    file.write_text(text.format("actor(kim-jong-un)"))
    with pytest.raises(DocumentError, match="no actor has the id jane-doe"):
        load_rules(tmp_path, vocabulary)


@pytest.mark.parametrize(("name", "value"), NO_EFFECT.items(), ids=list(NO_EFFECT))
def test_what_is_the_case_anyway_changes_nothing(tmp_path: Path, name: str, value: str) -> None:
    """The rule's record is the same."""
    before, after = load(tmp_path), load(tmp_path, name, value)
    assert before.rules[0].rule == after.rules[0].rule
