"""Normalisation keeps offsets valid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tagger.scan.normalise import normalise, normalise_name

AWKWARD = (
    "İıßﬁŒœÅÅé\u0301\u0308\u00ad\u200b\u200d\ufeff😀👩\u200d🚀"
    "金正恩김정은がガΣςѝ“”‘’–—\u00a0\u2028\ud800Ａｂ"
)
TEXTS = st.text(st.one_of(st.sampled_from(AWKWARD), st.characters()), max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kim Jong-Un", "kim jong un"),
        ("KIM JONG UN", "kim jong un"),
        ("Löfven", "lofven"),
        ("Lo\u0308fven", "lofven"),
        ("O’Brien", "o'brien"),
        ("İstanbul", "istanbul"),
        ("Straße", "straße"),
        ("Tru\u00admp", "trump"),
        ("Ｔｒｕｍｐ", "trump"),
        ("ガ", "ガ"),
        ("김정은", "김정은"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
    ],
)
def test_equivalent_forms_are_normalised_alike(text: str, expected: str) -> None:
    """Case, accents, width, hyphens and curly quotes are removed; kana and hangul stay."""
    assert normalise(text).normalised == expected


@given(TEXTS)
def test_every_normalised_character_has_its_offset(text: str) -> None:
    """It is the normalised form of the character at its offset; spans map to the original text."""
    text_normalised = normalise(text)
    places = (
        text_normalised.offsets if text_normalised.offsets is not None else tuple(range(len(text)))
    )
    assert len(places) == len(text_normalised.normalised)
    for place, character in zip(places, text_normalised.normalised, strict=True):
        start, end = text_normalised.span(places.index(place), places.index(place) + 1)
        assert start == place
        assert end > start
        assert normalise(text[place]).normalised == character or text[place] in "Σσς"


@given(TEXTS)
def test_normalising_twice_changes_nothing(text: str) -> None:
    """So names and texts have the same form."""
    once = normalise(text).normalised
    assert normalise(once).normalised == once


def test_blanks_of_a_name_are_single() -> None:
    """A name is searched with single blanks, however it is written."""
    assert normalise_name("  Kim   Jong - Un ") == "kim jong un"
