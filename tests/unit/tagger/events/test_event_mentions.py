"""Mentions of events: their spans, types and participants."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.pipeline import tag
from shared.messages.schemas import CleanArticle, EventMention, TaggedArticle
from tests.builders import build_clean_article
from tests.hypothesis_profiles import examples

Tagging = Callable[..., TaggedArticle]


def spans(article: TaggedArticle) -> list[tuple[str, str]]:
    return [(event.event, event.surface) for event in article.event_mentions]


def roles(event: EventMention) -> tuple[str | None, ...]:
    return event.who, event.to, event.who_country, event.to_country


@pytest.mark.parametrize(
    ("text", "event", "surface"),
    [
        ("North Korea test-fired a missile.", "missile-test", "test-fired a missile"),
        (
            "North Korea tested what it called a new tactical guided weapon.",
            "missile-test",
            "tested what it called a new tactical guided weapon",
        ),
        (
            "The launch of a short-range ballistic missile was seen.",
            "missile-test",
            "launch of a short-range ballistic missile",
        ),
        ("Two missiles were later fired from a ship.", "missile-test", "fired"),
        ("The U.S. held talks with Japan.", "meeting", "held talks"),
        ("Trump called the summit off.", "call-off", "called the summit off"),
        ("Theresa May arrived in Japan.", "visit", "arrived"),
        ("An election was held.", "election", "election"),
        ("Trump’s visit to Japan", "visit", "visit"),
    ],
)
def test_the_span_is_the_triggers(text: str, event: str, surface: str, tagged: Tagging) -> None:
    """With the word of its group and the verb that carries it out; no auxiliaries, no preposition."""
    assert (event, surface) in spans(tagged(text))


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("Donald Trump met Kim Jong Un.", ("donald-trump", "kim-jong-un", "USA", "PRK")),
        ("Kim Jong Un was praised by Donald Trump.", ("donald-trump", "kim-jong-un", "USA", "PRK")),
        ("North Korea's launch of a missile failed.", ("PRK", None, "PRK", None)),
        ("Donald Trump's visit to Japan began.", ("donald-trump", "JPN", "USA", "JPN")),
        ("Officials met in a hotel in Japan.", (None, None, None, None)),
        ("Iran sanctions took effect.", (None, "IRN", None, "IRN")),
        ("U.S. sanctions took effect in a year.", ("USA", None, "USA", None)),
        ("The death of Kim Jong Nam was no accident.", ("kim-jong-nam", None, "PRK", None)),
        ("An ally of Donald Trump met Kim Jong Un.", (None, "kim-jong-un", None, "PRK")),
        ("Donald Trump's lawyer met Kim Jong Un.", (None, "kim-jong-un", None, "PRK")),
        ("Japan said that others met Kim Jong Un.", (None, "kim-jong-un", None, "PRK")),
        ("Donald Trump said he met Kim Jong Un.", ("donald-trump", "kim-jong-un", "USA", "PRK")),
        ("Donald Trump, who met Kim Jong Un, left.", ("donald-trump", "kim-jong-un", "USA", "PRK")),
        ("Japan and, later, China met Kim Jong Un.", ("CHN", "kim-jong-un", "CHN", "PRK")),
        ("North and South Korea held talks.", ("KOR", "PRK", "KOR", "PRK")),
        ("Kim Jong Un oversaw a missile test.", ("kim-jong-un", None, "PRK", None)),
        ("Kim Jong Un watched the test of a missile.", ("kim-jong-un", None, "PRK", None)),
        ("Japan watched the missile test.", (None, None, None, None)),
        (
            "Kim Jong Un inspected a ship and watched a drone attack.",
            ("kim-jong-un", None, "PRK", None),
        ),
        ("Japan is watching for a missile launch.", (None, None, None, None)),
    ],
)
def test_participants(text: str, pair: tuple[str | None, ...], tagged: Tagging) -> None:
    """Actors and countries with their countries; None where it is somebody else."""
    assert roles(tagged(text).event_mentions[0]) == pair


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("Russia fired rockets at Ukraine.", ["attack"]),
        ("Russia fired rockets at about 5 a.m.", ["missile-test"]),
        ("Russia fired a rocket into the Sea of Japan.", ["missile-test"]),
        ("Iran fired a missile on Thursday.", ["missile-test"]),
        ("Russia launched missile strikes on Ukraine.", ["attack"]),
        ("The U.S. lifted sanctions on Iran.", ["sanction-lifted"]),
        ("Sanctions on Iran were lifted.", ["sanction-lifted"]),
        ("Trump announced a summit with Kim Jong Un.", ["summit-announced", "summit-held"]),
        ("Japan's minister had a heart attack.", []),
        ("The detained journalists in Iran slept.", []),
    ],
)
def test_one_event_for_one_trigger(text: str, events: list[str], tagged: Tagging) -> None:
    """What is aimed, lifted or announced is another event, and phrases may be none."""
    assert [event for event, _surface in spans(tagged(text))] == events


def test_short_words_count_after_a_full_mention(tagged: Tagging) -> None:
    """“The launch” is a missile's only where the article has named the missile, in any field."""
    alone = "The launch was watched by Kim Jong Un."
    assert spans(tagged(alone)) == []
    assert ("missile-test", "launch") in spans(tagged(alone, "North Korea fires missile"))
    assert ("missile-test", "launch") in spans(tagged(f"{alone} North Korea fired a missile."))


