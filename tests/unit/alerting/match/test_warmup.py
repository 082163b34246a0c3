"""Rules match from the first article on, and with the compiled matcher once it is there."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from services.alerting.language.document import Document, prepare
from services.alerting.match.warmup import (
    MAX_UNCOMPILED_RULES,
    MatcherFactory,
    ReplaceableMatcher,
    WarmingMatcher,
)
from services.alerting.rules.rule_set import LoadedRule, RuleSet
from shared.messages.schemas import TaggedArticle
from tests.unit.alerting.match.test_match import article, rules


class Fast:
    """Stands in for a Matcher, and counts its calls."""

    def __init__(self, held: Iterable[LoadedRule]) -> None:
        self.held, self.asked, self.replaced = tuple(held), 0, 0

    def document_of(self, article: TaggedArticle) -> Document:
        return prepare(article)

    def matching(self, _article: TaggedArticle) -> tuple[LoadedRule, ...]:
        self.asked += 1
        return self.held

    def replace(self, held: Iterable[LoadedRule]) -> None:
        self.held = tuple(held)
        self.replaced += 1


class Current:
    """Stands in for the rules in force."""

    def __init__(self, held: RuleSet) -> None:
        self.held = held

    def __call__(self) -> RuleSet:
        return self.held


def warming(
    current: Callable[[], RuleSet], made: list[Fast], go: threading.Event
) -> WarmingMatcher:
    def make(held: Iterable[LoadedRule]) -> ReplaceableMatcher:
        made.append(Fast(held))
        return made[-1]

    def prepare() -> MatcherFactory:
        assert go.wait(10)
        return make

    return WarmingMatcher(current, prepare)


def ids(found: Any) -> list[str]:
    return [each.rule.rule_id for each in found]


def test_until_the_matcher_is_there_each_rule_is_asked_by_itself() -> None:
    """An early article gets its answer; later ones get it from the matcher."""
    go, made = threading.Event(), list[Fast]()
    warm = warming(Current(rules("letter", "golf")), made, go)
    assert ids(warm.matching(article())) == ["rule-0"]
    go.set()
    warm._thread.join(10)
    assert ids(warm.matching(article())) == ["rule-0", "rule-1"]  # the stand-in fires everything
    assert made[0].asked == 1


def test_rules_that_change_are_those_that_the_matcher_has() -> None:
    """The matcher has changed rules from the next article on, also after it was compiled.

    Nothing is handed over twice.
    """
    go, made, current = threading.Event(), list[Fast](), Current(rules("letter"))
    warm = warming(current, made, go)
    current.held = rules("golf", "letter")
    assert ids(warm.matching(article())) == ["rule-1"]
    go.set()
    warm._thread.join(10)
    assert len(warm.matching(article())) == 2
    current.held = rules("golf")
    assert len(warm.matching(article())) == len(warm.matching(article())) == 1
    assert (len(made), made[0].replaced) == (1, 1)


def test_new_rules_are_no_articles_work() -> None:
    """Catching up between two articles creates the matcher and replaces its rules."""
    go, made, current = threading.Event(), list[Fast](), Current(rules("letter"))
    go.set()
    warm = warming(current, made, go)
    warm._thread.join(10)
    warm.catch_up()
    current.held = rules("golf", "letter")
    warm.catch_up()
    assert (len(made), made[0].replaced, made[0].asked) == (1, 1, 0)
    assert len(warm.matching(article())) == 2
    assert made[0].replaced == 1


def test_catching_up_leaves_errors_to_the_articles() -> None:
    """A matcher that cannot be created does not end the process between two articles."""

    def fail() -> MatcherFactory:
        raise OSError("no compiler")

    warm = WarmingMatcher(Current(rules("letter")), fail)
    warm._thread.join(10)
    warm.catch_up()
    with pytest.raises(OSError, match="no compiler"):
        warm.matching(article())


def test_many_rules_wait_for_the_matcher() -> None:
    """Evaluating thousands one by one would take longer."""
    go, made = threading.Event(), list[Fast]()
    go.set()
    assert (
        len(
            warming(Current(rules(*["letter"] * (MAX_UNCOMPILED_RULES + 1))), made, go).matching(
                article()
            )
        )
        == MAX_UNCOMPILED_RULES + 1
    )
    assert made[0].asked == 1


def test_a_matcher_that_cannot_be_made_is_an_error_of_the_articles() -> None:
    """Nothing is swallowed in the thread."""

    def prepare() -> MatcherFactory:
        raise OSError("no compiler")

    warm = WarmingMatcher(Current(rules("letter")), prepare)
    warm._thread.join(10)
    with pytest.raises(OSError, match="no compiler"):
        warm.matching(article())
