"""Looked-up divisions of a text, compared with searching for them each time."""

import re
import sys

from hypothesis import given
from hypothesis import strategies as st

from services.tagger.people import resolve_surnames
from services.tagger.scan.automaton import line_of
from services.tagger.scan.breaks import Breaks, Lines, Sentences
from shared.text.sentences import split_sentences

TEXTS = st.text(st.sampled_from("aB .!?…。'\")]”\n\t\u2028"), max_size=60)
PLACES = st.integers(0, 60)


@given(text=TEXTS, start=PLACES, length=st.integers(1, 20))
def test_two_places_are_in_one_sentence_if_none_begins_between_them(
    text: str, start: int, length: int
) -> None:
    """The sentences are the shared splitter's; a span may lie in several, and is in all of them."""
    spans, end = list(split_sentences(text)), start + length
    begins = [span.start for span in spans]
    assert Sentences(spans).is_divided(start, end) == any(start < at <= end for at in begins)
    around = Sentences(spans).around(start, end)
    assert around.start == max((at for at in begins if at <= start), default=0)
    assert around.stop == min((at for at in begins if at >= end), default=sys.maxsize)


@given(text=TEXTS, place=PLACES)
def test_a_paragraph_begins_at_the_last_empty_line(text: str, place: int) -> None:
    """As ``rfind`` finds it; of several line breaks in a row, the last two."""
    assert Breaks(resolve_surnames._PARAGRAPH, text).last_before(place - 1) == text.rfind(
        "\n\n", 0, place
    )


@given(text=TEXTS, start=PLACES, end=PLACES)
def test_characters_are_counted_in_a_range(text: str, start: int, end: int) -> None:
    """As ``str.count`` counts them."""
    assert Breaks(re.compile('"'), text).count(start, max(start, end)) == text.count(
        '"', start, max(start, end)
    )


@given(text=TEXTS, data=st.data())
def test_the_line_at_a_position(text: str, data: st.DataObject) -> None:
    """Where it starts and whether it is in capitals, for every position and the end of the text."""
    place = data.draw(st.integers(0, len(text)))
    assert Lines(text).start(place) == text.rfind("\n", 0, place) + 1
    assert Lines(text).is_upper(place) == line_of(text, place).isupper()
