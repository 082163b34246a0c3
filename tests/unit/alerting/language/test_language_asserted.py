"""asserted(), fresh() and deck(): which spans count where the tagger marked scopes."""

from dataclasses import replace

import pytest

from services.alerting.language.document import Document, WordSpan, sort_spans
from services.alerting.language.evaluate import evaluate
from services.alerting.language.parsing.parse import parse
from services.alerting.match.repeated_text import blank_out
from shared.messages.schemas import FieldName, Span, Status, StatusScope
from shared.text.words import segment_text

HEADLINE = "Missile launch denied"
DECK = "Kim plans a test. Trump tested nothing"
BODY = "North Korea tested a missile in 2017. It launched a missile on Monday, Kim said."
"""Its scopes are the first sentence (past) and the last two words (claimed)."""


def scope(field: FieldName, words: str, status: Status) -> StatusScope:
    start = {"headline": HEADLINE, "deck": DECK, "body": BODY}[field].index(words)
    return StatusScope(field=field, start=start, end=start + len(words), status=status, reason="r")


SCOPES = (
    scope("headline", "Missile launch", "denied"),
    scope("deck", "Kim plans a test", "planned"),
    scope("body", "North Korea tested a missile in 2017", "past"),
    scope("body", "Kim said", "claimed"),
)


def document(scopes: tuple[StatusScope, ...] = SCOPES) -> Document:
    body = segment_text(BODY)
    first, last = body.words[0], body.words[1]
    tags = {"country(prk)": [WordSpan("body", 0, 1, first.start, last.end)]}
    return Document(
        headline=segment_text(HEADLINE, one_sentence=True),
        deck=segment_text(DECK),
        body=body,
        tags=sort_spans(tags),
        source="afp",
        language="en",
        scopes=scopes,
    )


def matches(expression: str, article: Document) -> list[tuple[str, int]] | None:
    hits = evaluate(parse(expression), article)
    return None if hits is None else [(hit.field, hit.start) for hit in hits]


@pytest.mark.parametrize(
    ("expression", "places"),
    [
        ("missile", [("headline", 0), ("body", 21), ("body", 52)]),
        ("asserted(missile)", [("body", 52)]),
        ("fresh(missile)", [("headline", 0), ("body", 52)]),
        ("asserted(tested)", [("deck", 24)]),
        ("asserted(kim)", None),
        ("fresh(kim)", [("deck", 0), ("body", 71)]),
        ("asserted(country(prk))", None),
        ("country(prk)", [("body", 0)]),
        ('asserted("launched a missile")', [("body", 41)]),
        ('asserted("monday kim")', None),  # its last word lies in a scope
        ('fresh("2017 it")', None),  # its first one does
        ('"2017 it"', [("body", 32)]),
        ("asserted(launched W/3 missile)", [("body", 41), ("body", 52)]),
        ("asserted(monday W/3 said)", None),
        ("fresh(monday W/3 said)", [("body", 63), ("body", 75)]),
        ("asserted(missile AND NOT tested)", None),
        ("fresh(missile AND NOT korea)", [("headline", 0), ("body", 52)]),
        ("missile AND NOT asserted(kim)", [("headline", 0), ("body", 21), ("body", 52)]),
        ("ATLEAST2(missile)", [("headline", 0), ("body", 21), ("body", 52)]),
        ("asserted(ATLEAST2(missile))", None),
        ("fresh(ATLEAST2(missile))", [("headline", 0), ("body", 52)]),
        ("asserted(launched NOT W/2 missile)", None),
        ("headline(asserted(missile))", None),
        ("asserted(headline(denied))", [("headline", 15)]),
        ("headline(asserted(denied))", [("headline", 15)]),
        ("asserted(missile OR denied)", [("body", 52), ("headline", 15)]),
        ("deck(test*)", [("deck", 12), ("deck", 24)]),
        ("deck(asserted(test*))", [("deck", 24)]),
        ("deck(kim W/S trump)", None),
        ("deck(kim W/9 trump)", [("deck", 0), ("deck", 18)]),
        ("denied W/2 kim", None),  # headline and deck are two texts
        ("nothing PRE/3 north", None),  # so are deck and body
        ("trump", [("deck", 18)]),
        ("body(trump) OR lead(trump) OR headline(trump)", None),
    ],
)
def test_where_words_count(expression: str, places: list[tuple[str, int]] | None) -> None:
    """A span counts if no word of it lies in a scope that the operator leaves out."""
    assert matches(expression, document()) == places


def test_without_scopes_everything_is_asserted() -> None:
    """An article of which the tagger says nothing is read as before."""
    plain = document(())
    for clause in ("missile", '"monday kim"', "country(prk)", "monday W/3 said"):
        assert matches(f"asserted({clause})", plain) == matches(clause, plain)
        assert matches(f"fresh({clause})", plain) == matches(clause, plain)


@pytest.mark.parametrize(
    ("start", "end", "counts"),
    [
        (21, 28, False),  # the word itself
        (24, 25, False),  # inside it
        (20, 22, False),  # it begins before
        (27, 29, False),  # it goes on after
        (20, 21, True),  # the blank before it
        (28, 29, True),  # the blank after it
        (24, 24, False),  # an empty scope inside it
        (90, 99, True),  # behind the text
    ],
)
def test_a_scope_leaves_out_the_words_that_it_touches(start: int, end: int, counts: bool) -> None:
    """One code point is enough."""
    past = StatusScope(field="body", start=start, end=end, status="past", reason="r")
    found = matches("fresh(body(missile))", document((past,)))
    assert (("body", 21) in (found or [])) == counts


def test_blanked_text_keeps_its_scopes() -> None:
    """Repeated text goes, and what is left is as asserted as before."""
    remaining = blank_out(document(), [Span(start=0, end=20)])
    assert matches("fresh(missile)", remaining) == [("headline", 0), ("body", 52)]
    assert matches("fresh(korea)", remaining) is None
    assert matches("korea", remaining) is None


def test_many_overlapping_scopes_are_read_once() -> None:
    """Scopes are ordered and apart; others, too, leave out exactly the words that they touch."""
    body = segment_text("word " * 2_000)
    scopes = tuple(
        StatusScope(field="body", start=i, end=10_000, status="denied", reason="r")
        for i in range(5, 2_000)
    )
    article = replace(document(()), body=body, tags={}, scopes=scopes)
    assert matches("asserted(word)", article) == [("body", 0)]


@pytest.mark.parametrize(
    ("expression", "text", "fires"),
    [
        ('"denuclear* talks"', "Denuclearization talks began", True),
        ('"denuclear* talks"', "talks, denuclearization", False),
        ('"denuclear* talks"', "denuclearization.\n\ntalks", False),
        ('"the wom?n of"', "The women of Korea", True),
        ('"the wom?n of"', "the womn of Korea", False),
        ('"the wom?n of"', "the womxxn of Korea", False),
        ('"north kore*"', "NORTH KOREA'S", True),
        ('"kore* and kore*"', "Korea and Koreans", True),
        ('"kore* kore*"', "Korea and Koreans", False),
        ('"김정은* 위원장"', "김정은이 위원장이", True),
        ('"ko?ea*"', "in Korean", True),
        ('"?ord ends"', "Lord ends; word ends", True),
    ],
)
def test_wildcards_stand_in_phrases(expression: str, text: str, fires: bool) -> None:
    """Each word of a phrase may have its own wildcard."""
    assert (
        matches(expression, replace(document(()), body=segment_text(text))) is not None
    ) == fires
