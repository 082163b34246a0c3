from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.language.document import prepare
from services.alerting.language.evaluate import evaluate_parts, join_spans
from services.alerting.language.parsing.parse import parse
from services.alerting.match.excerpts import MAX_CHARACTERS, MAX_EXCERPTS, excerpts
from shared.messages.schemas import CountryMention, Excerpt, KeywordHit, Mention, TaggedArticle
from tests.builders import build_clean_article
from tests.hypothesis_profiles import examples

NORTH_KOREA = "North Korea"


def article(body: str, headline: str = "News of the day", **tags: Any) -> TaggedArticle:
    """Return an article in which each "North Korea" of the body is tagged as a country."""
    starts = [i for i in range(len(body)) if body.startswith(NORTH_KOREA, i)]
    countries = tuple(
        CountryMention(
            field="body",
            start=start,
            end=start + len(NORTH_KOREA),
            surface=NORTH_KOREA,
            iso3="PRK",
            metonym=False,
        )
        for start in starts
    )
    clean = build_clean_article(body, headline=headline)
    return TaggedArticle(article=clean, tagger_revision="t", countries=countries, **tags)


def show(when: str, body: str, headline: str = "News of the day", **tags: Any) -> list[Excerpt]:
    document = prepare(article(body, headline, **tags))
    tree = parse(when)
    parts = evaluate_parts(tree, document)
    assert parts is not None
    return list(excerpts(parts, join_spans(parts), document))


def marked(excerpt: Excerpt) -> list[str]:
    return [excerpt.text[mark.start : mark.end] for mark in excerpt.marks]


def test_an_excerpt_is_the_sentence_around_its_matches() -> None:
    """Marks are on the matched words, in the excerpt's own offsets.

    The full stop after U.S. ends no sentence.
    """
    (excerpt,) = show(
        "letter AND U.S.",
        "“Kim wrote a letter,” he said.\n\nThe letter asked for a second summit in the U.S. soon.",
    )
    assert excerpt.text == "The letter asked for a second summit in the U.S. soon."
    assert marked(excerpt) == ["letter", "U.S."]


@pytest.mark.parametrize(
    ("when", "first"),
    [
        ("country(prk) AND pledge*", "pledged"),
        ("country(prk) AND (pledge* OR promise*)", "pledged"),
        ("country(prk) AND keyword(letter) AND pledge*", "pledged"),
        ("country(prk) AND denuclear* W/P pledge*", "pledged"),
    ],
)
def test_the_rarest_part_comes_first(when: str, first: str) -> None:
    """The sentence with the word is first, though the country is in the article's first one."""
    body = (
        "Talks with North Korea went on. Ships left North Korea on Monday.\n\n"
        "The leader pledged to denuclearize by spring."
    )
    letter = KeywordHit(field="body", start=0, end=5, surface="Talks", keyword="letter")
    shown = show(when, body, keywords=(letter,))
    assert first in marked(shown[0])
    assert any("North Korea" in marked(excerpt) for excerpt in shown)


def test_a_part_is_shown_once() -> None:
    """Two sentences would show the country as well; one is enough."""
    body = "North Korea spoke. North Korea pledged peace. North Korea spoke again."
    shown = show("country(prk) AND pledge*", body)
    assert [excerpt.text for excerpt in shown] == ["North Korea pledged peace."]


def test_one_alternative_of_several_is_enough() -> None:
    """An OR is one part, whichever of its words the sentence has."""
    shown = show("pledge* OR promise* OR vow*", "He pledged it. She promised it. They vowed it.")
    assert len(shown) == 1


def test_both_sides_of_a_pair_are_shown() -> None:
    """A sentence with both sides goes before an earlier one with one of them."""
    shown = show(
        "denuclear* W/P pledge*",
        "Denuclearization is slow. A pledge to denuclearize came on Monday.",
    )
    assert marked(shown[0]) == ["pledge", "denuclearize"]
    assert len(shown) == 1


def test_the_body_goes_before_the_headline() -> None:
    """An alert shows the headline anyway."""
    (excerpt,) = show("pledge*", "Kim pledged it on Monday.", headline="A pledge by Kim")
    assert excerpt.field == "body"


@pytest.mark.parametrize("distance", [20, 400, 2_000])
def test_a_long_sentence_is_cut_between_its_marks(distance: int) -> None:
    """Both marked words stay whole, however far apart they are."""
    filler = "and so on " * (distance // 10)
    (excerpt,) = show("pledge* W/S timetable", f"He pledged peace {filler}and a timetable for it.")
    assert marked(excerpt) == ["pledged", "timetable"]
    assert len(excerpt.text) <= MAX_CHARACTERS
    assert (" … " in excerpt.text) == (distance > MAX_CHARACTERS)


def test_a_mark_is_never_cut() -> None:
    """A phrase longer than an excerpt is shown whole."""
    phrase = " ".join(["peace"] * 80)
    (excerpt,) = show(f'"{phrase}"', f"{'so ' * 100}{phrase} at last.")
    assert marked(excerpt) == [phrase]


def test_a_mark_at_the_edge_is_left_out_whole() -> None:
    """A word that matched, but is not there to show a part, is whole or not in the excerpt."""
    body = f"Kim pledged {'peace ' * 200}at last."
    (excerpt,) = show("pledge* OR peace", body)
    assert set(marked(excerpt)) <= {"pledged", "peace"}
    assert len(excerpt.text) <= MAX_CHARACTERS


def test_actors_do_not_hide_the_word() -> None:
    """People are common in the news about them; the word that decides comes first."""
    mention = Mention(field="body", start=0, end=3, surface="Kim", kind="surname", actor="kim")
    shown = show("actor(kim) AND letter", "Kim left. The letter came.", mentions=(mention,))
    assert [marked(excerpt) for excerpt in shown] == [["letter"], ["Kim"]]


@given(
    st.lists(
        st.sampled_from(
            ["a", "b", "İ", "ß", "金", "x" * 90, "word.", "Next", "\n", "\n\n", "e\u0301"]
        ),
        max_size=80,
    ).map(" ".join)
)
@examples(150)
def test_excerpts_are_few_short_and_marked_right(body: str) -> None:
    """There are at most five excerpts within their size, and every mark is on a matched word."""
    made = prepare(article(body, headline="A b"))
    tree = parse('a OR b OR İ OR ß OR 金 OR "é"')
    parts = evaluate_parts(tree, made) or ()
    hits = join_spans(parts)
    found = excerpts(parts, hits, made)
    surfaces = {made.field(hit.field).text[hit.start : hit.end] for hit in hits}
    assert len(found) <= MAX_EXCERPTS
    assert all(len(excerpt.text) <= MAX_CHARACTERS and excerpt.marks for excerpt in found)
    assert {
        excerpt.text[mark.start : mark.end] for excerpt in found for mark in excerpt.marks
    } <= surfaces
