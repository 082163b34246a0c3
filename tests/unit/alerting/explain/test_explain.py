from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.explain.failure import count_missing_clauses, failures, holds
from services.alerting.explain.paths import node_at, replace_node, walk
from services.alerting.explain.trial_articles import TrialArticles
from services.alerting.explain.why import explain_match
from services.alerting.explain.why_not import MOST_EDITS, explain_miss
from services.alerting.language.document import Document, prepare
from services.alerting.language.evaluate import evaluate
from services.alerting.language.format import format as canonical
from services.alerting.language.parsing.parse import MAX_DEPTH, parse
from services.alerting.rules.fields import InlineArticle
from services.console.rules.embedded_rule_tests import to_clean_article
from shared.messages.schemas import EventMention, Mention, StatusScope, TaggedArticle
from tests.hypothesis_profiles import examples

BODY = (
    "President Donald Trump said on Monday that he would meet Kim Jong Un "
    "at a second, very long planned summit meeting. "
    "The U.S. has kept its sanctions.\n\nSanctions stay, said Pompeo in the US."
)


def document(body: str = BODY, headline: str = "Trump meets Kim") -> Document:
    clean = to_clean_article(
        InlineArticle(headline=headline, body=body, date=date(2018, 9, 12), source="nikkei")
    )
    mention = Mention(
        field="body",
        start=body.find("Kim"),
        end=body.find("Kim") + 3,
        surface="Kim",
        kind="surname",
        actor="kim-jong-un",
    )
    return prepare(
        TaggedArticle(
            article=clean, tagger_revision="t", mentions=(mention,) if "Kim" in body else ()
        )
    )


PAST = StatusScope(field="body", start=90, end=116, status="past", reason="in 2017")
PLANNED = StatusScope(field="body", start=37, end=60, status="planned", reason="would")
MEETING = EventMention(
    field="body",
    start=53,
    end=57,
    surface="meet",
    event="meeting",
    status="planned",
    reason="would",
    who="donald-trump",
    to="kim-jong-un",
)


@pytest.mark.parametrize(
    ("rule", "reason", "edit", "changed"),
    [
        (
            "fresh(planned)",
            "planned is in the article, but “planned” is past: “in 2017”",
            "fresh() left out: what is past counts, too",
            "planned",
        ),
        (
            "asserted(meet)",
            "meet is in the article, but “meet” is planned: “would”",
            "asserted() widened to fresh()",
            "fresh(meet)",
        ),
        (
            "body(asserted(planned))",
            "planned is in the body, but “planned” is past: “in 2017”",
            "asserted() left out: what is denied, planned, past or only claimed counts, too",
            "body(planned)",
        ),
        (
            "asserted(monday W/9 meet)",
            "meet is in the article, but “meet” is planned: “would”",
            "asserted() widened to fresh()",
            "fresh(monday W/9 meet)",
        ),
        (
            "event(meeting)",
            "event(meeting): “meet” by donald-trump towards kim-jong-un is planned: “would”",
            "event(meeting) changed to event(meeting, status=planned)",
            "event(meeting, status=planned)",
        ),
        (
            "event(meeting, status=planned, who=country(prk))",
            "the article has no event(meeting, status=planned, who=country(prk)): “meet” by",
            "changed to event(meeting, status=planned)",
            "event(meeting, status=planned)",
        ),
        ("event(visit)", "the tagger found no event(visit) in the article; it found", "", None),
        ("deck(trump)", "trump is in the article, but not in the deck", "anywhere", "trump"),
        (
            "president AND NOT meet",
            "found, but must not be: “meet” in the body at 52",
            "NOT meet narrowed to NOT asserted(meet)",
            "president AND NOT asserted(meet)",
        ),
    ],
)
def test_the_words_that_decided_are_named(
    rule: str, reason: str, edit: str, changed: str | None
) -> None:
    """Where a scope or the status of an event leaves a span out, the answer quotes its reason."""
    made = prepare(
        TaggedArticle(
            article=to_clean_article(InlineArticle(headline="Trump meets Kim", body=BODY)),
            tagger_revision="t",
            event_mentions=(MEETING,),
            scopes=(PLANNED, PAST),
        )
    )
    found = explain_miss(parse(rule), made)
    assert found is not None
    assert reason in found.reason
    assert edit in "; ".join(found.edits)
    assert found.rule == changed


