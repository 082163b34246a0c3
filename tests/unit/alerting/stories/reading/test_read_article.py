"""An article as stories compare it: terms, names, places, datelines, credits."""

import pytest

from services.alerting.stories.article import ArticleTag
from services.alerting.stories.reading.concepts import terms_of_word
from services.alerting.stories.reading.credits import (
    agency_in_credit,
    agency_in_dateline,
    credit_start,
    dateline_length,
    is_credit,
)
from services.alerting.stories.reading.read_article import MAX_SENTENCES, read_article
from services.alerting.stories.reading.sketch import containment, sketch
from services.alerting.stories.reading.stems import stem
from tests.story_articles import story_article


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("quake", "tremor"),
        ("capsized", "overturned"),
        ("missile", "projectiles"),
        ("jailed", "sentenced"),
        ("talks", "meeting"),
        ("inspectors", "inspection"),
    ],
)
def test_words_that_say_the_same_share_a_term(left: str, right: str) -> None:
    """By the table of concepts, or by their stems."""
    assert set(terms_of_word(left)) & set(terms_of_word(right))


@pytest.mark.parametrize(("left", "right"), [("military", "militant"), ("committee", "commit")])
def test_words_that_only_look_alike_do_not(left: str, right: str) -> None:
    """A word that is listed has its own concepts."""
    assert not set(terms_of_word(left)) & set(terms_of_word(right))


@pytest.mark.parametrize(
    ("word", "expected"),
    [("protests", "protest"), ("stopped", "stop"), ("cities", "city"), ("glass", "glass")],
)
def test_stems(word: str, expected: str) -> None:
    """Endings go; doubled consonants, too."""
    assert stem(word) == expected


def test_names_and_places() -> None:
    """A capital makes a name, unless the word is an ordinary one or opens the sentence."""
    body = "Rescuers pulled people from the Mutiara Jaya off Sulawesi. Telvia paid nothing."
    first, second = read_article(story_article("a", "Ferry sinks", body)).sentences
    assert first.names == {"n:mutiara", "n:jaya", "n:sulawesi"}
    assert first.places == {"n:sulawesi"}
    assert second.names == frozenset()
    assert "n:telvia" in second.alternatives


def test_a_tagged_name_is_a_term_of_its_own() -> None:
    """ "Moon" finds Moon Jae-in by his surname, too."""
    tag = ArticleTag(field="body", start=0, end=12, kind="actor", id="moon-jae-in")
    body = "Moon Jae-in called a meeting in Seoul."
    article = read_article(story_article("a", "Meeting", body, tags=(tag,)))
    assert article.sentences[0].units[0] == ("a:moon-jae-in", "n:moon", "n:jae-in")


def test_a_dateline_names_nobody() -> None:
    """ "SEOUL (Reuters) -" is no place of the event."""
    body = "SEOUL (Reuters) - North Korea fired two missiles from Wonsan."
    assert read_article(story_article("a", "Missiles", body)).names == {
        "n:north",
        "n:korea",
        "n:wonsan",
    } - {"n:north"}


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("SEOUL (Reuters) - North Korea fired", "Reuters"),
        ("GENOA (Continental Press) - A section", "Continental Press"),
        ("SEOUL, June 4 (Yonhap) -- The South", "Yonhap"),
        ("AP - The president", "AP"),
        ("MOSCOW, August 23. /TASS/. Moscow will respond", "TASS"),
        ("Lima, Aug 24 (EFE).- A powerful temblor", "EFE"),
        ("STOCKHOLM, Oct. 5, Kyodo - Negotiators sat down", "Kyodo"),
        ("(Corrects number of ships) The Treasury", None),
        ("NATO - the alliance - said", None),
        ("The president (in Seoul) said", None),
        ("President Moon (65) said", None),
    ],
)
def test_the_agency_in_a_dateline(text: str, agency: str | None) -> None:
    """A bracket in running text is none."""
    assert agency_in_dateline(text) == agency
    assert bool(dateline_length(text)) is bool(agency)


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("They left. (Baltic Wire)", "Baltic Wire"),
        ("They left. (Reporting by Pacific News)", "Pacific News"),
        ("They left.", None),
    ],
)
def test_the_agency_in_a_credit(text: str, agency: str | None) -> None:
    """At the end, in brackets."""
    assert agency_in_credit(text) == agency


@pytest.mark.parametrize("text", ["WASHINGTON, Aug. 23 - The U.S.", "BEIJING -- U.S. accusations"])
def test_a_dateline_may_name_no_agency(text: str) -> None:
    """Its place is still no place of the event."""
    assert agency_in_dateline(text) is None
    assert text[dateline_length(text) :] in {"The U.S.", "U.S. accusations"}


@pytest.mark.parametrize(
    ("text", "credit"),
    [
        ("near the town of Caraveli.\n© Agence France-Presse", "© Agence France-Presse"),
        ("it said at 10 p.m.\nBELGA", "BELGA"),
        ("Ballots are outstanding.\n\nLusa/CM", "Lusa/CM"),
        ("He left.\nReuters contributed this report.", "Reuters contributed this report."),
        ("at 6:50 a.m. Reporting by the agency Han Press.", " Reporting by the agency Han Press."),
        ("He went.\nNo one else did so.", ""),
        ("He came at 5 p.m. The others left.", ""),
    ],
)
def test_a_credit_behind_a_sentence_is_left_out(text: str, credit: str) -> None:
    """In a line of its own, or behind an abbreviation."""
    assert text[credit_start(text) :] == credit


def test_a_name_is_one_with_and_without_accents() -> None:
    """Agencies drop them."""
    with_accents = read_article(story_article("a", "Vote", "They chose Jean-Luc Mélenchon."))
    without = read_article(story_article("b", "Vote", "They chose Jean-Luc Melenchon."))
    assert with_accents.names == without.names


@pytest.mark.parametrize(
    "text",
    [
        "(Reuters)",
        "By agencies.",
        "From our correspondent",
        "Source: Orient Wire.",
        "All rights reserved, photographs to follow.",
        "Reporting by the agency Han Press.",
    ],
)
def test_a_credit_is_no_news(text: str) -> None:
    """Nor does it make a sentence one."""
    assert is_credit(text)
    assert not is_credit(f"{text} The minister resigned on Monday.")


def test_a_sketch_estimates_containment() -> None:
    """Of the shorter text in the longer; other texts share nothing."""
    words = [f"w{number}" for number in range(2_000)]
    whole, half = sketch(words), sketch(words[:1_000])
    assert containment(whole, half) == pytest.approx(1.0, abs=0.1)
    assert containment(whole, sketch([f"x{number}" for number in range(500)])) == 0
    assert containment((), whole) == 0


def test_a_long_article_is_read_to_a_limit() -> None:
    """What is news stands before."""
    body = " ".join(f"The minister said number {number}." for number in range(500))
    assert len(read_article(story_article("a", "Numbers", body)).sentences) == MAX_SENTENCES
