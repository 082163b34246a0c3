"""The names in the two seed articles, listed by a reader."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from shared.messages.schemas import CountryMention, KeywordHit, Mention, TaggedArticle

ARTICLES = Path(__file__).parents[3] / "seeds" / "articles"

CROSSROADS = (ARTICLES / "000_8c6e2a59f7fcf78f.txt").read_text("utf-8")
ASSESSMENT = (ARTICLES / "004_947d3aa60bc3ea5e.txt").read_text("utf-8")

PEOPLE = {
    CROSSROADS: {
        "donald-trump": {"Trump", "Donald Trump"},
        "kim-jong-un": {"Kim", "Kim Jong Un"},
        "sarah-sanders": {"Sarah Sanders", "Sanders"},
        "john-bolton": {"John Bolton"},
        "mike-pompeo": {"Mike Pompeo", "Pompeo", "secretary of state"},
        "bob-woodward": {"Bob Woodward"},
        "chung-eui-yong": {"Chung Eui-yong", "Chung"},
        "moon-jae-in": {"Moon Jae-in"},
        "white-house": {"White House"},
    },
    ASSESSMENT: {
        "donald-trump": {"Trump", "Donald Trump"},
        "kim-jong-un": {"Kim", "Kim Jong Un", "North Korean leader"},
        "sarah-sanders": {"Sarah Huckabee Sanders", "Sanders"},
        "mike-pompeo": {"Mike Pompeo"},
        "white-house": {"White House"},
        "united-nations": {"U.N. General Assembly"},
    },
}
COUNTRIES = {
    CROSSROADS: {
        "USA": {"U.S.", "US", "Washington", "White House"},
        "PRK": {
            "North Korea",
            "North Korean",
            "N Korea",
            "Pyongyang",
            "Both Koreas",
            "The North",
            "the North",
        },
        "KOR": {"South Korean", "Seoul", "Both Koreas"},
        "SGP": {"Singapore"},
    },
    ASSESSMENT: {
        "USA": {"US", "U.S.", "United States", "Washington", "White House"},
        "PRK": {"North Korea", "North Korean", "Pyongyang", "North and South Korea"},
        "KOR": {"South Korea", "South Korean", "North and South Korea"},
        "CHN": {"China"},
        "GUM": {"Guam"},
        "SGP": {"Singapore"},
    },
}
KEYWORDS = {
    CROSSROADS: {
        "denuclearization",
        "summit",
        "peace-declaration",
        "military-parade",
        "letter",
        "midterm-elections",
        "missile",
        "sanctions",
        "visit",
    },
    ASSESSMENT: {
        "denuclearization",
        "summit",
        "sanctions",
        "missile",
        "letter",
        "military-parade",
        "peace-treaty",
        "trade-war",
        "nuclear-program",
    },
}


@pytest.mark.parametrize("body", [CROSSROADS, ASSESSMENT], ids=["000", "004"])
def test_every_person_and_country_is_found(body: str, tagged: Callable[..., TaggedArticle]) -> None:
    """Each person, office, organisation and country in every spelling of the text, and no other."""
    article = tagged(body)
    people, countries = defaultdict(set), defaultdict(set)
    for mention in article.mentions:
        people[mention.actor].add(mention.surface)
    for country in article.countries:
        countries[country.iso3].add(country.surface)
    assert people == PEOPLE[body]
    assert countries == COUNTRIES[body]
    assert {hit.keyword for hit in article.keywords} >= KEYWORDS[body]


@pytest.mark.parametrize("body", [CROSSROADS, ASSESSMENT], ids=["000", "004"])
def test_no_bare_name_is_missed(body: str, tagged: Callable[..., TaggedArticle]) -> None:
    """Every "Trump" and "Kim" in the text is part of a mention."""
    mentions = tagged(body).mentions
    for name, actor in (
        ("Trump", "donald-trump"),
        ("Kim", "kim-jong-un"),
        ("Pompeo", "mike-pompeo"),
        ("Sanders", "sarah-sanders"),
    ):
        assert sum(
            name in mention.surface and mention.actor == actor for mention in mentions
        ) == body.count(name)


@pytest.mark.parametrize("body", [CROSSROADS, ASSESSMENT], ids=["000", "004"])
def test_offsets_equal_the_surface(body: str, tagged: Callable[..., TaggedArticle]) -> None:
    """The text at a mention's offsets is its surface; mentions are ordered."""
    headline = body.splitlines()[0]
    article = tagged(body, headline)
    texts = {"headline": headline, "body": body}
    everything: list[Mention | CountryMention | KeywordHit] = [
        *article.mentions,
        *article.countries,
        *article.keywords,
    ]
    for item in everything:
        assert texts[item.field][item.start : item.end] == item.surface
    places = [(mention.field != "headline", mention.start) for mention in article.mentions]
    assert places == sorted(places)


def test_the_headline_is_resolved_from_the_body(tagged: Callable[..., TaggedArticle]) -> None:
    """A surname in the headline refers to the only person of that surname in the body."""
    article = tagged(CROSSROADS, "Trump seeks Kim summit soon as US elections approach")
    assert [
        (mention.surface, mention.actor)
        for mention in article.mentions
        if mention.field == "headline"
    ] == [
        ("Trump", "donald-trump"),
        ("Kim", "kim-jong-un"),
    ]


def test_actors_have_their_offices_of_the_day(tagged: Callable[..., TaggedArticle]) -> None:
    """Each actor occurs once, the president first, with the offices on the date."""
    actors = tagged(CROSSROADS, day=date(2018, 9, 12)).actors
    assert sorted(actor.actor for actor in actors) == sorted(PEOPLE[CROSSROADS])
    assert actors[0].actor == "donald-trump"
    offices = {
        actor.actor: [(office.office, office.title, office.verified) for office in actor.offices]
        for actor in actors
    }
    assert offices["mike-pompeo"] == [("us-secretary-of-state", "secretary of state", True)]
    assert offices["bob-woodward"] == []
    assert ("prk-wpk-chairman", "chairman of the Workers' Party of Korea", False) in offices[
        "kim-jong-un"
    ]
