"""What event(…) asks for, and which mentions of the tagger satisfy it."""

from dataclasses import replace

import pytest
from msgspec import structs

from services.alerting.language.document import event_clauses, prepare, tag_spans
from services.alerting.language.errors import LanguageError
from services.alerting.language.evaluate import evaluate
from services.alerting.language.format import format as canonical
from services.alerting.language.parsing.parse import parse
from shared.messages.schemas import Event, EventMention, Status, TaggedArticle
from tests.builders import build_clean_article

BODY = "North Korea launched a missile."
LAUNCH = EventMention(
    field="body",
    start=12,
    end=30,
    surface="launched a missile",
    event="missile-test",
    status="asserted",
    reason="launched",
    who="PRK",
)
MEETING = structs.replace(
    LAUNCH,
    event="meeting",
    who="kim-jong-un",
    who_country="PRK",
    to="donald-trump",
    to_country="USA",
    reciprocal=True,
)
VISIT = structs.replace(MEETING, event="visit", reciprocal=False)


def article(*mentions: EventMention) -> TaggedArticle:
    clean = build_clean_article(BODY, headline="")
    return TaggedArticle(article=clean, tagger_revision="t", event_mentions=mentions)


def fires(expression: str, mention: EventMention) -> bool:
    return evaluate(parse(expression), prepare(article(mention))) is not None


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        ("asserted", ["event(missile-test)", "event(missile-test, status=any)"]),
        ("denied", ["event(missile-test, status=denied)", "event(missile-test, status=any)"]),
        ("planned", ["event(missile-test, status=planned)", "event(missile-test, status=any)"]),
        ("past", ["event(missile-test, status=past)", "event(missile-test, status=any)"]),
        ("claimed", ["event(missile-test, status=claimed)", "event(missile-test, status=any)"]),
        (None, ["event(missile-test, status=any)"]),
    ],
)
def test_a_mention_satisfies_its_own_status_and_any(
    status: Status | None, asked: list[str]
) -> None:
    """Without status= an event is asserted; where the tagger abstains, only any finds it."""
    mention = structs.replace(LAUNCH, status=status, who=None)
    assert [clause for clause, *_ in tag_spans(article(mention))] == asked
    every = ["", *(f", status={name}" for name in ("any", "planned", "denied", "past", "claimed"))]
    expressions = [f"event(missile-test{status})" for status in every]
    assert {each for each in expressions if fires(each, mention)} == set(asked)


@pytest.mark.parametrize(
    ("expression", "mention"),
    [
        ("event(missile-test, who=country(prk))", LAUNCH),
        ("event(missile-test, status=any, who=country(prk))", LAUNCH),
        ("event(visit, who=actor(kim-jong-un))", VISIT),
        ("event(visit, who=country(prk))", VISIT),
        ("event(visit, to=actor(donald-trump))", VISIT),
        ("event(visit, to=country(usa))", VISIT),
        ("event(visit, who=country(prk), to=actor(donald-trump))", VISIT),
        ("event(meeting, who=actor(donald-trump))", MEETING),
        ("event(meeting, who=actor(donald-trump), to=country(prk))", MEETING),
        ("event(meeting, to=actor(kim-jong-un), who=country(usa))", MEETING),
    ],
)
def test_parties_are_found_by_id_and_by_country(expression: str, mention: EventMention) -> None:
    """A person's country stands for the person; in a meeting either side is who met."""
    assert fires(expression, mention)


@pytest.mark.parametrize(
    ("expression", "mention"),
    [
        ("event(missile-test, who=country(usa))", LAUNCH),
        ("event(missile-test, to=country(prk))", LAUNCH),
        ("event(visit, who=actor(donald-trump))", VISIT),
        ("event(visit, to=country(prk))", VISIT),
        ("event(meeting, who=country(usa), to=country(usa))", MEETING),
        ("event(meeting, status=denied)", MEETING),
        ("event(visit)", MEETING),
    ],
)
def test_anything_else_is_not_found(expression: str, mention: EventMention) -> None:
    """Every argument must hold of the same mention."""
    assert not fires(expression, mention)


def test_what_older_taggers_found_is_no_event() -> None:
    """The old field is read, and satisfies no rule: it says nothing of a status."""
    old = Event(
        field="body",
        start=12,
        end=20,
        surface="launched",
        event="missile-test",
        source="PRK",
        target=None,
        tense="past",
        negated=False,
        quoted=False,
    )
    tagged = replace(article(), events=(old,))
    assert list(tag_spans(tagged)) == []


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("event( visit )", "event(visit)"),
        ("event(visit,status=asserted)", "event(visit)"),
        (
            "event(visit, to=country(chn), who=actor( kim-jong-un ), status=any)",
            "event(visit, status=any, who=actor(kim-jong-un), to=country(chn))",
        ),
        ("event(visit ,\n  who = country(prk))", "event(visit, who=country(prk))"),
    ],
)
def test_arguments_have_one_order(written: str, form: str) -> None:
    """Whatever the order and the blanks, the canonical form is the same, and means the same."""
    assert canonical(parse(written)) == form
    assert parse(form) == parse(written)


def test_the_ways_of_asking_are_few() -> None:
    """At most two statuses, three ways to name each party, and both directions."""
    clauses = event_clauses("meeting", "denied", ("a", "USA"), ("b", "PRK"), is_reciprocal=True)
    assert len(clauses) == len(set(clauses)) == 2 * (9 + 9 - 1)


@pytest.mark.parametrize("piece", ["event(", "event(a,", "event(a, who=actor(", 'event("', ","])
def test_a_hundred_thousand_characters_are_refused_at_once(piece: str) -> None:
    """No nesting of brackets, commas and quotes makes reading slow."""
    with pytest.raises(LanguageError):
        parse("event(" + piece * (90_000 // len(piece)))
