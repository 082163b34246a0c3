"""An article that fires is read once: the kernel's words serve for spans and excerpts, too."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.alerting.language.document import FIELDS, Document, prepare
from services.alerting.language.parsing.parse import parse
from services.alerting.language.tree import Tag, walk
from services.alerting.match.match import match_article
from services.alerting.matcher.matcher import Matcher
from services.alerting.rules.rule_set import RuleSet
from shared.messages.schemas import (
    ActorOnDate,
    CountryMention,
    EventMention,
    KeywordHit,
    Mention,
    OfficeHeld,
    Span,
    StatusScope,
    TaggedArticle,
)
from tests.builders import build_clean_article
from tests.hypothesis_profiles import examples
from tests.language_trees import LANGUAGES
from tests.matcher_pairs import make_rule
from tests.unit.alerting.matcher.test_matcher_reader import hard_texts

EXPRESSIONS = (
    "a OR trump OR kim",
    'exact(B) OR exact(Trump) OR exact("U.S.")',
    "(a OR b) W/S (ab OR trump)",
    "actor(kim-jong-un) OR office(us-president) W/9 country(prk)",
    "event(meeting, status=any) OR keyword(all)",
    "asserted(a OR trump OR country(prk))",
    "fresh(event(meeting, status=any)) OR deck(a)",
    "(a OR b OR 1) AND NOT lead(trump)",
    "김 OR 가 OR 金 OR tru* OR ?b",
)
RULES = [make_rule(number, parse(expression)) for number, expression in enumerate(EXPRESSIONS)]
CLAUSES = {
    node.clause for rule in RULES for node, _parent in walk(rule.tree) if isinstance(node, Tag)
}
places = st.tuples(st.sampled_from(FIELDS), st.integers(0, 50), st.integers(0, 12))


def _place(field: str, start: int, size: int) -> dict[str, Any]:
    return {"field": field, "start": start, "end": start + size, "surface": ""}


def _article(
    texts: tuple[str, str, str], language: str, spans: list[Any], cuts: list[int]
) -> TaggedArticle:
    headline, deck, body = texts
    first, second, *others = [_place(*each) for each in spans]
    stated = tuple(Span(start=at, end=at + 1) for at in sorted(cuts))
    clean = build_clean_article(
        body, headline=headline, deck=deck, language=language, sentences=stated
    )
    return TaggedArticle(
        article=replace(clean, repeated=stated[:1]),
        tagger_revision="t",
        mentions=(
            Mention(**first, kind="name", actor="kim-jong-un"),
            Mention(**second, kind="office", office="us-president", actor="donald-trump"),
        ),
        actors=(
            ActorOnDate(
                actor="donald-trump",
                name="",
                offices=(OfficeHeld(office="us-president", title="", acting=False, verified=True),),
            ),
        ),
        countries=tuple(CountryMention(**each, iso3="PRK", metonym=False) for each in others[:2]),
        keywords=tuple(KeywordHit(**each, keyword="all") for each in others[2:3]),
        event_mentions=tuple(
            EventMention(**each, event=event, reason="", status="past")
            for event, each in zip(("meeting", "attack"), others[3:5], strict=True)
        ),
        scopes=tuple(
            StatusScope(field=each["field"], start=each["start"], end=each["end"],
                        status="past", reason="")
            for each in others[5:]
        ),
    )  # fmt: skip


articles = st.builds(
    _article,
    st.tuples(hard_texts.map(lambda text: text[:40]), hard_texts.map(lambda t: t[:60]), hard_texts),
    st.sampled_from(LANGUAGES),
    st.lists(places, min_size=8, max_size=8),
    st.lists(st.integers(0, 60), max_size=3),
)
MATCHER, SEPARATELY = Matcher(RULES), RuleSet(tuple(RULES))


@examples(500)
@given(articles)
def test_documents_of_the_matcher_are_those_of_the_plain_reading(article: TaggedArticle) -> None:
    """Texts, positions and scopes are the same, and so is every tag that a rule names."""
    MATCHER.matching(article)
    document, expected = MATCHER.document_of(article), prepare(article)
    for field in FIELDS:
        assert document.field(field) == expected.field(field)
        assert document.field(field).words == expected.field(field).words
    tags = {clause: spans for clause, spans in expected.tags.items() if clause in CLAUSES}
    assert document == replace(expected, tags=tags)


@examples(500)
@given(articles)
def test_alerts_of_the_matcher_are_those_of_rules_evaluated_one_by_one(
    article: TaggedArticle,
) -> None:
    """Matches, excerpts and suppressed rules are the same, byte for byte."""
    assert match_article(article, MATCHER) == match_article(article, SEPARATELY)


def test_an_article_that_was_not_matched_last_is_read_again() -> None:
    """The document is the right one, whichever article the matcher had in between."""
    first, second = (
        TaggedArticle(article=build_clean_article(body), tagger_revision="t")
        for body in ("Kim met Moon.", "Trump left. He said a word.")
    )
    MATCHER.matching(first)
    MATCHER.matching(second)
    assert _keys(MATCHER.document_of(first)) == ["kim", "met", "moon"]
    MATCHER.matching(second)
    assert _keys(MATCHER.document_of(second)) == ["trump", "left", "he", "said", "a", "word"]


def _keys(document: Document) -> list[str]:
    return list(document.body.keys)
