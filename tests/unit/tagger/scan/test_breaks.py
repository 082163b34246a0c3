"""Divisions that are looked up are those that would be sought: compared with seeking them each time."""

import re

from hypothesis import given
from hypothesis import strategies as st

from services.tagger import offices
from services.tagger.people import resolve_surnames
from services.tagger.scan.automaton import line_of
from services.tagger.scan.breaks import Breaks, Lines

TEXTS = st.text(st.sampled_from("aB .!?…。'\")]”\n\t\u2028"), max_size=60)
PLACES = st.integers(0, 60)
OFFICES_ENDS = re.compile(r"[.!?]['\")\]’”]*\s|\n")
"""What offices.py looked for when it sought from each office; a line's end behind a stop is now a division of its own."""


@given(text=TEXTS, start=PLACES, end=PLACES)
def test_a_sentence_end_lies_within_a_stretch_as_if_sought_there(
    text: str, start: int, end: int
) -> None:
    """Both patterns of sentence ends give for every stretch what ``search`` gives."""
    assert Breaks(resolve_surnames._SENTENCE_END, text).has_within(start, end) == (
        resolve_surnames._SENTENCE_END.search(text, start, end) is not None
    )
    assert Breaks(offices._SENTENCE_END, text).has_within(start, end) == (
        OFFICES_ENDS.search(text, start, end) is not None
    )


@given(text=TEXTS, place=PLACES)
def test_the_paragraph_before_a_place_is_the_last_empty_line_before_it(
    text: str, place: int
) -> None:
    """As ``rfind`` finds it, of several line breaks in a row the last two."""
    assert Breaks(resolve_surnames._PARAGRAPH, text).last_before(place - 1) == text.rfind(
        "\n\n", 0, place
    )


@given(text=TEXTS, start=PLACES, end=PLACES)
def test_characters_are_counted_in_a_stretch(text: str, start: int, end: int) -> None:
    """As ``count`` counts them."""
    assert Breaks(re.compile('"'), text).count(start, max(start, end)) == text.count(
        '"', start, max(start, end)
    )


@given(text=TEXTS, data=st.data())
def test_lines_are_those_around_a_place(text: str, data: st.DataObject) -> None:
    """Where a line starts and whether it is in capitals, for every place of the text and its end."""
    place = data.draw(st.integers(0, len(text)))
    assert Lines(text).start(place) == text.rfind("\n", 0, place) + 1
    assert Lines(text).is_upper(place) == line_of(text, place).isupper()