@pytest.mark.parametrize(
    ("rule", "clause", "reason", "changed"),
    [
        (
            "second W/2 summit",
            "second W/2 summit",
            "the nearest two are 4 words apart",
            "second W/4 summit",
        ),
        ("summit PRE/5 second", "summit PRE/5 second", "in this order", "summit W/5 second"),
        ("summit PRE/2 second", "summit PRE/2 second", "in this order", "summit W/4 second"),
        (
            "trump W/S sanctions",
            "trump W/S sanctions",
            "not in the same sentence",
            "trump W/P sanctions",
        ),
        ("trump W/S pompeo", "trump W/S pompeo", "not in the same sentence", "trump W/28 pompeo"),
        (
            "second NOT W/9 summit",
            "second NOT W/9 summit",
            "every second has summit near it",
            "second NOT W/3 summit",
        ),
        ("headline(summit)", "headline(summit)", "not in the headline", "summit"),
        (
            "lead(summit) AND headline(trump W/1 kim)",
            "headline(trump W/1 kim)",
            "2 words apart",
            "lead(summit) AND headline(trump W/2 kim)",
        ),
        ('"second summit"', '"second summit"', "not in a row", "second W/4 summit"),
        (
            '"planned second summit"',
            '"planned second summit"',
            "not in a row",
            "planned AND second AND summit",
        ),
        (
            'trump W/5 "second summit"',
            'trump W/5 "second summit"',
            '"second summit" is not in the article',
            None,
        ),
        ("ATLEAST4(sanction*)", "ATLEAST4(sanction*)", "found 2 times", "ATLEAST2(sanction*)"),
        ("exact(TRUMP)", "exact(TRUMP)", "in another spelling", "trump"),
        ("sanction", "sanction", "is not in the article", "sanction*"),
        ("trump AND summits", "summits", "is not in the article", "trump AND summit*"),
        ("pompoe", "pompoe", "is not in the article", "pompeo"),
        (
            "kim AND NOT (trump OR golf)",
            "NOT (trump OR golf)",
            "“Trump” in the headline at 0",
            "kim AND NOT golf",
        ),
        (
            "trump AND source(reuters)",
            "source(reuters)",
            "source is nikkei",
            "trump AND source(nikkei)",
        ),
        ("trump AND lang(ko)", "lang(ko)", "language is en", "trump AND lang(en)"),
        ("trump AND words > 200", "words > 200", "the body has 34 words", "trump AND words > 33"),
        ("trump AND words < 20", "words < 20", "the body has 34 words", "trump AND words < 35"),
        (
            "trump AND actor(xi-jinping)",
            "actor(xi-jinping)",
            "it found actor(kim-jong-un)",
            None,
        ),
        ("iran AND iraq", "iran", "iran is not in the article", None),
        (
            "trump AND (iran OR (pompeo AND cuba))",
            "iran",
            "iran is not in the article",
            None,
        ),
        (
            "headline(trump AND pompeo) AND NOT summit",
            "headline(pompeo)",
            "not in the headline",
            "trump AND pompeo AND NOT headline(summit)",
        ),
    ],
)
def test_the_first_failing_clause_and_the_smallest_change(
    rule: str, clause: str, reason: str, changed: str | None
) -> None:
    """One row for each way of changing a rule.

    Which clause fails, what it found, and the rule that would have fired.
    """
    found = explain_miss(parse(rule), document())
    assert found is not None
    assert (found.clause, found.rule) == (clause, changed)
    assert reason in found.reason
    assert bool(found.edits) == (changed is not None)


def test_a_rule_that_fires_is_explained_by_its_words() -> None:
    """why: each clause with the words that met it and their offsets; why-not has nothing to say."""
    tree, article = parse("headline(trump) AND actor(kim-jong-un) AND NOT golf"), document()
    found = explain_match(tree, article)
    assert found is not None
    assert [(one.clause, one.field, one.start, one.surface) for one in found] == [
        ("headline(trump)", "headline", 0, "Trump"),
        ("actor(kim-jong-un)", "body", BODY.find("Kim"), "Kim"),
    ]
    assert (found[1].before + found[1].surface + found[1].after) in BODY
    assert explain_miss(tree, article) is None


def test_no_change_is_suggested_where_nearly_all_fails() -> None:
    """More than a few changes are no small change; how many clauses fail is told."""
    few, many = (
        " AND ".join(["trump", *(f"ATLEAST{n + 3}(sanction*)" for n in range(count))])
        for count in (MOST_EDITS, MOST_EDITS + 1)
    )
    assert [
        (found.failing, found.rule is not None)
        for when in (few, many)
        if (found := explain_miss(parse(when), document()))
    ] == [(8, True), (9, False)]


