"""Folding never moves an offset."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tagger.scan.normalise import normalise, normalise_name

AWKWARD = "İıßﬁŒœÅÅé\u0301\u0308\u00ad\u200b\u200d\ufeff😀👩\u200d🚀金正恩김정은がガΣςѝ“”‘’–—\u00a0\u2028\ud800Ａｂ"
TEXTS = st.text(st.one_of(st.sampled_from(AWKWARD), st.characters()), max_size=60)


@pytest.mark.parametrize(
    ("text", "folded"),
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
def test_forms_that_mean_the_same_fold_alike(text: str, folded: str) -> None:
    """Case, accents, width, hyphens and curly quotes make no difference; kana and hangul stay what they are."""
    assert normalise(text).normalised == folded


@given(TEXTS)
def test_every_folded_character_has_its_place(text: str) -> None:
    """Each folded character is the fold of the character that stands at its place; whole spans lead back to the whole text."""
    folded = normalise(text)
    places = folded.offsets if folded.offsets is not None else tuple(range(len(text)))
    assert len(places) == len(folded.normalised)
    for place, character in zip(places, folded.normalised, strict=True):
        start, end = folded.span(places.index(place), places.index(place) + 1)
        assert start == place
        assert end > start
        assert normalise(text[place]).normalised == character or text[place] in "Σσς"


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    """What is folded is in its final form, so that names and texts meet there."""
    once = normalise(text).normalised
    assert normalise(once).normalised == once


def test_blanks_of_a_name_are_single() -> None:
    """A name is looked for with single blanks, however it was typed."""
    assert normalise_name("  Kim   Jong - Un ") == "kim jong un"
