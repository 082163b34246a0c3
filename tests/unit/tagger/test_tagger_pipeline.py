"""Properties of every text and every gazetteer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.tagger.data.entries import (
    Actor,
    Country,
    Entries,
    Guards,
    Keyword,
    Office,
    OfficeTerm,
    Organisation,
)
from services.tagger.data.gazetteer import Gazetteer, build_gazetteer
from services.tagger.pipeline import tag
from shared.messages.codec import encode
from shared.messages.schemas import CleanArticle, CountryMention, KeywordHit, Mention, TaggedArticle
from tests.hypothesis_profiles import examples

ENTRIES = Entries(
    actors=(
        Actor(
            id="kim-jong-un",
            name="Kim Jong Un",
            names=("김정은", "金正恩"),
            titled=("Chairman Kim",),
            country="PRK",
            gender="m",
        ),
        Actor(id="kim-yo-jong", name="Kim Yo Jong", country="PRK", gender="f"),
        Actor(id="margot-wallstrom", name="Margot Wallström", country="SWE", gender="f"),
        Actor(id="donald-trump", name="Donald Trump", names=("Trump",), country="USA", gender="m"),
        Actor(id="park-geun-hye", name="Park Geun-hye", country="KOR", gender="f", alone=True),
        Actor(id="adam-park", name="Adam Park", country="USA", gender="m", common_name=True),
    ),
    offices=(
        Office(
            id="us-president",
            names=("U.S. president",),
            needs_country=("president",),
            country="USA",
            body="white-house",
            terms=(
                OfficeTerm(holder="donald-trump", start=date(2017, 1, 20), end=None, verified=True),
            ),
        ),
        Office(
            id="prk-leader",
            names=("North Korean leader",),
            needs_country=("leader",),
            country="PRK",
            body="white-house",
            terms=(OfficeTerm(holder="kim-jong-un", start=date(2011, 12, 17), end=None),),
        ),
    ),
    organisations=(
        Organisation(
            id="white-house", names=("White House",), country="USA", metonyms=("White House",)
        ),
    ),
    countries=(
        Country(
            iso3="PRK",
            names=("North Korea", "朝鲜"),
            relative=("the North",),
            metonyms=("Pyongyang",),
        ),
        Country(iso3="USA", names=("U.S.", "US"), demonyms=("American",)),
        Country(iso3="SWE", names=("Sweden",)),
        Country(iso3="KOR", names=("South Korea",)),
    ),
    guards=Guards(
        decoys=("Central Park",),
        other_titles=("Judge",),
        before_a_surname=("President", "Ms", "In"),
        surnames_that_are_words=("Park",),
        surnames_that_are_places=("Park",),
        other_bodies=("Texas",),
    ),
    keywords=(Keyword(id="summit", forms={"en": ("summit",), "ko": ("정상회담",)}),),
)
PIECES = [
    *(
        "Park",
        "Park Geun-hye",
        "Adam Park",
        "Kim Jong Un",
        "Kim Yo Jong",
        "Kim",
        "Trump",
        "KIM JONG-UN",
        "Chairman Kim",
        "Margot Wallstro\u0308m",
        "Wallström",
        "김정은은",
        "金正恩",
    ),
    *(
        "the U.S. president",
        "president",
        "American",
        "US",
        "us",
        "North Korea",
        "the North",
        "Pyongyang",
        "朝鲜",
        "White House",
        "summit",
        "정상회담을",
    ),
    *(
        "İ",
        "ß",
        "é\u0301",
        "😀",
        "👩\u200d🚀",
        "Tru\u00admp",
        "Ki\u200bm",
        "'s",
        "’s",
        "-",
        "–",
        " ",
        " ",
        " ",
        ". ",
        "\n",
        "\n\n",
        "Jane",
        "and",
        "former",
        "\ud800",
        "President ",
        "Ms. ",
        "Chairman ",
        "Judge ",
        "leader, ",
        ", the North's leader",
        " Jr.",
        "in ",
        "flew to ",
        "as ",
        " —",
        "Andy ",
        ", Texas",
    ),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
GAZETTEER = build_gazetteer(ENTRIES)
STRANGER = Actor(
    id="ada-lovelace", name="Ada Lovelace", names=("エイダ",), country="SWE", gender="f"
)

MakeArticle = Callable[..., CleanArticle]


def all_tags(tagged: TaggedArticle) -> list[Mention | CountryMention | KeywordHit]:
    return [*tagged.mentions, *tagged.countries, *tagged.keywords]


@examples(150)
@given(body=TEXTS, headline=TEXTS)
def test_offsets_equal_the_surface_in_any_text(
    body: str, headline: str, make_article: MakeArticle
) -> None:
    """Whatever its characters, offsets point at the surface; mentions are ordered and disjoint."""
    tagged = tag(make_article(body, headline), GAZETTEER)
    texts = {"headline": headline, "body": body}
    assert all(
        texts[item.field][item.start : item.end] == item.surface for item in all_tags(tagged)
    )
    places = [
        (mention.field != "headline", mention.start, mention.end) for mention in tagged.mentions
    ]
    assert places == sorted(places)
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(places))
    country_places = sorted(
        {(country.field, country.start, country.end) for country in tagged.countries}
    )
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(country_places))


def test_the_texts_of_the_properties_contain_names(make_article: MakeArticle) -> None:
    """People, offices, countries and keywords, so the properties have something to check."""
    tagged = tag(make_article(". ".join(PIECES)), GAZETTEER)
    assert {mention.kind for mention in tagged.mentions} >= {
        "name",
        "surname",
        "office",
        "organisation",
    }
    assert {country.iso3 for country in tagged.countries} >= {"PRK", "USA"}
    assert len(tagged.mentions) >= 15
    assert tagged.keywords


@examples(80)
@given(body=TEXTS, headline=TEXTS)
def test_an_unrelated_actor_changes_nothing(
    body: str, headline: str, make_article: MakeArticle
) -> None:
    """All tags stay the same; only the revision of the data differs."""
    article = make_article(body, headline)
    larger = build_gazetteer(replace(ENTRIES, actors=(STRANGER, *ENTRIES.actors)))
    before, after = tag(article, GAZETTEER), tag(article, larger)
    assert replace(after, tagger_revision=before.tagger_revision) == before
    assert after.tagger_revision != before.tagger_revision


def test_the_order_of_the_data_does_not_matter(make_article: MakeArticle) -> None:
    """Entries in another order: the same revision, the same bytes."""
    article = make_article(
        "Kim Jong Un met Kim Yo Jong. Kim saw the U.S. president in Pyongyang: a summit."
    )
    reordered = build_gazetteer(
        replace(ENTRIES, actors=ENTRIES.actors[::-1], countries=ENTRIES.countries[::-1])
    )
    assert reordered.revision == GAZETTEER.revision
    assert encode(tag(article, reordered)) == encode(tag(article, GAZETTEER))


def test_the_day_is_that_of_the_event_in_utc(
    make_article: MakeArticle, gazetteer: Gazetteer
) -> None:
    """Offices depend on the article's event time, not on any clock."""
    early = make_article("The U.S. secretary of state spoke.", day=date(2018, 4, 10))
    late = make_article("The U.S. secretary of state spoke.", day=date(2018, 4, 26))
    assert [tag(article, gazetteer).mentions[0].actor for article in (early, late)] == [
        "john-sullivan",
        "mike-pompeo",
    ]


def test_an_empty_article_is_tagged(make_article: MakeArticle) -> None:
    """It has no tags."""
    assert all_tags(tag(make_article(""), GAZETTEER)) == []
    assert all_tags(tag(make_article("Kim", "Trump"), build_gazetteer(Entries()))) == []