def test_weak_words_count_where_somebody_is_named(tagged: Tagging) -> None:
    """A deal on phones is no agreement; a deal that a sentence on Japan mentions is."""
    assert spans(tagged("The best deal of the day.")) == []
    assert spans(tagged("The deal pleased Japan.")) == [("agreement", "deal")]


def test_the_deck_is_tagged_between_headline_and_body(gazetteer: Gazetteer) -> None:
    """People, countries, keywords and events, each with the field."""
    article = build_clean_article(
        "Kim Jong Un met Donald Trump.",
        headline="Summit opens",
        deck="North Korea fired a missile before the summit with Donald Trump",
    )
    result = tag(article, gazetteer)
    assert [event.field for event in result.event_mentions] == ["headline", "deck", "deck", "body"]
    assert {mention.field for mention in result.mentions} == {"deck", "body"}
    assert [country.field for country in result.countries] == ["deck"]
    assert "deck" in {hit.field for hit in result.keywords}


@pytest.mark.parametrize(
    ("language", "text", "event", "pair"),
    [
        ("de", "Nordkorea feuerte zwei Raketen ab.", "missile-test", ("PRK", None)),
        ("de", "Der Gipfel in Hanoi endete früh.", "summit-held", (None, None)),
        (
            "de",
            "Donald Trump traf Kim Jong Un in Hanoi.",
            "meeting",
            ("donald-trump", "kim-jong-un"),
        ),
        ("de", "Theresa May ist zurückgetreten.", "resignation", ("theresa-may", None)),
        ("fr", "La Corée du Nord a tiré deux missiles.", "missile-test", ("PRK", None)),
        ("fr", "Un essai nucléaire a été annoncé.", "nuclear-test", (None, None)),
        ("fr", "Donald Trump a rencontré Kim Jong Un.", "meeting", ("donald-trump", "kim-jong-un")),
        ("es", "Corea del Norte lanzó un misil.", "missile-test", ("PRK", None)),
        ("es", "La cumbre terminó sin acuerdo.", "summit-held", (None, None)),
        ("es", "Estados Unidos levantó las sanciones.", "sanction-lifted", ("USA", None)),
    ],
)
def test_other_languages(
    language: str, text: str, event: str, pair: tuple[str | None, ...], tagged: Tagging
) -> None:
    """Triggers of the article's own language, with the subject before a verb."""
    first = tagged(text, language=language).event_mentions[0]
    assert (first.event, first.who, first.to) == (event, *pair)


@pytest.mark.parametrize(
    ("language", "text"), [("de", "Die Gift-Idee, die war gut."), ("it", "visit")]
)
def test_english_triggers_are_not_for_other_languages(
    language: str, text: str, tagged: Tagging
) -> None:
    """The German article “die” is no death."""
    assert spans(tagged(text, language=language)) == []


def test_offsets_hold_where_characters_were_dropped(tagged: Tagging) -> None:
    """Soft hyphens and combining accents before a trigger move nothing."""
    text = "Cafe\u0301 pa\u00adtrons: Donald Trump met Kim Jong Un."
    (event,) = tagged(text).event_mentions
    assert text[event.start : event.end] == event.surface == "met"
    assert roles(event)[:2] == ("donald-trump", "kim-jong-un")


WORDS = st.sampled_from(
    [
        *("Donald Trump", "Kim Jong Un", "North Korea", "U.S.", "and", "of", "the", "by", "with"),
        *(
            "met",
            "talks",
            "held",
            "fired",
            "missiles",
            "were",
            "launch of",
            "sanctions on",
            "lifted",
        ),
        *("said he", "that", ",", ".", "\n", "“", "not", "visit to", "summit", "called off", "İ"),
    ]
)


@given(st.lists(WORDS, max_size=40).map(" ".join))
@examples(300)
def test_mentions_are_ordered_and_within_their_sentence(
    gazetteer: Gazetteer, make_article: Callable[..., CleanArticle], body: str
) -> None:
    """Any order of words gives mentions in text order whose surface is the text's."""
    article = make_article(body, day=date(2018, 9, 12))
    mentions = tag(article, gazetteer).event_mentions
    assert list(mentions) == sorted(mentions, key=lambda event: (event.start, -event.end))
    for event in mentions:
        assert article.body[event.start : event.end] == event.surface
        assert event.who != event.to or event.who is None
    starts = {(event.event, event.start) for event in mentions}
    assert len(starts) == len(mentions)
