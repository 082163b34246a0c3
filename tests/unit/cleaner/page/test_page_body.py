"""What decides about a page's body besides the model: repeats, headline, offers and doubt."""

import numpy as np
import pytest

from services.cleaner.page.blocks.boosted_trees import load_model
from services.cleaner.page.blocks.features.block_features import Matrix
from services.cleaner.page.body import verdicts
from services.cleaner.page.body.find_body import Body, doubtfulness, find_body
from services.cleaner.page.body.prose import find_long_prose, find_lost_prose
from services.cleaner.page.body.second_opinion import overlap
from services.cleaner.page.body.verdicts import judge_blocks
from services.cleaner.page.head import Head, parse_head
from services.cleaner.page.page_blocks import PageBlocks, walk_page
from services.cleaner.page.parse import parse_page
from tests.unit.cleaner.conftest import STORY

TITLE = "Delegations agree to meet again"


PROSE = "".join(f"<p>{text}</p>" for text in STORY)


def page_of_story() -> tuple[PageBlocks, Matrix]:
    page = walk_page(parse_page(f"<article><h1>{TITLE}</h1>{PROSE}</article>"))
    return page, page.feature_matrix(Head())


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


def test_a_page_whose_prose_is_lost_in_bulk_says_so() -> None:
    """The finding has the share, and the first paragraphs that are not in the body."""
    page, matrix = page_of_story()
    verdicts_of_page = judge_blocks(page, matrix, TITLE, load_model())
    prose = find_long_prose(matrix, verdicts_of_page)
    finding = find_lost_prose(page, matrix, prose, tuple(STORY[:1]))
    assert finding is not None
    assert (finding.field, finding.chosen, finding.disagree) == (
        "body",
        "1 of 4 long paragraphs",
        True,
    )
    assert "of the page's long prose is in the body" in finding.why
    assert [value.said for value in finding.testimony] == STORY[1:]
    assert find_lost_prose(page, matrix, prose, tuple(STORY)) is None


def test_teasers_and_comments_outside_the_content_do_not_count_as_lost() -> None:
    """What is in an aside, a footer or a form is not the article's prose."""
    aside = "".join(f"<p>{text} And more of it.</p>" for text in STORY * 3)
    tree = parse_page(f"<article><h1>{TITLE}</h1>{PROSE}</article><aside>{aside}</aside>")
    body = find_body(walk_page(tree), Head(), TITLE, load_model())
    assert body.finding is None
