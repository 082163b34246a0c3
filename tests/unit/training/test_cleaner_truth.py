"""How pages are compared with their truth, and which of their blocks are labelled."""

from pathlib import Path

import pytest

from training.cleaner.examples import Example, domain_of, examples
from training.cleaner.labels import label_blocks
from training.cleaner.score import Tally

STORY = "The two delegations met for three hours on Tuesday and agreed to meet again soon"


def example(*lines: tuple[str, str]) -> Example:
    return Example("one", "made up", "example.org", "", b"", lines)


def test_blocks_with_the_truths_words_are_the_article() -> None:
    """A paragraph counts by most of its runs of words.

    A short block counts as a whole line, a subhead as a subhead.
    """
    truth, weights = label_blocks(
        [STORY + ".", "Menu", "Yes.", "What next?", STORY[:20]],
        example(("p", f"{STORY}.\nYes."), ("subhead", "What next")),
    )
    assert truth.tolist() == [1, 0, 1, 1, 0]
    assert weights.tolist() == [1, 1, 1, 0.3, 1]


def test_of_two_copies_the_one_among_the_story_is_taught() -> None:
    """The teaser further up is not the article, and has little weight."""
    rest = "A spokeswoman said that both sides had been frank about what had divided them"
    truth, weights = label_blocks(
        [STORY, "Menu", "Home", "World", STORY, rest], example(("p", f"{STORY} {rest}"))
    )
    assert truth.tolist() == [0, 0, 0, 0, 1, 1]
    assert weights[0] < weights[4]


def test_an_open_summary_teaches_nothing() -> None:
    """The truth does not say whether a summary belongs to the body."""
    truth, weights = label_blocks(
        [STORY], example(("summary", STORY), ("p", "Something else was said by everybody"))
    )
    assert (truth.tolist(), weights.tolist()) == ([0], [0])


def test_the_likest_of_several_truths_counts() -> None:
    """A body is right with or without subheads; one more word makes it inexact."""
    tally = Tally()
    bodies = example(("p", "one two three four"), ("subhead", "five six")).bodies
    for body in ("one two three four", "one two three four five six", "one two three four six"):
        tally.add(bodies, body)
    assert tally.exact == 2


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("http://edition.cnn.com/x", "cnn.com"),
        ("nj.com/x", "nj.com"),
        ("", ""),
    ],
)
def test_pages_of_one_owner_share_a_domain(url: str, domain: str) -> None:
    """So they are tested by one model."""
    assert domain_of(url) == domain


def test_missing_pages_are_named(tmp_path: Path) -> None:
    """The error says which file is missing."""
    with pytest.raises(FileNotFoundError, match=r"ground-truth\.json"):
        examples(tmp_path)
