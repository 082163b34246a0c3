"""Where sentences end, kind by kind, and what holds for every text."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text.sentences import split_sentences

TABLES = sorted((Path(__file__).parents[3] / "passages").glob("sentences*.txt"))


def table_rows() -> list[str]:
    """Return the lines of the tables; "|" marks where a sentence ends and another one follows."""
    lines = (line.strip() for table in TABLES for line in table.read_text("utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text)]


@pytest.mark.parametrize("row", table_rows())
def test_sentences_end_where_the_table_says(row: str) -> None:
    """Titles, initials, abbreviations, ordinals, quotations and the stops of many scripts."""
    text = row.replace(" | ", " ").replace("|", "")
    assert split(text) == [part.strip() for part in row.split("|")]


def test_a_blank_line_ends_a_sentence() -> None:
    """A text of several paragraphs can be split at once; a single line break is a blank."""
    assert split("no stop\n \nno capital\nhere\u2029end\r\n\r\n") == [
        "no stop",
        "no capital\nhere",
        "end",
    ]


def test_a_part_of_a_text_is_split_as_if_nothing_stood_around_it() -> None:
    """Offsets count in the whole text; what stands outside the part is not looked at."""
    text = "He met Mr. Kim. They left."
    spans = list(split_sentences(text, 7, 15))
    assert [(span.start, span.end) for span in spans] == [(7, 15)]
    assert [text[span.start : span.end] for span in split_sentences(text, 0, 10)] == ["He met Mr."]


@given(
    st.text(max_size=120)
    | st.text("aA1 .!?…。।'\"”“«»()\n\u00a0\u200bผ中한ع-", max_size=120)
    | st.lists(st.sampled_from(table_rows()), max_size=3).map("\n\n".join)
)
def test_sentences_cover_the_text(text: str) -> None:
    """Sentences are in order, do not overlap, and leave out nothing but white space."""
    spans = list(split_sentences(text))
    assert all(one.end <= following.start for one, following in pairwise(spans))
    assert all(text[span.start : span.end].strip() == text[span.start : span.end] for span in spans)
    assert "".join("".join(map(str.strip, split(text))).split()) == "".join(text.split())
