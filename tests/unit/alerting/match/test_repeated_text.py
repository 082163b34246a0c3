"""Text that a source repeats fires no rule.

It can only take alerts away; what is shown stands in the rest.
"""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from services.alerting.language.document import prepare
from services.alerting.language.evaluate import evaluate
from services.alerting.language.parsing.parse import parse
from services.alerting.match.match import MatchResult, match, match_article
from services.alerting.match.repeated_text import blank_out
from services.alerting.rules.rule_set import LoadedRule, RuleSet
from shared.messages.schemas import (
    Mention,
    Rule,
    Severity,
    Span,
    TaggedArticle,
)
from tests.builders import build_clean_article

WORDS = ("trump", "kim", "summit", "golf", "Trump", "U.S.")
EXPRESSIONS = (
    "trump",
    "trump AND kim",
    "trump OR summit",
    "summit AND NOT golf",
    "trump W/2 kim",
    "trump PRE/3 summit",
    "trump NOT W/2 golf",
    '"trump kim"',
    "ATLEAST2(trump)",
    "exact(Trump)",
    "gol* OR su??it",
    "lead(kim) AND body(summit)",
    "headline(trump) OR kim W/S summit",
    "exact(U.S.) AND words > 3",
)
RULES = RuleSet(
    tuple(
        LoadedRule(
            rule=Rule(
                rule_id=f"r{number:02}",
                revision="1",
                title="T",
                severity=Severity.LOW,
                when=when,
                destinations=(),
            ),
            tree=parse(when),
            file="f",
        )
        for number, when in enumerate(EXPRESSIONS)
    )
)


def article(
    body: str, *repeated: tuple[int, int], headline: str = "", **more: object
) -> TaggedArticle:
    clean = build_clean_article(
        body,
        revision="1",
        uri="urn:a",
        headline=headline,
        event_time=datetime(2018, 9, 11, tzinfo=UTC),
        content_sha256="c",
        repeated=tuple(Span(start=start, end=end) for start, end in repeated),
    )
    return TaggedArticle(article=clean, tagger_revision="t", **more)  # type: ignore[arg-type]


def unmarked(tagged: TaggedArticle) -> TaggedArticle:
    return replace(tagged, article=replace(tagged.article, repeated=()))


@st.composite
def articles(draw: st.DrawFn) -> TaggedArticle:
    """Draw a few words in sentences and paragraphs, with spans of any kind marked as repeated."""
    words = draw(
        st.lists(
            st.tuples(st.sampled_from(WORDS), st.sampled_from((" ", ". A ", "\n\n", ", "))),
            max_size=14,
        )
    )
    body = "".join(word + between for word, between in words)
    edges = draw(st.lists(st.integers(0, len(body)), max_size=6))
    return article(
        body,
        *zip(edges[::2], edges[1::2], strict=False),
        headline=draw(st.sampled_from(("", "trump"))),
    )


@given(articles())
def test_marks_only_take_alerts_away(marked: TaggedArticle) -> None:
    """Whatever is marked, no rule fires because of it.

    So with NOT and NOT W/n; what no longer fires is reported as suppressed.
    """
    plain = [alert.rule_id for alert in match(unmarked(marked), RULES)]
    found = match_article(marked, RULES)
    assert sorted([*(alert.rule_id for alert in found.alerts), *found.suppressed]) == plain


@given(articles())
def test_what_is_shown_stands_in_the_rest(marked: TaggedArticle) -> None:
    """No match lies in repeated text, and each is where it says."""
    for alert in match_article(marked, RULES).alerts:
        for shown in alert.matches:
            inside = [
                span
                for span in marked.article.repeated
                if shown.field == "body" and span.start <= shown.start and shown.end <= span.end
            ]
            assert inside == []
            text = marked.article.body if shown.field == "body" else marked.article.headline
            assert text[shown.start : shown.end] == shown.surface


@given(articles())
def test_an_article_without_marks_is_read_as_ever(marked: TaggedArticle) -> None:
    """Nothing is suppressed, and blanking nothing out changes nothing."""
    plain = unmarked(marked)
    assert match_article(plain, RULES).suppressed == ()
    document = prepare(plain)
    assert blank_out(document, ()) == document
    assert blank_out(document, ()).body.positions == document.body.positions


@given(articles(), st.sampled_from(EXPRESSIONS))
def test_blanking_out_is_what_other_words_in_their_place_would_be(
    marked: TaggedArticle, when: str
) -> None:
    """Blanking equals overwriting.

    The slow reading writes over each blanked word with one of its length that no rule asks for.
    """
    rest = blank_out(prepare(marked), marked.article.repeated)
    text = list(marked.article.body)
    for word in (word for word in rest.body.words if not word.key):
        text[word.start : word.end] = "z" * (word.end - word.start)
    written = replace(rest, body=prepare(article("".join(text))).body)
    if [(word.start, word.end) for word in written.body.words] == [
        (word.start, word.end) for word in rest.body.words
    ]:
        same_places = replace(
            written.body,
            sentence_numbers=rest.body.sentence_numbers,
            paragraph_numbers=rest.body.paragraph_numbers,
        )
        assert evaluate(parse(when), rest) == evaluate(
            parse(when), replace(written, body=same_places)
        )


def test_not_sees_the_whole_text() -> None:
    """A word in a menu still counts against: a wrong mark never makes an alert."""
    body = "The summit began. More: golf"
    assert match_article(article(body, (18, 28)), RuleSet(RULES.rules[3:4])) == MatchResult()


def test_a_name_that_needs_a_repeated_word_is_gone() -> None:
    """Tags are stretches of words like any other; the headline is never repeated."""
    when = "actor(kim-jong-un)"
    rules = RuleSet((replace(RULES.rules[0], tree=parse(when)),))
    mention = Mention(
        field="body", start=4, end=15, surface="Kim Jong Un", kind="name", actor="kim-jong-un"
    )
    assert match_article(
        article("And Kim Jong Un went.", (0, 12), mentions=(mention,)), rules
    ).suppressed == ("r00",)
    assert (
        match_article(
            article("And Kim Jong Un went.", (16, 20), mentions=(mention,)), rules
        ).suppressed
        == ()
    )
    above = structs.replace(mention, field="headline")
    assert (
        match_article(
            article("x" * 30, (0, 30), headline="And Kim Jong Un went.", mentions=(above,)), rules
        ).suppressed
        == ()
    )


def test_a_withheld_article_suppresses_nothing() -> None:
    """It is not looked at."""
    tagged = article("summit", (0, 6))
    assert (
        match_article(replace(tagged, article=replace(tagged.article, pubstatus="withheld")), RULES)
        == MatchResult()
    )


@given(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 30)), max_size=6))
def test_words_are_gone_that_lie_in_any_stretch(stretches: list[tuple[int, int]]) -> None:
    """Words are blanked that lie in any one of the spans.

    They may overlap and stand in any order; the oracle asks each span for each word.
    """
    document = prepare(article("trump kim summit golf " * 4))
    spans = [Span(start=start, end=start + length) for start, length in stretches]
    gone = {
        i
        for i, word in enumerate(document.body.words)
        if any(span.start <= word.start and word.end <= span.end for span in spans)
    }
    rest = blank_out(document, spans)
    assert {i for i, word in enumerate(rest.body.words) if not word.key} == gone
