"""Copies are found, templates are not merged, and stories grow article by article."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cleaner.stories.article_words import MAX_WORDS, article_words
from services.cleaner.stories.compare import CopyVerdict, compare_articles
from services.cleaner.stories.index import Stories
from tests.hypothesis_profiles import examples

WORDS = (
    "talks",
    "summit",
    "leader",
    "minister",
    "treaty",
    "border",
    "army",
    "office",
    "vote",
    "report",
    "peace",
    "round",
    "state",
    "press",
)


def story(seed: int, words: int = 200) -> str:
    """A text like no other, of words that all texts use."""
    chosen = random.Random(seed)
    return " ".join(f"{chosen.choice(WORDS)}{chosen.choice('abcdefgh')}" for _ in range(words))


REPORT = (
    "Shares of Acme closed {0}% higher at {1} dollars on Monday, while the wider index gained "
    "{2}%. Trading volume was {3} million shares, compared "
    "with a 30-day average of {4} million. Analysts polled have {5} buy ratings on the stock and "
    "see it at {1} dollars."
)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (story(1), CopyVerdict.COPY),
        (story(1).upper().replace(" ", ",  "), CopyVerdict.COPY),
        ("By A. Writer\n" + story(1) + " All rights reserved.", CopyVerdict.COPY),
        (" ".join(story(1).split()[:70]), CopyVerdict.COPY),
        (" ".join(story(1).split()[:45]), CopyVerdict.EXCERPT),
        (story(2), CopyVerdict.OTHER),
        ("", CopyVerdict.OTHER),
        (" ".join(story(1).split()[:20]), CopyVerdict.OTHER),
    ],
)
def test_what_two_texts_are_to_each_other(text: str, verdict: CopyVerdict) -> None:
    """Reprints and excerpts are copies; texts with a few words in common are not.

    The order does not matter.
    """
    assert (
        compare_articles(article_words(story(1)), article_words(text))
        == compare_articles(article_words(text), article_words(story(1)))
        == verdict
    )


def test_the_same_form_with_other_figures_is_no_copy() -> None:
    """Two days' market reports are no copies; a text with one corrected figure is."""
    assert (
        compare_articles(
            article_words(REPORT.format(1.2, 40, 0.3, 12, 11, 7)),
            article_words(REPORT.format(2.4, 41, 0.1, 15, 12, 9)),
        )
        == CopyVerdict.FORM
    )
    assert (
        compare_articles(
            article_words(f"{story(3)} 41 {story(4)}"), article_words(f"{story(3)} 42 {story(4)}")
        )
        == CopyVerdict.COPY
    )


def test_stories_grow_and_join() -> None:
    """An excerpt joins its article; a text of two stories joins both.

    Their number is that of the first article.
    """
    stories = Stories()
    first, second = story(5), story(6)
    assert [
        stories.add(text)
        for text in (first, second, " ".join(first.split()[:60]), REPORT.format(1, 2, 3, 4, 5, 6))
    ] == [0, 1, 0, 3]
    assert list(stories.groups()) == [[0, 2]]
    assert stories.add(f"{first} {second}") == 0
    assert list(stories.groups()) == [[0, 1, 2, 4]]


@examples(40)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), max_size=12))
def test_the_index_finds_what_comparing_everything_finds(chosen: list[tuple[int, int]]) -> None:
    """Whole texts, halves and reordered ones: the stories are those of all pairs."""
    texts = []
    for seed, kind in chosen:
        words = story(seed).split()
        texts.append(" ".join((words, words[:100], words[100:], words[100:] + words[:100])[kind]))
    articles = [article_words(text) for text in texts]
    owner = list(range(len(texts)))
    for later in range(len(texts)):
        for earlier in range(later):
            if compare_articles(articles[earlier], articles[later]).is_copy:
                old, new = max(owner[earlier], owner[later]), min(owner[earlier], owner[later])
                owner = [new if value == old else value for value in owner]
    stories = Stories()
    for text in texts:
        stories.add(text)
    assert [stories.story_of(number) for number in range(len(texts))] == owner


def test_long_texts_are_compared_by_their_beginning() -> None:
    """So no pair takes more than a moment."""
    assert len(article_words("word " * 100_000).words) == MAX_WORDS
