"""Proposals: unknown names that recur are proposed, with the reasons; known names are not."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import pytest

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.pipeline import tag
from services.tagger.propose.collect import Proposal, ProposalCollector, name_key
from services.tagger.propose.sightings import (
    EXAMPLE_CHARACTERS,
    ArticleSightings,
    Sighting,
    Sign,
    find_sightings,
)
from shared.messages.schemas import CleanArticle

Sights = Callable[..., dict[str, Sighting]]


@pytest.fixture
def look(
    gazetteer: Gazetteer, make_article: Callable[..., CleanArticle]
) -> Callable[..., ArticleSightings]:
    return lambda body, headline="", language="en": find_sightings(
        tag(make_article(body, headline, language=language), gazetteer), gazetteer
    )


@pytest.fixture
def sights(look: Callable[..., ArticleSightings]) -> Sights:
    return lambda *args, **kwargs: {
        sighting.name: sighting for sighting in look(*args, **kwargs).sightings
    }


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        (
            "He met Deputy Foreign Minister Quon Tae-bok on Monday.",
            "Quon Tae-bok",
            "Deputy Foreign Minister",
        ),
        ("Aides to Gen. Quintus J. Novelty left.", "Quintus J. Novelty", "Gen."),
        ("But Quintus Novelty's lawyers objected.", "Quintus Novelty", ""),
        ("The analyst Ludwig van der Novelty agreed.", "Ludwig van der Novelty", ""),
        ("On Tuesday Quon Tae Bok flew home.", "Quon Tae Bok", ""),
        ("They followed Li He closely.", "Li He", ""),
        ("Élodie Novélté spoke.", "Élodie Novélté", ""),
    ],
)
def test_an_unknown_name_is_found_with_its_title(
    sights: Sights, text: str, name: str, title: str
) -> None:
    """Without the titles, the day or the common word before it, and without its possessive."""
    sightings = sights(text)
    assert list(sightings) == [name]
    assert sightings[name].titles == ((title,) if title else ())


@pytest.mark.parametrize(
    "text",
    [
        "Mike Pompeo met Kim Jong Un in Pyongyang.",
        "The crowd at Trump Tower read the Washington Post.",
        "They flew from New York to South Dakota.",
        "QUINTUS NOVELTY RESIGNS AS ENVOY",
        "Quintus Novelty Resigns After Talks With Envoy",
        "Reporting by Quintus Novelty; editing by Ada Novelty",
        "이것은 金正恩 текст Иван Петров",
    ],
)
def test_known_names_and_other_words_are_not_found(sights: Sights, text: str) -> None:
    """Known people, stop names, states, lines in capitals or title case, staff, other scripts."""
    assert sights(text) == {}


def test_a_headline_in_capitals_and_a_german_text_are_skipped(sights: Sights) -> None:
    """Every word, or every noun, has a capital there."""
    assert sights("", "QUINTUS NOVELTY MEETS ADA NOVELTY") == {}
    assert sights("Der Neue Minister Quintus Novelty sprach.", language="de") == {}


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Envoy Quintus Novelty left.", "a title"),
        ("Quintus Novelty, a tall man, said so.", "speaks"),
        ("Quintus Novelty, 45, left.", "an age"),
        ("Quintus Novelty, the chief negotiator and party leader, left.", "a role"),
        ("Donald Novelty left.", "a first name that known people have"),
        ("They saw Quintus Novelty. Later they saw Novelty leave.", "the surname alone later"),
    ],
)
def test_each_sign_is_found(sights: Sights, text: str, sign: str) -> None:
    """Each sign, and no other."""
    (sighting,) = sights(text).values()
    assert sighting.signs == {sign}


def test_an_example_is_short_and_printable(sights: Sights) -> None:
    """One line of limited length, without characters that a terminal would interpret."""
    (sighting,) = sights("Quintus Novelty \x1b[31m said " + "so and so " * 400).values()
    assert len(sighting.example) <= EXAMPLE_CHARACTERS + 1
    assert sighting.example.isprintable()


def articles(look: Callable[..., ArticleSightings]) -> list[ArticleSightings]:
    texts = [
        "Choe Nov-hui said no to Mike Pompeo.",
        "Choe Nov Hui, 54, is back. Choe said so.",
        "Vice Minister Choe Nov-hui left.",
        "Ada Once left.",
    ]
    sightings = [look(text) for text in texts]
    return [
        ArticleSightings(
            article=f"a{n}",
            source=f"s{n % 2}",
            beside=article.beside,
            sightings=article.sightings,
            small=article.small,
        )
        for n, article in enumerate(sightings)
    ]


def test_spellings_are_merged_and_counted(look: Callable[..., ArticleSightings]) -> None:
    """One proposal for all spellings, the commonest first; a name that occurs once is none."""
    collector = ProposalCollector()
    for article in articles(look):
        collector.add(article)
    (proposal,) = collector.proposals()
    assert (proposal.name, proposal.also, proposal.kind) == (
        "Choe Nov-hui",
        ("Choe Nov Hui",),
        "person",
    )
    assert (proposal.articles, proposal.sources, proposal.acting, proposal.company) == (3, 2, 3, 1)
    assert dict(proposal.signs)["a title"] == 1
    assert proposal.titles == ("Vice Minister",)
    assert proposal.beside == ("mike-pompeo",)
    assert [article for article, _text in proposal.examples] == ["a0", "a1", "a2"]


def test_order_and_repetition_of_articles_have_no_effect(
    look: Callable[..., ArticleSightings],
) -> None:
    """The proposals are the same in any order of the articles, and if articles repeat."""
    results = set[tuple[Proposal, ...]]()
    for order in permutations(articles(look)):
        collector = ProposalCollector()
        for article in (*order, order[0]):
            collector.add(article)
        results.add(tuple(collector.proposals(min_articles=1)))
    assert len(results) == 1


@pytest.mark.parametrize(
    ("name", "variant"),
    [
        ("Choe Son-hui", "Choe Son Hui"),
        ("John R. Smith", "John Smith Jr."),
        ("Nicolás Maduro", "Nicolas Maduro"),
        ("Li He", "LI HE"),
    ],
)
def test_spellings_of_one_name_share_a_key(name: str, variant: str) -> None:
    """Hyphens, accents, initials and suffixes make no difference."""
    assert name_key(name) == name_key(variant)


def test_names_of_the_deck_are_sighted_with_those_of_the_body(
    gazetteer: Gazetteer, make_article: Callable[..., CleanArticle]
) -> None:
    """A standfirst often says who somebody is; its small words count, too."""
    clean = replace(
        make_article("Talks went on. Quintus Novelty left early.", "Talks"),
        deck="The analyst Quintus Novelty said so; others sang.",
    )
    seen = find_sightings(tag(clean, gazetteer), gazetteer)
    (sighting,) = seen.sightings
    assert (sighting.name, sighting.times) == ("Quintus Novelty", 2)
    assert Sign.SPEAKS in sighting.signs
    assert seen.small["sang"] == 1


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("Dün Ankara'da, Quintus Novelty'nin avukatı konuştu.", "tr", "Quintus Novelty"),
        ("Sonra, Quintus Novelty’yi aradı.", "tr", "Quintus Novelty"),
        ("Sonra, Quintus Novelty'den Ludwig Newman'a bir mektup geldi.", "tr", "Ludwig Newman"),
        ("Wczoraj prasa pytała Quintusa Novelty'ego o spotkanie.", "pl", "Quintusa Novelty"),
        ("Yesterday the lawyer of Quintus O'Novelty spoke.", "en", "Quintus O'Novelty"),
    ],
)
def test_names_are_read_in_the_language_of_the_article(
    sights: Sights, text: str, language: str, name: str
) -> None:
    """An ending behind an apostrophe is none of the name, as where the tagger reads it."""
    assert name in sights(text, language=language)
