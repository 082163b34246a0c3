"""The matcher gives what the plain evaluator gives, however its rules came to be there."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.language.document import Document, prepare
from services.alerting.language.evaluate import evaluate
from services.alerting.language.format import format as canonical
from services.alerting.language.parsing.parse import parse
from services.alerting.language.tree import And, Length, Near, Node, Not, Or, Term, Wild
from services.alerting.matcher.matcher import Matcher
from services.alerting.rules.rule_set import LoadedRule
from shared.messages.schemas import (
    EventMention,
    Rule,
    Severity,
    Span,
    StatusScope,
    TaggedArticle,
)
from shared.text.sentences import split_sentences
from shared.text.words import segment_text
from tests.builders import build_clean_article
from tests.hypothesis_profiles import examples
from tests.language_articles import documents
from tests.language_trees import clauses, nested, trees
from tests.matcher_pairs import differences

SETS = st.lists(trees(), min_size=15, max_size=15)
ARTICLES = st.lists(documents, min_size=5, max_size=5)


def rule(rule_id: str, tree: Node) -> LoadedRule:
    made = Rule(
        rule_id=rule_id,
        revision="r",
        title=rule_id,
        severity=Severity.LOW,
        when="",
        destinations=(),
    )
    return LoadedRule(rule=made, tree=tree, file="rules.yaml")


def rules(*found: Node) -> list[LoadedRule]:
    return [rule(f"rule-{number:04}", tree) for number, tree in enumerate(found)]


def shown(found: Iterable[LoadedRule]) -> list[str]:
    return sorted(f"{each.rule.rule_id}: {canonical(each.tree)}" for each in found)


def plain(some: Sequence[LoadedRule], document: Document) -> list[str]:
    return shown(each for each in some if evaluate(each.tree, document) is not None)


def document(body: str, headline: str = "") -> Document:
    return Document(
        headline=segment_text(headline, one_sentence=True),
        body=segment_text(body),
        tags={},
        source="afp",
        language="en",
    )


def tagged(headline: str, body: str, sentences: tuple[Span, ...]) -> TaggedArticle:
    article = build_clean_article(
        body,
        uri="urn:a",
        source="afp",
        headline=headline,
        event_time=datetime(2018, 9, 12, tzinfo=UTC),
        sentences=sentences,
    )
    return TaggedArticle(article=article, tagger_revision="t")


def without_headline(article: Document) -> Document:
    tags = {
        name: tuple(found for found in stretches if found.field == "body")
        for name, stretches in article.tags.items()
    }
    return replace(article, headline=segment_text("", one_sentence=True), tags=tags)


def told_twice(article: Document) -> Document:
    twice = f"{article.body.text}\n\n{article.body.text}"
    return replace(article, body=segment_text(twice, language=article.language))


@examples(15)
@given(SETS, ARTICLES)
def test_the_rules_that_fire_are_those_of_the_plain_evaluator(
    some: list[Node], articles: list[Document]
) -> None:
    """Matcher and evaluator agree.

    Whatever the operators, the nesting, the scripts and the tags, and whatever other rules there
    are.
    """
    loaded = rules(*some)
    matcher = Matcher(loaded)
    for article in articles:
        for one in (article, without_headline(article), told_twice(article)):
            assert shown(matcher.matching(one)) == plain(loaded, one)


def test_twenty_thousand_pairs_of_rule_and_article_are_told_alike() -> None:
    """Every rule meets every article.

    One in a few of them fires, so that both answers are tried.
    """
    compared, fires, differ = differences(20_000)
    assert differ == []
    assert compared >= 20_000
    assert compared / 50 < fires < compared / 2


CHANGES = st.lists(st.tuples(st.integers(0, 9), st.none() | trees(4)), max_size=30)


@examples(40)
@given(st.lists(trees(4), max_size=6), CHANGES, st.lists(documents, min_size=3, max_size=3))
def test_rules_swapped_one_by_one_fire_as_those_built_anew(
    first: list[Node], changes: list[tuple[int, Node | None]], articles: list[Document]
) -> None:
    """Nothing old stays, and nothing else is lost.

    Rules are put, put again and removed in any order.
    """
    matcher = Matcher(rules(*first))
    held = {each.rule.rule_id: each for each in rules(*first)}
    for number, tree in changes:
        rule_id = f"rule-{number:04}"
        if tree is not None:
            held[rule_id] = rule(rule_id, tree)
            matcher.put(held[rule_id])
        elif held.pop(rule_id, None):
            matcher.remove(rule_id)
    built = Matcher(held.values())
    for article in articles:
        assert (
            shown(matcher.matching(article))
            == shown(built.matching(article))
            == plain(list(held.values()), article)
        )


@examples(30)
@given(
    st.lists(trees(4), max_size=8),
    st.lists(trees(4), max_size=8),
    st.lists(documents, min_size=3, max_size=3),
)
def test_a_set_replaced_by_another_fires_as_the_other(
    first: list[Node], then: list[Node], articles: list[Document]
) -> None:
    """Also where rules keep their ids, their trees, or both."""
    matcher, wanted = Matcher(rules(*first)), rules(*first[:2], *then)
    matcher.replace(wanted)
    assert len(matcher) == len(wanted)
    for article in articles:
        assert shown(matcher.matching(article)) == plain(wanted, article)


@pytest.mark.parametrize(
    ("stated", "fires", "unstated"),
    [
        ((Span(start=0, end=9), Span(start=10, end=30)), [], 0),
        ((Span(start=0, end=30),), ["a: kim W/S moon"], 0),
        ((Span(start=5, end=30),), ["a: kim W/S moon"], 0),
        ((), [], 1),
        ((Span(start=10, end=30), Span(start=0, end=9)), [], 1),
    ],
)
def test_sentences_are_those_of_the_message(
    stated: tuple[Span, ...], fires: list[str], unstated: int
) -> None:
    """Where it states none, or none in order, they are found; the evaluator does the same."""
    article = tagged("Talks", "Kim spoke. Then Moon answered.", stated)
    matcher = Matcher([rule("a", parse("kim W/S moon"))])
    assert shown(matcher.matching(article)) == fires
    assert plain([rule("a", parse("kim W/S moon"))], prepare(article)) == fires
    assert matcher.unstated == unstated


def test_a_rule_that_cannot_be_compiled_leaves_the_one_before_it_in_force() -> None:
    """A tree that parse() lets nobody write is refused whole."""
    matcher = Matcher([rule("a", Term(("kim",)))])
    with pytest.raises(TypeError):
        matcher.put(rule("a", Near(Not(Term(("kim",))), Term(("moon",)), "words", 3)))
    with pytest.raises(ValueError, match="star"):
        matcher.put(rule("a", Wild("ki*m")))
    assert shown(matcher.matching(document("Kim"))) == ["a: kim"]


def test_rules_that_need_nothing_are_named() -> None:
    """Every article is asked about them, so that somebody must be able to see which they are."""
    matcher = Matcher(
        [
            rule("a", Term(("kim",))),
            rule("b", Not(Term(("kim",)))),
            rule("c", Or((Length("<", 2), Term(("kim",))))),
        ]
    )
    assert [each.rule.rule_id for each in matcher.catch_all_rules()] == ["b", "c"]
    assert shown(matcher.matching(document("Moon"))) == ["b: NOT kim", "c: words < 2 OR kim"]


def test_a_rule_of_many_words_and_one_nested_deep() -> None:
    """5 000 terms and 200 brackets are compiled and matched like any other."""
    many = Or(tuple(Term((f"w{number}", "x")) for number in range(5_000)))
    loaded = rules(many, nested(200), And((Term(("kim",)), Not(many))))
    for body in ("a w4711 x", "kim w1", "w7", "w199", ""):
        assert shown(Matcher(loaded).matching(document(body))) == plain(loaded, document(body))


@pytest.mark.parametrize(
    "when",
    [
        "war NOT W/P war",
        "war W/5 (peace OR war)",
        "ATLEAST9000(war OR war*)",
        "(war* OR war? OR war) PRE/2 peace",
        '"war war"',
    ],
)
def test_more_occurrences_than_there_is_room_for(when: str) -> None:
    """Room grows with the occurrences.

    An article that repeats one word would make comparing every pair slow; it gives the plain
    answer.
    """
    loaded = [rule("a", parse(when))]
    matcher, article = Matcher(loaded), document("war " * 30_000)
    assert shown(matcher.matching(article)) == plain(loaded, article)
    assert shown(matcher.matching(document("war peace"))) == plain(loaded, document("war peace"))


@examples(20)
@given(st.lists(clauses, min_size=8, max_size=8), documents)
def test_what_an_article_left_behind_does_not_reach_the_next(
    some: list[Node], article: Document
) -> None:
    """The same article fires the same rules whatever was asked in between."""
    matcher = Matcher(rules(*some))
    before = shown(matcher.matching(article))
    matcher.matching(document("Trump Kim summit talks us U.S. " * 9, "Kim"))
    assert shown(matcher.matching(article)) == before


def test_a_message_is_read_as_its_document_is() -> None:
    """Deck, scopes and mentions of events reach the matcher from the message itself."""
    body = "North Korea tested a missile in 2017. It showed one on Monday."
    mention = EventMention(
        field="deck",
        start=4,
        end=9,
        surface="meets",
        event="meeting",
        status="asserted",
        reason="meets",
        who="kim-jong-un",
        to="donald-trump",
        reciprocal=True,
    )
    scopes = (
        StatusScope(field="deck", start=16, end=27, status="planned", reason="may"),
        StatusScope(field="body", start=0, end=37, status="past", reason="2017"),
    )
    article = replace(
        tagged("Kim in Hanoi", body, tuple(split_sentences(body))),
        event_mentions=(mention,),
        scopes=scopes,
    )
    article = replace(
        article, article=replace(article.article, deck="Kim meets Trump. He may leave")
    )
    expressions = {
        "event(meeting, who=actor(donald-trump))": True,
        "event(meeting, who=actor(donald-trump), status=denied)": False,
        "deck(kim W/S trump)": True,
        "deck(trump W/S leave)": False,
        "hanoi W/2 kim": True,
        "hanoi PRE/1 kim": False,
        "trump PRE/5 korea": False,
        "asserted(leave)": False,
        "fresh(leave)": True,
        "fresh(tested)": False,
        "asserted(body(one W/S monday))": True,
        "asserted(ATLEAST2(kim))": True,
        "asserted(ATLEAST3(kim))": False,
        "ATLEAST2(kim)": True,
        "kim AND words < 12": False,
        "kim AND words > 10": True,
        '"tested a mis*"': True,
        'fresh("tested a mis*")': False,
        "lead(kim)": False,
    }
    loaded = rules(*map(parse, expressions))
    firing = {rule.rule.rule_id for rule in Matcher(loaded).matching(article)}
    made = prepare(article)
    for rule, fires in zip(loaded, expressions.values(), strict=True):
        assert (rule.rule.rule_id in firing) is fires, canonical(rule.tree)
        assert (evaluate(rule.tree, made) is not None) is fires, canonical(rule.tree)


def test_rules_that_ask_what_is_asserted_may_come_later() -> None:
    """The matcher begins to read scopes with the first rule that needs them."""
    past = StatusScope(field="body", start=0, end=99, status="past", reason="2017")
    article = replace(tagged("", "a missile", ()), scopes=(past,))
    matcher = Matcher(rules(parse("missile")))
    assert len(matcher.matching(article)) == 1
    matcher.put(rule("rule-9999", parse("fresh(missile) OR asserted(a)")))
    assert len(matcher.matching(article)) == 1
    assert len(matcher.matching(replace(article, scopes=()))) == 2
