"""The tests in rule files: their articles go through cleaner and tagger, then the rule."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from services.alerting.match.match import match
from services.alerting.rules.fields import InlineArticle, RuleTest
from services.alerting.rules.rule_set import LoadedRule, RuleSet
from services.cleaner.pipeline import clean
from services.cleaner.plain_text import article_from_text
from services.fetcher.seeds.seed_articles import iter_articles
from services.tagger.data.gazetteer import Gazetteer
from services.tagger.pipeline import tag
from shared.base.outcomes import Drop
from shared.files.yaml_document import Problem
from shared.messages.schemas import Alert, CleanArticle, TaggedArticle

_NAME_CHARACTERS: Final = 60
_SHOWN_MATCHES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTestResult:
    """The result of one test of a rule.

    ``fired``: None if the test could not run. ``explanation``: why it could not run, or the spans
    that made the rule fire. ``spans``: the words that the rule had to match (None: any words);
    ``matched_words``: those that it did match.
    """

    file: str
    line: int
    rule: str
    article: str
    expected: bool
    fired: bool | None
    explanation: str
    spans: tuple[str, ...] | None = None
    matched_words: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the rule did what the test expects."""
        return self.fired is self.expected and (
            self.spans is None or set(self.spans) == set(self.matched_words)
        )


class UnusableArticle(Exception):  # noqa: N818 - named for what is missing
    """The test's article cannot be used; the message says why."""


def run_rule_tests(
    rules: RuleSet, gazetteer: Gazetteer, articles: Path
) -> Iterator[RuleTestResult]:
    """Run every test of every rule, and yield the results in that order.

    ``articles``: the folder of the files that tests name.
    """
    load_cached = cache(lambda name: _load_article(articles / name, gazetteer))

    def load(article: str | InlineArticle) -> TaggedArticle:
        if isinstance(article, str):
            return load_cached(article)
        return tag(to_clean_article(article), gazetteer)

    for loaded in rules.rules:
        for test in loaded.tests:
            yield _run_test(loaded, test, load)


def to_clean_article(inline: InlineArticle) -> CleanArticle:
    """Convert an article written into a test to the cleaner's output."""
    return article_from_text(
        inline.headline,
        inline.body,
        published_at=inline.published_at,
        source=inline.source,
        language=inline.language,
        namespace="test",
        deck=inline.deck,
    )


def _run_test(
    loaded: LoadedRule, test: RuleTest, load: Callable[[str | InlineArticle], TaggedArticle]
) -> RuleTestResult:
    fired, explanation, words = None, "", tuple[str, ...]()
    try:
        alerts = match(load(test.article), RuleSet((loaded,)))
        fired, words = bool(alerts), _matched_words(alerts)
        explanation = _wrong_words(test, words) or _matches(alerts)
    except UnusableArticle as error:
        explanation = str(error)
    return RuleTestResult(
        file=loaded.file,
        line=test.line,
        rule=loaded.rule.rule_id,
        article=_name(test.article),
        expected=test.fires,
        fired=fired,
        explanation=explanation,
        spans=test.spans,
        matched_words=words,
    )


def _name(article: str | InlineArticle) -> str:
    """Return the article's file, or how it begins."""
    if isinstance(article, str):
        return article
    return (article.headline or article.body)[:_NAME_CHARACTERS]


def _matches(alerts: Iterable[Alert]) -> str:
    return "; ".join(
        f"{span.clause}: “{span.surface}” at {span.field} {span.start}"
        for alert in alerts
        for span in alert.matches[:_SHOWN_MATCHES]
    )


def _matched_words(alerts: Iterable[Alert]) -> tuple[str, ...]:
    """Return the different words, in the order of the rule's clauses."""
    return tuple(dict.fromkeys(span.surface for alert in alerts for span in alert.matches))


def _wrong_words(test: RuleTest, words: tuple[str, ...]) -> str:
    """Return the difference to the words that the test expects; empty if it expects none."""
    if test.spans is None or not words:
        return ""
    missing = ", ".join(f"“{span}”" for span in test.spans if span not in words)
    extra = ", ".join(f"“{word}”" for word in words if word not in test.spans)
    reasons = (missing and f"it does not mark {missing}", extra and f"it also marks {extra}")
    return "; ".join(filter(None, reasons))


def _load_article(path: Path, gazetteer: Gazetteer) -> TaggedArticle:
    """Load the file as the fetcher does, with its folder's manifest; clean and tag it.

    Raises UnusableArticle.
    """
    raw = next(iter(iter_articles([path])), None)
    if raw is None or isinstance(raw, Problem):
        raise UnusableArticle(str(raw or path))
    cleaned = clean(raw)
    if isinstance(cleaned, Drop):
        raise UnusableArticle(f"{path}: the cleaner drops it: {cleaned.reason}")
    return tag(cleaned, gazetteer)
