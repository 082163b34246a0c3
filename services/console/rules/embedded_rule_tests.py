"""The tests that stand in rule files: their articles through cleaner and tagger, as in the services, and then the rule."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.alerting.match.match import match
from services.alerting.rules.fields import InlineArticle, RuleTest
from services.alerting.rules.rule_set import LoadedRule, RuleSet
from services.cleaner.pipeline import clean
from services.cleaner.plain_text import article_from_text
from services.fetcher.seeds import iter_articles
from services.tagger.data.gazetteer import Gazetteer
from services.tagger.pipeline import tag
from shared.base.outcomes import Drop
from shared.files.yaml_document import Problem
from shared.messages.schemas import Alert, CleanArticle, TaggedArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTestResult:
    """One test of a rule and how it went. ``told``: why it could not be tried, or the stretches that made the rule fire.

    ``spans`` and ``marked``: the words that the rule had to mark (None: any), and those that it did.
    """

    file: str
    line: int
    rule: str
    article: str
    expected: bool
    fired: bool | None
    told: str
    spans: tuple[str, ...] | None = None
    marked: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the rule did what the test says."""
        return self.fired is self.expected and (
            self.spans is None or set(self.spans) == set(self.marked)
        )


class UnusableArticle(Exception):  # noqa: N818 - named for what is missing
    """The test's article cannot be tried; the text says why."""


def run_rule_tests(
    rules: RuleSet, gazetteer: Gazetteer, articles: Path
) -> Iterator[RuleTestResult]:
    """Every test of every rule, by rule; ``articles`` is the folder that tests name files of."""
    from_file = cache(lambda name: _from_file(articles / name, gazetteer))
    for loaded in rules.rules:
        for test in loaded.tests:
            yield _trial(
                loaded,
                test,
                lambda one: (
                    from_file(one)
                    if isinstance(one, str)
                    else tag(to_clean_article(one), gazetteer)
                ),
            )


def to_clean_article(inline: InlineArticle) -> CleanArticle:
    """Convert an article written into a test to the cleaner's output."""
    return article_from_text(
        inline.headline,
        inline.body,
        published_at=inline.published_at,
        source=inline.source,
        language=inline.language,
        namespace="test",
    )


def _trial(
    loaded: LoadedRule, test: RuleTest, prepare: Callable[[str | InlineArticle], TaggedArticle]
) -> RuleTestResult:
    shown = (
        test.article
        if isinstance(test.article, str)
        else (test.article.headline or test.article.body)[:60]
    )
    try:
        alerts = match(prepare(test.article), RuleSet((loaded,)))
        fired, told, marked = bool(alerts), _told(alerts), _marked(alerts)
    except UnusableArticle as reason:
        fired, told, marked = None, str(reason), ()
    return RuleTestResult(
        file=loaded.file,
        line=test.line,
        rule=loaded.rule.rule_id,
        article=shown,
        expected=test.fires,
        fired=fired,
        told=_differing(test, marked) or told,
        spans=test.spans,
        marked=marked,
    )


def _told(alerts: tuple[Alert, ...]) -> str:
    return "; ".join(
        f"{found.clause}: “{found.surface}” at {found.field} {found.start}"
        for alert in alerts
        for found in alert.matches[:5]
    )


def _marked(alerts: tuple[Alert, ...]) -> tuple[str, ...]:
    """The different stretches, in the order of the rule's clauses."""
    return tuple(dict.fromkeys(found.surface for alert in alerts for found in alert.matches))


def _differing(test: RuleTest, marked: tuple[str, ...]) -> str:
    """What the rule marked and should not, or should and did not; nothing where the test asks for no words, or the rule did not fire."""
    if test.spans is None or not marked:
        return ""
    wanted = ", ".join(f"“{span}”" for span in test.spans if span not in marked)
    extra = ", ".join(f"“{span}”" for span in marked if span not in test.spans)
    return "; ".join(
        filter(None, [wanted and f"it does not mark {wanted}", extra and f"it also marks {extra}"])
    )


def _from_file(path: Path, gazetteer: Gazetteer) -> TaggedArticle:
    """The file as the fetcher reads it, with its folder's manifest, cleaned and tagged. Raises NoArticle."""
    raw = next((one for one in iter_articles([path])), None)
    if raw is None or isinstance(raw, Problem):
        raise UnusableArticle(str(raw or path))
    cleaned = clean(raw)
    if isinstance(cleaned, Drop):
        raise UnusableArticle(f"{path}: the cleaner drops it: {cleaned.reason}")
    return tag(cleaned, gazetteer)
