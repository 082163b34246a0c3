"""Phrases, sets, repeats, trees and bounds, against slow versions or by example."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cleaner.page.blocks import boosted_trees
from services.cleaner.page.blocks.features.block_features import BLOCK_FEATURES, WORDS
from services.cleaner.page.blocks.features.matrix import FEATURES
from services.cleaner.page.blocks.hash_sets import contains, hash_set, number_hashes
from services.cleaner.page.blocks.other_articles import find_other_articles
from services.cleaner.page.blocks.repeats import find_repeats
from services.cleaner.page.blocks.smoothing import smooth_probabilities
from services.cleaner.page.blocks.walk.bounds import refuse_hostile
from services.cleaner.page.blocks.walk.characters import characters
from services.cleaner.page.blocks.walk.phrases import build_automaton, match_phrases
from services.cleaner.page.blocks.words import words_of
from services.cleaner.page.page_blocks import walk_page
from services.cleaner.page.parse import code_points, parse_page
from shared.base.outcomes import InvalidMessage
from tests.hypothesis_profiles import examples

words = st.text(alphabet="abc", min_size=1, max_size=3)
hashes = st.lists(st.integers(1, 15).map(lambda value: value * 2**59 + 2), max_size=60)


@examples(200)
@given(st.lists(st.lists(words, max_size=4), min_size=1, max_size=4), st.lists(words, max_size=6))
def test_the_automaton_finds_what_a_search_for_each_phrase_finds(
    lists: list[list[str]], text: list[str]
) -> None:
    """It finds parts of words, whole words and beginnings, whatever suffixes they share."""
    spellings = [
        [*phrases, *(f" {phrase} " for phrase in phrases), *(f"^ {phrase}" for phrase in phrases)]
        for phrases in lists
    ]
    parse_model = "^ " + "".join(f"{word} " for word in text)
    expected = sum(
        1 << bit
        for bit, phrases in enumerate(spellings)
        if any(phrase in parse_model for phrase in phrases)
    )
    line = code_points("-".join(text))
    assert (
        match_phrases(build_automaton(spellings), characters().symbols, line, 0, line.size)
        == expected
    )


@pytest.mark.parametrize("name", ["articleBody", "article-body", "x article_body", "ARTICLE body"])
def test_a_name_is_found_however_its_words_are_joined(name: str) -> None:
    """Words are joined by capitals, hyphens, underscores or not at all."""
    line = code_points(name)
    assert (
        match_phrases(build_automaton([["article_body"]]), characters().symbols, line, 0, line.size)
        == 1
    )


@examples(100)
@given(hashes, hashes)
def test_sets_of_hashes_are_sets(inside: list[int], queries: list[int]) -> None:
    """A set contains what was added and nothing else.

    Equal hashes have the same number, in the order of their first occurrence.
    """
    table = hash_set(np.array(inside, np.uint64))
    assert [bool(contains(table, np.uint64(value))) for value in queries] == [
        value in inside for value in queries
    ]
    order = list(dict.fromkeys(inside))
    assert number_hashes(np.array(inside, np.uint64)).tolist() == [
        order.index(value) for value in inside
    ]


def test_words_are_told_apart_in_every_script() -> None:
    """Words end at white space and signs, or are single characters; case does not count."""
    line = code_points("Don't stop. 東京 STOP")
    code = words_of(line, np.array([0, line.size], np.int32), characters()).code
    assert code.size == 6
    assert code[2] == code[5] != code[3]


def repeats_of(html: str) -> list[bool]:
    page = walk_page(parse_page(html))
    repeats: list[bool] = find_repeats(
        page.words, np.ones(len(page.texts), np.bool_), page.blocks.element, page.elements
    ).tolist()
    return repeats


QUOTE = "we shall go on until the very last of them has come home"
PARTS = [
    f"Part {name} of the story has words enough to be told from every other part of {name}, and "
    "ends"
    " here."
    for name in ("one", "two", "three")
]


def test_a_block_that_says_a_longer_one_again_is_found() -> None:
    """A pull quote and the second copy of a paragraph are repeats; a short refrain is not."""
    paragraph = f"<p>He said: {QUOTE}, and left.</p>"
    assert repeats_of(f"<p>{QUOTE}</p>{paragraph}<div>{paragraph}</div><p>go on until</p>") == [
        True,
        False,
        True,
        False,
    ]


def test_neighbours_that_are_made_alike_repeat_nothing() -> None:
    """Steps of a recipe may be equal; the same list below the article is a copy."""
    steps = f"<ol><li>{QUOTE}</li><li>{QUOTE}</li></ol>"
    assert repeats_of(steps) == [False, False]
    assert repeats_of(steps + f"<div>{steps}</div>") == [False, False, True, True]


def test_a_copy_in_one_block_gives_way_to_the_paragraphs() -> None:
    """A second copy of the whole article in one block is dropped.

    A block of two paragraphs out of three is no copy.
    """
    paragraphs, whole = "".join(f"<p>{part}</p>" for part in PARTS), " ".join(PARTS)
    assert repeats_of(f"{paragraphs}<div>{whole}</div>") == [False, False, False, True]
    assert repeats_of(f"<p>{PARTS[0]}</p><div>{whole}</div>") == [True, False]


def test_short_blocks_that_are_made_alike_are_decided_together() -> None:
    """Blocks in doubt get the mean log odds of their kind.

    They are between the first and the last likely block; long blocks, sure ones and others do not
    change.
    """
    probabilities = np.array([0.4, 0.9, 0.4, 0.8, 0.6, 0.9, 0.4])
    structure = np.array([7, 1, 7, 7, 7, 1, 7], np.uint64)
    block_features = np.zeros((7, len(BLOCK_FEATURES)), np.float32)
    block_features[:, WORDS] = [5, 50, 5, 5, 50, 50, 5]
    odds = np.log(probabilities / (1 - probabilities))
    mean = 1 / (1 + np.exp(-odds[2:4].mean()))
    assert smooth_probabilities(probabilities, structure, block_features) == pytest.approx(
        [0.4, 0.9, mean, 0.8, 0.6, 0.9, 0.4]
    )
    assert smooth_probabilities(np.zeros(0), structure[:0], block_features[:0]).size == 0


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<article><h1>A</h1><p>one</p></article><article><h1>B</h1><p>two</p></article>",
            [False, False, True, True],
        ),
        (
            "<h1>A</h1><article><p>one</p></article><article><p>two</p></article>",
            [False, False, False],
        ),
        (
            (
                "<article><h1>A</h1><p>one</p><article><h2>B</h2><p>two</p></article></article><p>"
                "three</p>"
            ),
            [False] * 5,
        ),
    ],
)
def test_the_next_story_of_an_endless_page_is_another_article(
    html: str, expected: list[bool]
) -> None:
    """It has an article element of its own.

    The entries of a live blog below their headline, and nested elements, are no other articles.
    """
    page = walk_page(parse_page(html))
    assert (
        find_other_articles(
            page.blocks.element, page.elements, np.ones(len(expected), np.bool_)
        ).tolist()
        == expected
    )


def slow_odds(model: boosted_trees.BoostedTrees, member: int, row: list[float]) -> float:
    odds = 0.0
    for root in model.root[member]:
        node = int(root)
        while model.height[node]:
            node = int(
                model.following[
                    node, int(np.float32(row[model.feature[node]]) > model.threshold[node])
                ]
            )
        odds += float(model.value[node])
    return odds


def test_the_shipped_weights_fit_the_features_and_are_evaluated_as_written() -> None:
    """Compiled and slow evaluation agree, and contributions add up to the odds.

    The first model decides, or the mean of all where it is in doubt.
    """
    model = boosted_trees.load_model()
    matrix = np.random.default_rng(1).normal(0, 3, (200, len(FEATURES))).astype(np.float32)
    votes = np.array(
        [
            [slow_odds(model, member, row.tolist()) for member in range(len(model.root))]
            for row in matrix
        ]
    )
    first = votes[:, 0]
    assert 0 < np.count_nonzero(np.abs(first) < 2) < first.size
    odds = np.where(np.abs(first) < 2, votes.mean(axis=1), first)
    assert boosted_trees.probabilities(model, matrix) == pytest.approx(
        1 / (1 + np.exp(-odds)), abs=1e-12
    )
    base = float(model.value[model.root[0]].sum())
    assert [
        base + boosted_trees.contributions(model, row).sum() for row in matrix
    ] == pytest.approx(first.tolist(), abs=1e-6)
    moved = [
        boosted_trees.contributions(model, row) * sign
        for row, sign in zip(matrix, np.sign(first - base), strict=True)
    ]
    assert [
        names.split(", ")[0] for names in boosted_trees.explain_scores(model, matrix, range(200))
    ] == [FEATURES[int(row.argmax())] for row in moved]


def test_weights_for_other_features_are_refused() -> None:
    """The error says what to do."""
    with pytest.raises(ValueError, match="make train-cleaner"):
        boosted_trees.parse_model({"features": ["something else"]})


@pytest.mark.parametrize(
    "hostile", ["<div>" * 100_000, "<p " + "a b " * 10_000 + ">", "<br>" * 110_000, "x" * 2_100_000]
)
def test_a_page_that_no_parser_gets_through_is_refused_at_once(hostile: str) -> None:
    """Extreme nesting, attributes or text give a dead letter, not minutes of work."""
    with pytest.raises(InvalidMessage, match="no article"):
        refuse_hostile(np.frombuffer(hostile.encode(), np.uint8))


@pytest.mark.parametrize(
    "honest",
    [
        "<p>x" * 20_000,
        "<script>" + "if(a<b)c=1; " * 50_000 + "</script>",
        f'<div data-x="{"a b " * 50_000}">',
    ],
)
def test_long_pages_are_no_hostile_ones(honest: str) -> None:
    """Open paragraphs, long scripts and long values cost a parser little."""
    refuse_hostile(np.frombuffer(honest.encode(), np.uint8))
