"""The tagger's time per character does not grow with the length of any text."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.data.loader import load_folders
from services.tagger.data.names import names_of
from services.tagger.pipeline import tag
from services.tagger.propose.handovers import find_handovers
from shared.messages.schemas import CleanArticle
from tests.hostile_texts import TEXTS, Shape
from tests.time_per_byte import MOST_TIMES_SLOWER, slowdown
from tests.unit.tagger.conftest import SEEDS, clean_article

NAMES = sorted(
    {
        name.spelling
        for name in names_of(load_folders(SEEDS / "actors", SEEDS / "keywords").entries())
    }
)
BETWEEN = [
    " ", "-", ", ", ". ", "\n", "\n\n", " and ", '" ', "“", "'s ", " of ", " to ", " has been ",
    "\u00a0", "\u0301 ", ", the president, ", " as ",
]  # fmt: skip
PIECES = st.tuples(st.sampled_from(NAMES), st.sampled_from(BETWEEN)).map("".join)
UNITS = st.lists(PIECES, min_size=1, max_size=6).map("".join)


@pytest.mark.parametrize("name", TEXTS)
def test_time_is_proportional_to_length(name: str, gazetteer: Gazetteer) -> None:
    """A text four times as long takes about four times as long."""
    assert slowdown(_tagging(gazetteer), TEXTS[name]) <= MOST_TIMES_SLOWER


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    unit=UNITS,
    head=st.one_of(st.just(""), UNITS),
    case=st.sampled_from([str, str, str.upper, str.title]),
)
def test_time_is_proportional_for_any_names(
    unit: str, head: str, case: Callable[[str], str], gazetteer: Gazetteer
) -> None:
    """Also in texts of any mixture of the data's own names."""
    assert slowdown(_tagging(gazetteer), Shape(case(unit), head=case(head))) <= MOST_TIMES_SLOWER


@pytest.mark.parametrize(
    "unit",
    [
        "Trump fired the the the ",
        "British prime minister ",
        "if Putin named ",
        "Jane Roe, a man, was named ",
        "In 2000, the South Korean president who died in ",
        "the new new new foreign minister, Jane Roe, ",
        "\ue000",
    ],
)
def test_time_is_proportional_for_reports_of_handovers(unit: str, gazetteer: Gazetteer) -> None:
    """Also where the words of handovers and of other holders are repeated, tagged and proposed."""

    def report(text: str) -> Callable[[], object]:
        article = clean_article(text)
        return lambda: find_handovers(tag(article, gazetteer), gazetteer)

    assert slowdown(report, Shape(unit)) <= MOST_TIMES_SLOWER


def test_time_is_proportional_for_headlines(gazetteer: Gazetteer) -> None:
    """Also in a long headline."""

    def headline(text: str) -> Callable[[], object]:
        return partial(tag, clean_article("", text), gazetteer)

    assert slowdown(headline, TEXTS["names in capitals"]) <= MOST_TIMES_SLOWER


def _tagging(gazetteer: Gazetteer) -> Callable[[str], Callable[[], object]]:
    def run_of(text: str) -> Callable[[], object]:
        article: CleanArticle = clean_article(text)
        return partial(tag, article, gazetteer)

    return run_of
