"""Phrases, sets, repeats, trees and bounds: each compiled part against a slow and obvious version or by example."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cleaner.page.blocks import trees
from services.cleaner.page.blocks.bounds import refuse_hostile
from services.cleaner.page.blocks.characters import characters
from services.cleaner.page.blocks.features import FEATURES
from services.cleaner.page.blocks.phrases import automaton, spotted
from services.cleaner.page.blocks.repeats import repeated
from services.cleaner.page.blocks.sets import hash_set, holds, numbered
from services.cleaner.page.blocks.words import words_of
from services.cleaner.page.parse import parsed, points
from services.cleaner.page.walked import walked
from shared.outcomes import InvalidMessage

words = st.text(alphabet="abc", min_size=1, max_size=3)
hashes = st.lists(st.integers(1, 15).map(lambda value: value * 2**59 + 2), max_size=60)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(words, max_size=4), min_size=1, max_size=4), st.lists(words, max_size=6))
def test_the_automaton_finds_what_a_search_for_each_phrase_finds(lists: list[list[str]], text: list[str]) -> None:
    """Parts of words, whole words and beginnings, whatever suffixes they share."""
    spelt = [[*phrases, *(f" {phrase} " for phrase in phrases), *(f"^ {phrase}" for phrase in phrases)] for phrases in lists]
    read = "^ " + "".join(f"{word} " for word in text)
    expected = sum(1 << bit for bit, phrases in enumerate(spelt) if any(phrase in read for phrase in phrases))
    line = points("-".join(text))
    assert spotted(automaton(spelt), characters().symbols, line, 0, line.size) == expected


@pytest.mark.parametrize("name", ["articleBody", "article-body", "x article_body", "ARTICLE body"])
def test_a_name_is_found_however_its_words_are_joined(name: str) -> None:
    """By capitals, hyphens, underscores or not at all."""
    line = points(name)
    assert spotted(automaton([["article_body"]]), characters().symbols, line, 0, line.size) == 1


@settings(max_examples=100, deadline=None)
@given(hashes, hashes)
def test_sets_of_hashes_are_sets(inside: list[int], asked: list[int]) -> None:
    """What was put in is found, nothing else is, and equal hashes have the same number in the order of their coming."""
    table = hash_set(np.array(inside, np.uint64))
    assert [bool(holds(table, np.uint64(value))) for value in asked] == [value in inside for value in asked]
    order = list(dict.fromkeys(inside))
    assert numbered(np.array(inside, np.uint64)).tolist() == [order.index(value) for value in inside]


def test_words_are_told_apart_in_every_script() -> None:
    """By white space and signs, or character by character; case does not count."""
    line = points("Don't stop. 東京 STOP")
    code = words_of(line, np.array([0, line.size], np.int32), characters()).code
    assert code.size == 6
    assert code[2] == code[5] != code[3]


def test_a_block_that_says_a_longer_one_again_is_found() -> None:
    """A pull quote and the second copy of a paragraph; a short refrain is not."""
    quote = "we shall go on until the very last of them has come home"
    page = walked(parsed(f"<p>{quote}</p><p>He said: {quote}, and left.</p><p>He said: {quote}, and left.</p><p>go on until</p>"))
    kept = np.ones(4, np.bool_)
    assert repeated(page.words, kept).tolist() == [True, False, True, False]


def slow(model: trees.Trees, row: list[float]) -> float:
    odds = 0.0
    for root in model.root:
        node = int(root)
        while model.feature[node] != trees.LEAF:
            node = int(model.following[node, int(np.float32(row[model.feature[node]]) > model.threshold[node])])
        odds += float(model.value[node])
    return float(1 / (1 + np.exp(-odds)))


def test_the_shipped_weights_fit_the_features_and_are_evaluated_as_written() -> None:
    """Their document names the features of the code; compiled and slow evaluation agree; contributions add up to the odds."""
    model = trees.shipped()
    matrix = np.random.default_rng(1).normal(0, 3, (20, len(FEATURES))).astype(np.float32)
    given_ = trees.probabilities(model, matrix)
    assert given_ == pytest.approx([slow(model, row.tolist()) for row in matrix], abs=1e-12)
    odds = np.log(given_ / (1 - given_))
    base = float(model.value[model.root].sum())
    assert [base + trees.contributions(model, row).sum() for row in matrix] == pytest.approx(odds.tolist(), abs=1e-6)
    moved = [trees.contributions(model, row) * sign for row, sign in zip(matrix, np.sign(odds - base), strict=True)]
    assert [names.split(", ")[0] for names in trees.telling(model, matrix, range(20))] == [FEATURES[int(row.argmax())] for row in moved]


def test_weights_for_other_features_are_refused() -> None:
    """With words that say what to do."""
    with pytest.raises(ValueError, match="make train-cleaner"):
        trees.read({"features": ["something else"]})


@pytest.mark.parametrize("hostile", ["<div>" * 100_000, "<p " + "a b " * 50_000 + ">", "<br>" * 110_000])
def test_a_page_that_no_parser_gets_through_is_refused_at_once(hostile: str) -> None:
    """Nesting and attributes beyond every measure: a dead letter, not minutes of work."""
    with pytest.raises(InvalidMessage, match="no article's page has"):
        refuse_hostile(np.frombuffer(hostile.encode(), np.uint8))


@pytest.mark.parametrize("honest", ["<p>x" * 20_000, "<script>" + "if(a<b)c=1; " * 50_000 + "</script>", f'<div data-x="{"a b " * 50_000}">'])
def test_long_pages_are_no_hostile_ones(honest: str) -> None:
    """Open paragraphs, long scripts and long values cost a parser little."""
    refuse_hostile(np.frombuffer(honest.encode(), np.uint8))
