from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.language.document import Document, WordSpan, covering_span, sort_spans
from services.alerting.language.evaluate import evaluate
from services.alerting.language.occurrences import occurrences
from services.alerting.language.parsing.parse import parse
from services.alerting.language.tree import EVERYWHERE, Near
from shared.text.words import segment_text
from tests.hypothesis_profiles import examples


def document(
    body: str, headline: str = "", *, source: str = "nikkei", language: str = "en", **tags: str
) -> Document:
    """Return a document whose tags are given as surfaces.

    ``actor_kim="Kim"`` tags every Kim of the body.
    """
    text = segment_text(body, language=language)
    found = {
        f"{name.replace('_', '(', 1).replace('_', '-')})": list(surfaces(text.text, surface))
        for name, surface in tags.items()
    }
    stretches = {
        name: [s for start, end in places if (s := covering_span(text, "body", start, end))]
        for name, places in found.items()
    }
    return Document(
        headline=segment_text(headline, one_sentence=True),
        body=text,
        tags=sort_spans(stretches),
        source=source,
        language=language,
    )


def surfaces(text: str, surface: str) -> list[tuple[int, int]]:
    return [(i, i + len(surface)) for i in range(len(text)) if text.startswith(surface, i)]


def found(expression: str, made: Document) -> list[str] | None:
    hits = evaluate(parse(expression), made)
    return (
        None if hits is None else [made.field(hit.field).text[hit.start : hit.end] for hit in hits]
    )


TABLE: list[tuple[str, str, list[str] | None]] = [
    # words
    ("trump", "Trump's trumpet. TRUMP!", ["Trump", "TRUMP"]),
    ("summit", "summits", None),
    ("us", "The U.S. let us go", ["us"]),
    ("U.S.", "The U.S. let us go to the U.S", ["U.S.", "U.S"]),
    ("exact(US)", "us US U.S. Us", ["US", "U.S."]),
    ("exact(U.S.)", "us US U.S. Us", ["US", "U.S."]),
    ("exact(Zürich)", "Zurich Zürich Zu\u0308rich ZÜRICH", ["Zürich", "Zu\u0308rich"]),
    (
        "zurich",
        "Zurich Zürich Zu\u0308rich ZÜRICH Zuerich",
        ["Zurich", "Zürich", "Zu\u0308rich", "ZÜRICH"],
    ),
    ("istanbul", "in İstanbul, İSTANBUL", ["İstanbul", "İSTANBUL"]),
    ("strasse OR kim", "İİİ Straße ßß Kim", ["Straße", "Kim"]),
    ("o'brien", "O’Brien’s", ["O’Brien"]),
    ("iran", "Le président de l’Iran; dell'Iran, L'IRAN, iranien", ["Iran", "Iran", "IRAN"]),
    ("L'Oreal", "chez L’Oréal, loreal", ["L’Oréal"]),
    ("ukraine W/2 onu", "d'Ukraine all'Onu", ["Ukraine", "Onu"]),
    ("D'Souza", "D’Souza, d Souza, Souza", ["D’Souza", "d Souza"]),
    ('exact("l\'Iran")', "l’Iran, L’Iran", ["l’Iran"]),
    ("trump", "Trump2 met Trump[1], Trump’s² Trump2020", ["Trump", "Trump", "Trump"]),
    (
        '"kim jong un met"',
        "Kim Jong Un[1] met; Kim Jong Un² met",
        ["Kim Jong Un[1] met", "Kim Jong Un² met"],
    ),
    ("covid19", "Covid19, COVID-19, covid", ["Covid19", "COVID-19"]),
    # other scripts
    ("金正恩", "会见金正恩时", ["金正恩"]),
    ("トランプ", "米トランプ大統領", ["トランプ"]),
    ("김정은", "김정은이 왔다. 북김정은", ["김정은이"]),
    ('"북한 미사일"', "북한의 미사일을", ["북한의 미사일을"]),
    # phrases
    (
        '"end of the war"',
        "the end of\nthe war. At the end. Of the war, the end of\n\nthe war",
        ["end of\nthe war", "end. Of the war"],
    ),
    ("Trump-Kim", "Trump–Kim, Trump Kim, Kim-Trump", ["Trump–Kim", "Trump Kim"]),
    ('"a a"', "a a a", ["a a", "a a"]),
    # wildcards
    ("denuclear*", "Denuclearize, denuclear nuclear", ["Denuclearize", "denuclear"]),
    ("organi?ation", "organisation organization organi-ation", ["organisation", "organization"]),
    ("organi?ation", "organiation", None),
    # boolean
    ("a AND b", "a c", None),
    ("a AND b", "b a b", ["a", "b", "b"]),
    ("a OR b", "c b", ["b"]),
    ("a AND NOT b", "a c", ["a"]),
    ("a AND NOT b", "a b", None),
    ("(NOT b) AND a", "a c", ["a"]),
    ("a AND NOT (b AND c)", "a b", ["a"]),
    # near
    ("a W/2 b", "a x b", ["a", "b"]),
    ("a W/1 b", "a x b", None),
    ("a W/2 b", "b x a", ["b", "a"]),
    ("a PRE/2 b", "b x a", None),
    ("a PRE/2 b", "b a x b", ["a", "b"]),
    ("a W/5 a", "a", None),
    ("a W/5 a", "a a", ["a", "a"]),
    ('"x a" W/1 "a y"', "x a y", None),
    ('"x a" W/1 "b y"', "x a b y", ["x a", "b y"]),
    ("a W/9 b", "a. X.\n\nb", ["a", "b"]),
    ("a W/1 (b OR c)", "b x a c", ["a", "c"]),
    ("a W/S b", "a xx. Then b is. B a", ["B", "a"]),
    ("a W/S b", "a x.\nb", ["a", "b"]),
    ("a W/S b", "a xx.\nB", None),
    ("a W/P b", "a x.\nB c.\n\nA d", ["a", "B"]),
    ('"a b" W/S c', "xx a. B c", None),
    ("a NOT W/2 b", "a b x x x a", ["a"]),
    ("a NOT W/2 b", "a b a", None),
    ("a NOT W/2 b", "b", None),
    ("a NOT W/2 b", "a", ["a"]),
    ("a NOT PRE/2 b", "b a", ["a"]),
    ("a NOT W/S b", "a b. A c.", ["A"]),
    ("NOT a W/2 b AND c", "c a x x b", ["c"]),
    # how often
    ("ATLEAST3(a)", "a a", None),
    ("ATLEAST3(a)", "a a a", ["a", "a", "a"]),
    ('ATLEAST2("north korea" OR korea)', "North Korea", None),
    ('ATLEAST2("north korea" OR korea)', "North Korea Korea", ["Korea", "Korea"]),
    ('ATLEAST2("a a")', "a a a", None),
    # filters
    ("a AND source(nikkei)", "a", ["a"]),
    ("a AND source(afp)", "a", None),
    ("a AND lang(en)", "a", ["a"]),
    ("a AND words > 2", "a b", None),
    ("a AND words > 1", "a b", ["a"]),
    ("a AND words < 3", "a b", ["a"]),
    ("a AND NOT (lang(de) OR source(afp))", "a", ["a"]),
]


