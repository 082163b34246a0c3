"""Match takes no more time per character for longer articles, even if they fire most rules."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from services.alerting.language.parsing.parse import parse
from services.alerting.match.match import match_article
from services.alerting.matcher.matcher import Matcher
from services.alerting.rules.rule_set import LoadedRule
from shared.messages.schemas import (
    KeywordHit,
    Mention,
    Rule,
    Severity,
    Span,
    TaggedArticle,
    TimeSource,
)
from tests.builders import build_clean_article
from tests.hostile_texts import TEXTS
from tests.time_per_byte import MOST_TIMES_SLOWER, slowdown

EXPRESSIONS = (
    "kim W/5 trump",
    "he W/S said",
    "kim PRE/3 trump",
    "kim NOT W/3 zebra",
    "so W/P he",
    "ATLEAST3(kim OR he OR word OR a)",
    "abc* OR tru* W/3 kim*",
    "?im",
    "exact(Kim) W/9 exact(Trump)",
    "lead(kim)",
    "김정은 OR 金正恩",
    "actor(everybody) W/5 keyword(all)",
)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher([_rule(number, expression) for number, expression in enumerate(EXPRESSIONS)])


@pytest.mark.parametrize("name", TEXTS)
def test_time_is_proportional_to_length(name: str, matcher: Matcher) -> None:
    """An article four times as long, also in tags and repeats, takes about four times as long."""

    def run_of(text: str) -> Callable[[], object]:
        return partial(match_article, _article(text), matcher)

    assert slowdown(run_of, TEXTS[name], 8_000) <= MOST_TIMES_SLOWER


def _rule(number: int, expression: str) -> LoadedRule:
    rule = Rule(
        rule_id=str(number),
        revision="1",
        title="",
        severity=Severity.HIGH,
        when=expression,
        destinations=("console",),
    )
    return LoadedRule(rule=rule, tree=parse(expression), file=str(Path("rules.yaml")))


def _article(text: str) -> TaggedArticle:
    """Return an article with a tag on every third word and every other line repeated."""
    spaces = [-1, *(at for at, character in enumerate(text) if character in " \n"), len(text)]
    words = [(start + 1, end) for start, end in pairwise(spaces) if end > start + 1][::3]
    breaks = [-1, *(at for at, character in enumerate(text) if character == "\n"), len(text)]
    lines = [Span(start=start + 1, end=end) for start, end in pairwise(breaks)][::2]
    clean = build_clean_article(
        text,
        uri="urn:a",
        source="test",
        headline="Kim met Trump",
        event_time=datetime(2018, 9, 12, tzinfo=UTC),
        event_time_source=TimeSource.MANIFEST,
        repeated=tuple(lines),
    )
    return TaggedArticle(
        article=clean,
        tagger_revision="",
        mentions=tuple(
            Mention(field="body", start=start, end=end, surface="", kind="name", actor="everybody")
            for start, end in words
        ),
        keywords=tuple(
            KeywordHit(field="body", start=start, end=end, surface="", keyword="all")
            for start, end in words
        ),
    )
