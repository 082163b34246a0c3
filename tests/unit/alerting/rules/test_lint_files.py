import random
from pathlib import Path

import pytest

from services.alerting.language.check import Vocabulary
from services.alerting.rules.lint.files import inspect
from services.alerting.rules.lint.implication import Claim, Reasoner
from services.alerting.rules.rule_set import LoadedRule

VOCABULARY = Vocabulary(actors=frozenset({"kim-jong-un"}))


def rule(name: str, when: str, notify: str = "slack:a", severity: str = "low") -> str:
    return f"- {{id: {name}, title: T, severity: {severity}, notify: [{notify}], when: '{when}'}}\n"


def found(folder: Path, *rules: str) -> list[tuple[int, str, str]]:
    path = folder / "rules.yaml"
    path.write_text("".join(rules), "utf-8")
    return [
        (problem.line, problem.code, problem.message) for problem in inspect((path,), VOCABULARY)[1]
    ]


def test_a_rule_that_stands_twice_is_told_at_the_second(tmp_path: Path) -> None:
    """Another spelling is the same rule; its message names the first one and where it stands."""
    ((line, code, message),) = found(
        tmp_path, rule("one", "kim AND (NOT golf)"), rule("two", "Kim AND NOT Golf")
    )
    assert (line, code) == (2, "duplicate-rule")
    assert "one (" in message
    assert "rules.yaml:1)" in message


SUBSUMED = [
    ("kim AND moon", "kim"),
    ('"kim jong" W/5 summit', '"kim jong" W/9 (summ* OR talks)'),
    ("denuclearize", "denuclear* OR disarm*"),
    ("headline(actor(kim-jong-un))", "actor(kim-jong-un)"),
    ("kim AND NOT (golf OR trade)", "kim AND NOT golf"),
    ("ATLEAST5(kim)", "ATLEAST2(kim)"),
]


@pytest.mark.parametrize(("narrow", "wide"), SUBSUMED, ids=[narrow for narrow, _ in SUBSUMED])
def test_a_rule_that_fires_only_where_another_does_is_told(
    tmp_path: Path, narrow: str, wide: str
) -> None:
    """When both tell the same readers; the wider one is not told."""
    assert [
        (line, code)
        for line, code, _ in found(tmp_path, rule("narrow", narrow), rule("wide", wide))
    ] == [(1, "subsumed-rule")]


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (rule("narrow", "kim AND moon", notify="slack:b"), rule("wide", "kim")),
        (rule("narrow", "kim AND moon", severity="high"), rule("wide", "kim")),
        (rule("narrow", "kim AND moon"), rule("wide", "kim AND xi")),
        (rule("narrow", "body(kim)"), rule("wide", "headline(kim)")),
        (
            rule("narrow", "kim AND moon"),
            rule("wide", "kim").replace("{id", "{threshold: {count: 5, within: 1h}, id"),
        ),
    ],
    ids=["other readers", "louder", "not narrower", "another place", "later"],
)
def test_a_rule_that_tells_something_of_its_own_is_let_be(
    tmp_path: Path, narrow: str, wide: str
) -> None:
    """Other readers, a higher severity or other articles are reasons to have it."""
    assert found(tmp_path, narrow, wide) == []


def test_mistakes_do_not_hide_what_is_said_in_vain(tmp_path: Path) -> None:
    """A rule that cannot be read is left out.

    The others are still compared, and every problem is reported at its place.
    """
    rules = (
        rule("one", "kim"),
        rule("two", "kim AND actor(kim-jong-n)"),
        rule("three", "kim AND moon"),
        rule("four", "us AND NOT us"),
    )
    assert [(line, code) for line, code, _ in found(tmp_path, *rules)] == [
        (2, "unknown-actor"),
        (3, "subsumed-rule"),
        (4, "common-word"),
        (4, "contradiction"),
        (4, "common-word"),
    ]


def test_candidates_are_enough(tmp_path: Path) -> None:
    """Looking only at rules that share a key finds every pair that comparing all pairs finds."""
    chance = random.Random(5)
    words = [
        "kim",
        "moon",
        "xi",
        "summit",
        '"kim jong"',
        "den*",
        "denuclear*",
        "denuclearize",
        "actor(kim-jong-un)",
    ]
    whens = {
        " ".join(
            (
                chance.choice(words),
                chance.choice(("AND", "OR", "W/5", "AND NOT")),
                chance.choice(words),
            )
        )
        for _ in range(60)
    }
    text = "".join(rule(f"r{number}", when) for number, when in enumerate(sorted(whens)))
    path = tmp_path / "rules.yaml"
    path.write_text(text, "utf-8")
    rules, problems = inspect((path,), VOCABULARY)
    assert {
        problem.rule for problem in problems if problem.code in ("subsumed-rule", "duplicate-rule")
    } == _narrower(rules)


def _narrower(rules: tuple[LoadedRule, ...]) -> set[str]:
    def follows(one: LoadedRule, other: LoadedRule) -> bool:
        return Reasoner(2_000).implies(Claim(one.tree), Claim(other.tree))

    first = {rule.rule.when: rule for rule in reversed(rules)}
    twice = {rule.rule.rule_id for rule in rules if first[rule.rule.when] is not rule}
    kept = [rule for rule in rules if rule.rule.rule_id not in twice]
    return twice | {
        one.rule.rule_id
        for one in kept
        for other in kept
        if one is not other and follows(one, other)
    }