@pytest.mark.parametrize(
    ("expression", "body", "surfaces"), TABLE, ids=[f"{row[0]} in {row[1][:24]}" for row in TABLE]
)
def test_what_each_operator_means(expression: str, body: str, surfaces: list[str] | None) -> None:
    """The spans of an expression are these, or it is not satisfied."""
    assert found(expression, document(body)) == surfaces


PLACES: list[tuple[str, str, str, list[str] | None]] = [
    ("headline(summit)", "A summit", "summit", ["summit"]),
    ("headline(summit)", "None", "summit", None),
    ("body(summit)", "A Summit", "summit", ["summit"]),
    ("summit", "A Summit", "summit", ["Summit", "summit"]),
    ("headline(a AND NOT b)", "a", "b", ["a"]),
    ("headline(a) AND body(b)", "a", "b", ["a", "b"]),
    ("a W/5 b", "a", "b", None),
    ('"a b"', "a", "b", None),
    ("headline(a W/S b)", "a. B", "x", ["a", "B"]),
    ("lead(z)", "", "a " * 99 + "z", ["z"]),
    ("lead(z)", "", "a " * 100 + "z", None),
    ('lead("y z")', "", "a " * 99 + "y z", None),
    ("lead(y W/1 z)", "", "a " * 99 + "y z", None),
    ("lead(z)", "z", "a", None),
]


@pytest.mark.parametrize(("expression", "headline", "body", "surfaces"), PLACES)
def test_where_a_term_must_stand(
    expression: str, headline: str, body: str, surfaces: list[str] | None
) -> None:
    """A place takes only what lies wholly inside; nothing joins headline and body."""
    assert found(expression, document(body, headline)) == surfaces


TAGS: list[tuple[str, list[str] | None]] = [
    ("actor(kim-jong-un)", ["Kim", "Kim Jong Un"]),
    ("actor(moon-jae-in)", None),
    ("actor(kim-jong-un) W/1 met", ["Kim", "met"]),
    ("met PRE/1 actor(kim-jong-un)", None),
    ("country(prk) W/S actor(kim-jong-un)", ["Kim", "Pyongyang"]),
    ("ATLEAST2(actor(kim-jong-un))", ["Kim", "Kim Jong Un"]),
    ("actor(kim-jong-un) NOT W/S country(prk)", ["Kim Jong Un"]),
    ("jong W/1 actor(kim-jong-un)", None),
]


