"""Match with the compiled Matcher, and until it is compiled with each rule separately."""

import contextlib
import threading
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from services.alerting.language.document import Document
from services.alerting.match.match import RuleMatcher
from services.alerting.rules.rule_set import LoadedRule, RuleSet
from shared.base import metrics
from shared.messages.schemas import TaggedArticle

MAX_UNCOMPILED_RULES: Final = 200
"""So many rules can be evaluated one by one for half a minute; with more the service waits."""


class ReplaceableMatcher(RuleMatcher, Protocol):
    """A RuleMatcher whose rules can be replaced, as a Matcher's can."""

    def replace(self, rules: Iterable[LoadedRule]) -> None:
        """Match exactly these rules from now on."""


MatcherFactory = Callable[[Iterable[LoadedRule]], ReplaceableMatcher]
"""Makes a matcher of rules."""


class WarmingMatcher:
    """Matches the ``current`` rules from the first article on, and fast once it is compiled.

    ``prepare`` compiles in a thread and returns a factory of matchers; what it raises, ``matching``
    raises. When the current rules change, the matcher has them from the next article on.
    """

    def __init__(
        self, current: Callable[[], RuleSet], prepare: Callable[[], MatcherFactory]
    ) -> None:
        self._current, self._prepare = current, prepare
        self._make_matcher: MatcherFactory | None = None
        self._error: Exception | None = None
        self._matcher: ReplaceableMatcher | None = None
        self._matched_rules: RuleSet | None = None
        self._thread = threading.Thread(target=self._run, name="compile the matcher", daemon=True)
        self._thread.start()

    def catch_up(self) -> None:
        """Bring the matcher up to date between two articles; errors are left to ``matching``."""
        with contextlib.suppress(Exception):
            self._matcher_of(self._current())

    def matching(self, article: TaggedArticle) -> tuple[LoadedRule, ...]:
        """Return the rules that fire on the article."""
        rules = self._current()
        return tuple(self._matcher_of(rules).matching(article))

    def document_of(self, article: TaggedArticle) -> Document:
        """Return the article as the current rules see it."""
        return self._matcher_of(self._current()).document_of(article)

    def _matcher_of(self, rules: RuleSet) -> RuleMatcher:
        """Return what matches these rules now. Raises what ``prepare`` raised."""
        if self._matcher is None:
            if len(rules.rules) > MAX_UNCOMPILED_RULES:
                self._thread.join()
            if self._error is not None:
                raise self._error
            if self._make_matcher is None:
                return rules
            self._matcher = self._make_matcher(rules.rules)
        elif rules is not self._matched_rules:
            self._matcher.replace(rules.rules)
        self._matched_rules = rules
        return self._matcher

    def _run(self) -> None:
        try:
            self._make_matcher = self._prepare()
        except Exception as error:  # noqa: BLE001 - matching raises it
            self._error = error


def build_matcher_factory() -> MatcherFactory:
    """Compile the kernel and return a factory of Matchers.

    It imports numba, which takes a second and 60 MB, and is imported nowhere else.
    """
    from services.alerting.matcher.matcher import Matcher  # noqa: PLC0415
    from services.alerting.matcher.warmup import warm  # noqa: PLC0415

    def make_matcher(rules: Iterable[LoadedRule]) -> Matcher:
        matcher = Matcher(rules)
        metrics.RULES_UNINDEXED.set_function(lambda: len(matcher.catch_all_rules()))
        metrics.READ_BY_PYTHON.labels("words").set_function(lambda: matcher.reader.hard_words)
        metrics.READ_BY_PYTHON.labels("texts").set_function(lambda: matcher.unstated)
        return matcher

    warm()
    return make_matcher