def test_an_article_that_lacks_a_word_is_further_away_than_one_with_the_words_apart() -> None:
    """What the nearest misses are ranked by: words that are nowhere, then clauses that fail."""
    assert (
        count_missing_clauses(
            parse("second W/2 summit AND headline(sanctions) AND ATLEAST9(trump)"), document()
        )
        == 0
    )
    assert count_missing_clauses(parse('"second summit" AND iran'), document()) == 1
    assert len(failures(parse('"second summit" AND iran'), document())) == 2


def test_another_clause_in_its_place() -> None:
    """An AND in place of a word keeps its brackets."""
    tree = parse("a AND (b OR headline(c))")
    path = next(path for path, node in walk(tree) if canonical(node) == "c")
    assert canonical(node_at(tree, path)) == "c"
    assert replace_node(tree, path, parse("x AND y")) == parse("a AND (b OR headline(x AND y))")


def test_the_change_that_lets_in_fewest_other_articles_is_chosen() -> None:
    """Of two that help, the second of the list fires on one article less."""
    tree, article = parse("kim W/S summit"), document("Kim spoke. A summit came.")
    others = [document("Kim left.\n\nThe summit of a hill."), document(f"Kim {'so ' * 30}summit.")]
    alone = explain_miss(tree, article)
    among = explain_miss(tree, article, TrialArticles(tree, [article, *others]))
    assert alone is not None
    assert among is not None
    assert alone.rule == "kim W/P summit"
    assert (among.lets_in, among.compared) == (0, 2)


def test_of_articles_explained_together_each_is_compared_with_the_others() -> None:
    """The counts are those of a slow search, whichever article is left out and however many."""
    tree = parse("kim W/S summit")
    bodies = (
        "Kim spoke. A summit came.",
        "Kim left.\n\nThe summit of a hill.",
        "Kim at the summit.",
        f"Kim {'so ' * 30}summit.",
        "Nobody came. Kim slept. The summit waited.",
    )
    documents = [document(body) for body in bodies]
    for most in (2, 9):
        trials = TrialArticles(tree, documents, most)
        for one in documents:
            others = [other for other in documents if other is not one][:most]
            assert trials.count_others(one) == len(others)
            miss = explain_miss(tree, one, trials)
            assert (miss is None) is holds(tree, one)
            if miss and miss.rule:
                changed = parse(miss.rule)
                gained = [each for each in others if holds(changed, each) and not holds(tree, each)]
                assert miss.lets_in == len(gained)


def test_a_deep_rule_is_explained_among_other_articles() -> None:
    """What is remembered by rule needs no more of the stack than reading the rule."""
    tree = parse("(a OR (b AND " * (MAX_DEPTH // 2 - 1) + "c" + "))" * (MAX_DEPTH // 2 - 1))
    one, other = document("x"), document("y")
    assert explain_miss(tree, one, TrialArticles(tree, [one, other])) is not None


WORDS = st.sampled_from(
    [
        "trump",
        "kim",
        "summit",
        "summits",
        "second",
        "iran",
        '"second summit"',
        "exact(US)",
        "sanction*",
        "actor(kim-jong-un)",
    ]
)
PAIRS = st.builds(
    "{} {} {}".format, WORDS, st.sampled_from(["W/2", "PRE/3", "W/S", "W/P", "NOT W/2"]), WORDS
)
CLAUSES = st.one_of(WORDS, PAIRS, st.builds("ATLEAST{}({})".format, st.integers(1, 3), WORDS))


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """One level more of AND, OR and NOT."""
    forms = ("({} AND {})", "({} OR {})", "({} AND NOT ({}))")
    return inner | st.builds(str.format, st.sampled_from(forms), inner, inner)


RULES = joined(joined(CLAUSES)) | st.builds(
    "{}({})".format, st.sampled_from(["headline", "lead", "body"]), CLAUSES
)
BODIES = st.lists(
    st.sampled_from(["Trump", "Kim", "summit", "second", "US", "us", "sanctions.", "Then", "\n\n"]),
    max_size=12,
).map(" ".join)


@examples(400)
@given(rule=RULES, body=BODIES, headline=BODIES)
def test_a_changed_rule_fires(rule: str, body: str, headline: str) -> None:
    """Whatever is suggested is a rule that fires on the article.

    A rule that fires has no failing clause, and the other way round.
    """
    tree, article = parse(rule), document(body, headline.replace("\n", ""))
    found = explain_miss(tree, article)
    assert (found is None) == (evaluate(tree, article) is not None)
    if found and found.rule:
        assert evaluate(parse(found.rule), article) is not None
        assert found.rule != canonical(tree)
