"""The shipped rules on articles whose right alerts several writers marked; bench/rule_quality.py."""

import pytest

from bench.rule_quality import Tally, add_cases
from services.alerting.language.check import Vocabulary
from services.alerting.rules.rule_set import RuleSet, load_rule_files
from shared.base.project import project_root
from shared.messages.schemas import Severity
from tests.seed_data import seed_gazetteer

SEEDS = project_root() / "seeds"
PASSAGES = sorted((project_root() / "tests" / "passages" / "rules").glob("*.txt"))


@pytest.fixture(scope="module")
def rules_and_tally() -> tuple[RuleSet, Tally]:
    """Return the shipped rules and their alerts on all the passages."""
    gazetteer = seed_gazetteer()
    paths = tuple(sorted((SEEDS / "rules").glob("*.yaml")))
    rules = load_rule_files(paths, Vocabulary.from_gazetteer(gazetteer))
    tally = Tally()
    add_cases(tally, PASSAGES, rules, gazetteer)
    return rules, tally


def test_critical_alerts_are_right(rules_and_tally: tuple[RuleSet, Tally]) -> None:
    """Nine of ten critical alerts wake the desk for what has happened."""
    rules, tally = rules_and_tally
    critical = frozenset(
        loaded.rule.rule_id for loaded in rules.rules if loaded.rule.severity is Severity.CRITICAL
    )
    scores = tally.scores(critical)
    assert scores.precision >= 0.9
    assert scores.recall >= 0.7


def test_all_alerts_together(rules_and_tally: tuple[RuleSet, Tally]) -> None:
    """What all rules raise and miss on 206 articles, most with background paragraphs."""
    rules, tally = rules_and_tally
    assert len(PASSAGES) == 6
    scores = tally.scores(frozenset(loaded.rule.rule_id for loaded in rules.rules))
    assert scores.f1 >= 0.8
