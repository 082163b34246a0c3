"""The rules that the service asks: a Matcher, and until its kernel is compiled each rule by itself."""

import contextlib
import threading
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from services.alerting.match.match import RuleMatcher
from services.alerting.rules.rule_set import LoadedRule, RuleSet
from shared.base import metrics
from shared.messages.schemas import TaggedArticle

MAX_UNCOMPILED_RULES: Final = 200
"""Rules that can be asked one by one for half a minute; with more the service waits."""


class ReplaceableMatcher(RuleMatcher, Protocol):
    """Rules that can be exchanged; a Matcher is."""

    def replace(self, rules: Iterable[LoadedRule]) -> None:
        """Have exactly these rules from now on."""


MatcherFactory = Callable[[Iterable[LoadedRule]], ReplaceableMatcher]
"""What makes a matcher of rules."""


class WarmingMatcher:
    """Answers for the ``current`` rules from the first article on, and fast once ``prepare``, which runs in a thread, has given what makes a matcher.

    What ``prepare`` raises is raised by ``matching``. When the current rules are others, the next article finds the matcher with them.
    """

    def __init__(
        self, current: Callable[[], RuleSet], prepare: Callable[[], MatcherFactory]
    ) -> None:
        self._current, self._prepare = current, prepare
        self._made: MatcherFactory | None = None
        self._error: Exception | None = None
        self._fast: ReplaceableMatcher | None = None
        self._held: RuleSet | None = None
        self._thread = threading.Thread(target=self._run, name="compile the matcher", daemon=True)
        self._thread.start()

    def catch_up(self) -> None:
        """Have the matcher with the current rules: work that is no article's. Errors are left to ``matching``."""
        with contextlib.suppress(Exception):
            self._with(self._current())

    def matching(self, article: TaggedArticle) -> tuple[LoadedRule, ...]:
        """The rules that the article fires."""
        rules = self._current()
        return tuple(self._with(rules).matching(article))

    def _with(self, rules: RuleSet) -> RuleMatcher:
        if self._fast is None:
            if len(rules.rules) > MAX_UNCOMPILED_RULES:
                self._thread.join()
            if self._error is not None:
                raise self._error
            if self._made is None:
                return rules
            self._fast = self._made(rules.rules)
        elif rules is not self._held:
            self._fast.replace(rules.rules)
        self._held = rules
        return self._fast

    def _run(self) -> None:
        try:
            self._made = self._prepare()
        except Exception as error:  # noqa: BLE001 - told to whoever asks next
            self._error = error


def build_matcher_factory() -> MatcherFactory:
    """Makes Matchers, whose kernel is compiled now. Imports numba, which takes a second and 60 MB: only here."""
    from services.alerting.matcher.matcher import Matcher  # noqa: PLC0415
    from services.alerting.matcher.warm import warm  # noqa: PLC0415

    def counted(rules: Iterable[LoadedRule]) -> Matcher:
        matcher = Matcher(rules)
        metrics.RULES_UNINDEXED.set_function(lambda: len(matcher.catch_all_rules()))
        metrics.READ_BY_PYTHON.labels("words").set_function(lambda: matcher.reader.hard_words)
        metrics.READ_BY_PYTHON.labels("texts").set_function(lambda: matcher.unstated)
        return matcher

    warm()
    return counted
