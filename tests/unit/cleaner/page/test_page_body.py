"""What decides about a page's body besides the model: repeats, headline, offers and doubt."""

import numpy as np
import pytest

from services.cleaner.page.blocks.boosted_trees import load_model
from services.cleaner.page.body import verdicts
from services.cleaner.page.body.find_body import Body, doubtfulness, find_body
from services.cleaner.page.body.second_opinion import overlap
from services.cleaner.page.head import parse_head
from services.cleaner.page.page_blocks import walk_page
from services.cleaner.page.parse import parse_page
from tests.unit.cleaner.conftest import STORY

TITLE = "Delegations agree to meet again"


def body_of(*inside: str) -> Body:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in inside)
    menu = "".join(f"<li><a href='/{at}'>Section {at}</a></li>" for at in range(8))
    text = (
        f"<html><body><nav><ul>{menu}</ul></nav><article><h1>{TITLE}</h1>{paragraphs}</article>"
        "<footer><p>Contact us</p></footer></body></html>"
    )
    tree = parse_page(text)
    head = parse_head(tree)
    return find_body(walk_page(tree), head, TITLE, load_model())


def test_the_article_and_nothing_but_the_article() -> None:
    """Menu, headline and footer are not part of the body."""
    assert body_of(*STORY).paragraphs == tuple(STORY)


def test_what_is_said_again_is_said_once() -> None:
    """A pull quote is dropped with its reason; the paragraph that it is taken from stays."""
    quote = "the mood as better than in the spring, when the talks had broken off in anger"
    body = body_of(*STORY[:2], quote, *STORY[2:])
    assert body.paragraphs == tuple(STORY)
    assert [(line.text, line.why) for line in body.dropped if line.text == quote] == [
        (quote, verdicts.REPEATED)
    ]


def test_every_block_left_out_inside_the_article_says_why() -> None:
    """The reason of a box inside the article names features or a rule."""
    body = body_of(*STORY[:2], "© 2018 Example Post. All rights reserved.", *STORY[2:])
    assert body.paragraphs == tuple(STORY)
    assert all(line.why for line in body.dropped)


def test_a_page_that_the_model_does_not_understand_gets_a_second_opinion() -> None:
    """The body of a page with too little text says whether trafilatura gave it."""
    body = body_of("Short.")
    assert body.paragraphs in {(), ("Short.",)} or body.provenance.startswith("trafilatura")


@pytest.mark.parametrize(
    ("probabilities", "expected"), [([1, 1, 0], 0.0), ([0.9, 1, 0.1], 0.1), ([0.4, 0.4, 0.4], 12.0)]
)
def test_doubt_is_the_words_in_doubt_for_each_word_kept(
    probabilities: list[float], expected: float
) -> None:
    """It is 0 where the model is sure; without a body, it is the number of words in doubt."""
    words = np.array([10, 10, 10], np.float32)
    assert doubtfulness(np.array(probabilities, float), words) == pytest.approx(expected)


def test_overlap_counts_words_in_any_script() -> None:
    """Scripts without spaces have words, too."""
    assert overlap(("東京で会談が行われた",), ("東京で会談が行われた",)) == 1
    assert overlap(("one two three four",), ("five six seven eight",)) == 0
