"""Discovery: who recurs and is unknown is proposed, with reasons that are true; what is known, a place or written in capitals is not."""

from collections.abc import Callable
from itertools import permutations

import pytest

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.pipeline import tag
from services.tagger.propose.collect import Proposal, ProposalCollector, name_key
from services.tagger.propose.sightings import (
    EXAMPLE_CHARACTERS,
    ArticleSightings,
    Sighting,
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
    return lambda *given, **more: {one.name: one for one in look(*given, **more).sightings}


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
def test_an_unknown_name_is_seen_with_its_title(
    sights: Sights, text: str, name: str, title: str
) -> None:
    """Without the titles, the day or the common word before it, and without its possessive."""
    found = sights(text)
    assert list(found) == [name]
    assert found[name].titles == ((title,) if title else ())


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
def test_what_is_known_or_shows_no_name_is_not_seen(sights: Sights, text: str) -> None:
    """Known people, decoys, states, lines in capitals or in title case, staff, and scripts other than Latin."""
    assert sights(text) == {}


def test_a_headline_in_capitals_and_a_german_text_are_passed_over(sights: Sights) -> None:
    """Every word, or every noun, has a capital there: they would flood."""
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
def test_what_speaks_for_an_actor_is_told(sights: Sights, text: str, sign: str) -> None:
    """Each sign where it stands, and no other."""
    (found,) = sights(text).values()
    assert found.signs == {sign}


def test_an_example_is_bounded_and_harmless(sights: Sights) -> None:
    """Whatever an article holds: one line, of a bounded length, with nothing that a terminal would obey."""
    (found,) = sights("Quintus Novelty \x1b[31m said " + "so and so " * 400).values()
    assert len(found.example) <= EXAMPLE_CHARACTERS + 1
    assert found.example.isprintable()


def articles(look: Callable[..., ArticleSightings]) -> list[ArticleSightings]:
    texts = [
        "Choe Nov-hui said no to Mike Pompeo.",
        "Choe Nov Hui, 54, is back. Choe said so.",
        "Vice Minister Choe Nov-hui left.",
        "Ada Once left.",
    ]
    seen = [look(text) for text in texts]
    return [
        ArticleSightings(
            article=f"a{n}",
            source=f"s{n % 2}",
            beside=one.beside,
            sightings=one.sightings,
            small=one.small,
        )
        for n, one in enumerate(seen)
    ]


def test_variants_are_gathered_and_counted(look: Callable[..., ArticleSightings]) -> None:
    """One proposal for all spellings, the commonest first; who occurs once is not proposed."""
    gathering = ProposalCollector()
    for one in articles(look):
        gathering.add(one)
    (found,) = gathering.proposals()
    assert (found.name, found.also, found.kind) == ("Choe Nov-hui", ("Choe Nov Hui",), "person")
    assert (found.articles, found.sources, found.acting, found.company) == (3, 2, 3, 1)
    assert dict(found.signs)["a title"] == 1
    assert found.titles == ("Vice Minister",)
    assert found.beside == ("mike-pompeo",)
    assert [article for article, _text in found.examples] == ["a0", "a1", "a2"]


def test_order_and_repetition_of_articles_are_of_no_account(
    look: Callable[..., ArticleSightings],
) -> None:
    """The same proposals, whatever order the articles come in, and if they come twice."""
    given, results = articles(look), set[tuple[Proposal, ...]]()
    for order in permutations(given):
        gathering = ProposalCollector()
        for one in (*order, order[0]):
            gathering.add(one)
        results.add(tuple(gathering.proposals(min_articles=1)))
    assert len(results) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Choe Son-hui", "Choe Son Hui"),
        ("John R. Smith", "John Smith Jr."),
        ("Nicolás Maduro", "Nicolas Maduro"),
        ("Li He", "LI HE"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    """Hyphens, accents, initials and suffixes make no other person."""
    assert name_key(one) == name_key(other)
