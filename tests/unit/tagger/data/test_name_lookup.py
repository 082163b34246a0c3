"""Any spelling that names exactly one entry finds it, with the data of the project."""

import pytest

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.data.name_lookup import EntryKind, NameLookup
from tests.seed_data import seed_entries


@pytest.fixture(scope="module")
def lookup() -> NameLookup:
    return NameLookup(seed_entries())


@pytest.mark.parametrize(
    ("kind", "name", "id_"),
    [
        ("actor", "Kim Jong Un", "kim-jong-un"),
        ("actor", "KIM JONG-UN", "kim-jong-un"),
        ("actor", "Kim Jongun", "kim-jong-un"),
        ("actor", "金正恩", "kim-jong-un"),
        ("actor", "Donald J. Trump", "donald-trump"),
        ("actor", "Michael Pompeo", "mike-pompeo"),
        ("actor", "Pompeo", "mike-pompeo"),
        ("actor", "the United Nations", "united-nations"),
        ("actor", "UN", "united-nations"),
        ("actor", "Shinzō Abe", "shinzo-abe"),
        ("country", "North Korea", "prk"),
        ("country", "north   korea", "prk"),
        ("country", "DPRK", "prk"),
        ("country", "prk", "prk"),
        ("country", "US", "usa"),
        ("country", "the U.S.", "usa"),
        ("country", "Nordkorea", "prk"),
        ("country", "北朝鮮", "prk"),
        ("country", "South Korean", "kor"),
        ("office", "secretary of state", "us-secretary-of-state"),
        ("office", "U.S. secretary of state", "us-secretary-of-state"),
        ("office", "American Secretary of State", "us-secretary-of-state"),
        ("office", "president of the United States", "us-president"),
        ("office", "prime minister of Japan", "jpn-prime-minister"),
        ("office", "Japan's prime minister", "jpn-prime-minister"),
        ("keyword", "denuclearisation", "denuclearization"),
    ],
)
def test_a_spelling_finds_its_entry(
    lookup: NameLookup, kind: EntryKind, name: str, id_: str
) -> None:
    """Case, accents, stops, hyphens and "the" do not matter; spellings by rule count, too."""
    assert lookup.find(kind, name) == (id_,)


@pytest.mark.parametrize(
    ("kind", "name", "first"),
    [
        ("actor", "Kim", "kim-jong-un"),
        ("actor", "Moon", "moon-jae-in"),
        ("office", "prime minister", "aus-prime-minister"),
        ("office", "the president", "bra-president"),
    ],
)
def test_several_entries_are_all_found(
    lookup: NameLookup, kind: EntryKind, name: str, first: str
) -> None:
    """The best-known one comes first: a leader before people who only share the surname."""
    ids = lookup.find(kind, name)
    assert len(ids) > 2
    assert ids[0] == first


def test_signs_around_a_name_do_not_matter(lookup: NameLookup, gazetteer: Gazetteer) -> None:
    """Names of plain letters are read in a shorter way, and found alike."""
    for actor in gazetteer.actors.values():
        for name in (actor.name, *actor.names):
            assert actor.id in lookup.find("actor", name)
            assert lookup.find("actor", name) == lookup.find("actor", f"“{name.upper()}”")
            assert lookup.find("actor", name) == lookup.find("actor", f"The {name}!")


def test_only_entries_that_count_are_found(lookup: NameLookup) -> None:
    """A name that is full for one entry and short for another finds the one asked for."""
    offices = {"gbr-prime-minister", "kor-foreign-minister", "us-secretary-of-state"}
    assert lookup.find("office", "Prime Minister", offices) == ("gbr-prime-minister",)
    assert lookup.find("office", "the foreign minister", offices) == ("kor-foreign-minister",)
    assert lookup.find("office", "South Korea's foreign minister", {"us-president"}) == ()
    assert lookup.find("actor", "Kim", {"kim-yo-jong"}) == ("kim-yo-jong",)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("actor", "Nobody Known"),
        ("country", "Korea"),
        ("office", "king"),
        ("event", "meeting"),
        ("actor", ""),
        ("actor", "..."),
    ],
)
def test_other_words_find_nothing(lookup: NameLookup, kind: EntryKind, name: str) -> None:
    """A part of a name is no name, and neither are no words at all."""
    assert lookup.find(kind, name) == ()


def test_a_part_of_a_name_is_suggested(lookup: NameLookup) -> None:
    """For suggestions, all words of the name in any order are enough."""
    assert lookup.find_containing("country", "Korea") == ("kor", "prk")
    assert lookup.find_containing("office", "state secretary US")[0] == "us-secretary-of-state"
    assert lookup.find_containing("actor", "") == ()