@pytest.mark.parametrize(("expression", "surfaces"), TAGS)
def test_tags_stand_wherever_a_phrase_can(expression: str, surfaces: list[str] | None) -> None:
    """A mention is measured by the words it takes and never pairs with a word inside it."""
    body = segment_text("Kim met aides in Pyongyang. Later Kim Jong Un slept.")
    tags = {
        "actor(kim-jong-un)": [
            covering_span(body, "body", 0, 3),
            covering_span(body, "body", 34, 45),
        ],
        "country(prk)": [covering_span(body, "body", 17, 26)],
    }
    made = Document(
        headline=segment_text(""),
        body=body,
        tags=sort_spans({k: [s for s in v if s] for k, v in tags.items()}),
        source="x",
        language="en",
    )
    assert found(expression, made) == surfaces


def test_a_mention_keeps_its_own_offsets() -> None:
    """A mention that ends inside a word is marked as the tagger gave it.

    It does so before a Korean particle.
    """
    assert found("actor(kim)", document("트럼프는 김정은을", actor_kim="김정은")) == ["김정은"]


@pytest.mark.parametrize("language", ["en", "en-US", "EN", "en_GB"])
def test_a_language_takes_its_regions(language: str) -> None:
    """lang(en) is every English."""
    assert found("a AND lang(en)", document("a", language=language)) == ["a"]


def test_a_clause_is_named_with_its_place() -> None:
    """Each hit says which clause it satisfied, in canonical form."""
    hits = evaluate(parse("headline(Trump) AND kim W/3 Moon"), document("Kim and Moon", "Trump"))
    assert hits is not None
    assert [hit.clause for hit in hits] == ["headline(trump)", "kim W/3 moon", "kim W/3 moon"]


_text = st.lists(st.sampled_from(["a", "b", "c", "a. X", "b. X", "x", "\n\n"]), max_size=14).map(
    " ".join
)
_side = st.sampled_from(["a", "b", '"a b"', "(a OR b)", '(a OR "a b" OR c)'])
_operator = st.sampled_from(["W/1", "W/2", "W/4", "PRE/1", "PRE/3", "W/S", "W/P"])


@given(_text, _side, _operator, _side)
@examples(300)
def test_nearness_is_what_comparing_every_pair_gives(
    body: str, left: str, operator: str, right: str
) -> None:
    """Bisection finds the spans that comparing all pairs finds.

    NOT gives the left ones that are in no pair.
    """
    made = document(body)
    tree = parse(f"{left} {operator} {right}")
    assert isinstance(tree, Near)
    lefts, rights = (
        occurrences(tree.left, made, EVERYWHERE),
        occurrences(tree.right, made, EVERYWHERE),
    )
    pairs = [(a, b) for a, b in product(lefts, rights) if _pair(tree, made, a, b)]
    expected = {s for pair in pairs for s in pair}
    assert set(_spans(f"{left} {operator} {right}", made)) == {(s.start, s.end) for s in expected}
    alone = {(a.start, a.end) for a in lefts} - {(a.start, a.end) for a, _ in pairs}
    assert set(_spans(f"{left} NOT {operator} {right}", made)) == alone


def _pair(near: Near, made: Document, a: WordSpan, b: WordSpan) -> bool:
    if a.first <= b.last and b.first <= a.last:
        return False
    words = made.body.words
    if near.unit in ("sentence", "paragraph"):
        return len({getattr(words[i], near.unit) for i in (a.first, a.last, b.first, b.last)}) == 1
    gap = b.first - a.last if a.last < b.first else a.first - b.last
    return gap <= near.distance and (near.unit == "words" or a.last < b.first)


def _spans(expression: str, made: Document) -> list[tuple[int, int]]:
    return [(hit.start, hit.end) for hit in evaluate(parse(expression), made) or ()]


SUFFIXED = [
    ("trump", "Trump’ın mektubu İran’a ulaştı.", ["Trump"]),
    ("iran", "Trump’ın mektubu İran’a ulaştı.", ["İran"]),
    ('"kim jong un"', "Kim Jong Un'un mektubu, Kim Jong Un’a", ["Kim Jong Un", "Kim Jong Un"]),
    ("abd", "ABD'nin, ABD’li, abdest", ["ABD", "ABD"]),
]


@pytest.mark.parametrize(("expression", "body", "surfaces_found"), SUFFIXED)
def test_a_turkish_ending_is_cut_in_turkish_articles_only(
    expression: str, body: str, surfaces_found: list[str]
) -> None:
    """A name is found whatever its case."""
    assert found(expression, document(body, language="tr")) == surfaces_found
    assert found("trump", document(body, language="en")) is None
