"""A rule's threshold in a file: part of the revision, with mistakes reported at their place."""

from pathlib import Path

import pytest

from services.alerting.rules.rule_set import find_rule_problems, load_rules
from shared.messages.schemas import Threshold

RULE = "id: one\ntitle: One\nseverity: low\nwhen: trump\n"


def threshold(folder: Path, written: str) -> tuple[Threshold | None, str]:
    """Return the threshold of a rule with this line, and the rule's revision."""
    (folder / "one.yaml").write_text(RULE + written, "utf-8")
    (loaded,) = load_rules(folder).rules
    return loaded.rule.threshold, loaded.rule.revision


def test_a_threshold_is_read_and_is_part_of_the_revision(tmp_path: Path) -> None:
    """Alerts carry it, so an alert's id stands for it.

    A rule without one keeps the revision that it always had.
    """
    written = (
        "",
        "threshold: {count: 5, within: 1h}",
        "threshold: {count: 5, within: 1h, distinct: source}",
        "threshold: {count: 6, within: 1h, distinct: story}",
    )
    found = [threshold(tmp_path, each) for each in written]
    assert [each for each, _ in found] == [
        None,
        Threshold(count=5, within_s=3600),
        Threshold(count=5, within_s=3600, distinct="source"),
        Threshold(count=6, within_s=3600, distinct="story"),
    ]
    assert len({revision for _, revision in found}) == 4
    assert (
        threshold(tmp_path, "threshold: {count: 5, within: 60m, distinct: article}")[1]
        == found[1][1]
    )


@pytest.mark.parametrize(
    ("written", "column", "code"),
    [
        ("threshold: 5", 1, "wrong-type"),
        ("threshold: {within: 1h}", 1, "missing-field"),
        ("threshold: {count: 5}", 1, "missing-field"),
        ("threshold: {count: five, within: 1h}", 13, "wrong-type"),
        ("threshold: {count: 1, within: 1h}", 20, "bad-threshold"),
        ("threshold: {count: 101, within: 1h}", 20, "bad-threshold"),
        ("threshold: {count: 5, within: an hour}", 31, "bad-duration"),
        ("threshold: {count: 5, within: 0s}", 31, "bad-threshold"),
        ("threshold: {count: 5, within: 31d}", 31, "bad-threshold"),
        ("threshold: {count: 5, within: 1h, distinct: stories}", 45, "bad-threshold"),
        ("threshold: {count: 5, within: 1h, distnict: source}", 35, "unknown-field"),
    ],
)
def test_a_mistake_is_told_at_its_place(
    tmp_path: Path, written: str, column: int, code: str
) -> None:
    """Line 5 is the threshold's."""
    path = tmp_path / "one.yaml"
    path.write_text(RULE + written, "utf-8")
    assert [
        (problem.line, problem.column, problem.code) for problem in find_rule_problems((path,))
    ] == [(5, column, code)]
