"""No text or page takes more time per character when it is longer.

What a parser cannot get through is refused at once.
"""

from collections.abc import Callable
from functools import partial

import pytest

from services.cleaner.candidate import build_candidate
from services.cleaner.page.json_ld import objects
from services.cleaner.page.names import parse_names
from services.cleaner.wire.newsml import is_newsml
from shared.base.outcomes import InvalidMessage
from shared.messages.schemas import RawArticle
from tests.hostile_texts import PAGES, TEXTS, Shape
from tests.time_per_byte import MOST_TIMES_SLOWER, slowdown

BuildRaw = Callable[..., RawArticle]
BOUNDED = frozenset(
    (
        "nested elements",
        "nested lists",
        "nested authors",
        "choices",
        "nested formatting",
        "nested tables",
        "rows",
    )
)
"""Pages on which lexbor or trafilatura take time with the square of the depth, up to a limit.

The limits are in page/blocks/walk/bounds.py and page/parse.py.
"""


@pytest.mark.parametrize("name", TEXTS)
def test_time_is_proportional_to_a_texts_length(name: str, raw: BuildRaw) -> None:
    """Plain text four times as long takes about four times as long."""
    assert slowdown(_cleaning(raw, "text/plain"), TEXTS[name], 16_000) <= MOST_TIMES_SLOWER


SECOND_OPINION_FROM = {"links": 64_000}
"""The length from which on the model doubts such a page: below, the second opinion is not asked
for, and its cost would look like growth."""


@pytest.mark.parametrize("name", [name for name in PAGES if name not in BOUNDED])
def test_time_is_proportional_to_a_pages_length(name: str, raw: BuildRaw) -> None:
    """A page four times as long takes about four times as long, up to where it is refused."""
    length = SECOND_OPINION_FROM.get(name, 16_000)
    assert slowdown(_cleaning(raw, "text/html"), PAGES[name], length) <= MOST_TIMES_SLOWER


@pytest.mark.parametrize(
    "name",
    ["short headlines", "headlines and words", "embedded posts", "posts by their attributions"],
)
def test_time_is_proportional_to_the_number_of_headlines_and_posts(
    name: str, raw: BuildRaw
) -> None:
    """Tens of thousands of them take time in proportion: the trees and the boxes read each once."""
    assert slowdown(_cleaning(raw, "text/html"), PAGES[name], 200_000) <= MOST_TIMES_SLOWER


def test_comments_before_nothing_end() -> None:
    """Forty comments and no item take no time.

    A pattern that may split them in many ways would try 2^39 of them.
    """
    assert not is_newsml("<!---->" * 40 + "x")
    assert is_newsml('<?xml version="1.0"?>\n<!-- a --> <!-- b -->\n<newsItem>')


def test_values_of_json_ld_are_each_taken_once() -> None:
    """Hundreds of lists of hundreds of values take time in proportion to their number."""
    lists = Shape("[" + "1," * 900 + "1],", head="[", tail="1]")
    assert slowdown(lambda text: partial(objects, [text]), lists, 100_000) <= MOST_TIMES_SLOWER


def test_addresses_are_left_out_of_bylines_as_before() -> None:
    """A word that contains an address is removed, wherever it is."""
    assert parse_names(["By Ann Lee ann.lee@example.com and Bo Kim, (www.x.org)"]) == (
        "Ann Lee",
        "Bo Kim",
    )


def _cleaning(raw: BuildRaw, content_type: str) -> Callable[[str], Callable[[], object]]:
    def run_of(text: str) -> Callable[[], object]:
        return partial(
            _ended, raw(text.encode("utf-8", "surrogatepass"), content_type=content_type)
        )

    return run_of


def _ended(article: RawArticle) -> object:
    """What becomes of it; a refusal is an end as well."""
    try:
        return build_candidate(article)
    except InvalidMessage as refused:
        return refused
