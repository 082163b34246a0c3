"""Label the blocks of a page: those whose words the true body has are its article.

A label is 0 or 1; a weight says how much a block counts in training.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.cleaner.examples import Example
from training.cleaner.score import Shingles, shingles, words

_COMMON: Final = 0.5
_FEW_WORDS: Final = 4
_SUBHEAD_WEIGHT: Final = 0.3
_COPY_WEIGHT: Final = 0.3
_QUOTED_WORDS: Final = 8
"""A shorter block that a paragraph has as well is more likely a subhead than a pull quote."""
_MAX_WORDS: Final = 200
_MIN_ARTICLE_WORDS: Final = 50
_PAGE_WEIGHT: Final = 100
_WORDS_OF_ANY: Final = 12
"""A lost subhead or an added caption makes a page inexact: short blocks count like longer ones."""

Numbers = NDArray[np.float64]


def label_blocks(texts: Sequence[str], example: Example) -> tuple[Numbers, Numbers]:
    """Return label and weight of each block.

    A summary that the truth leaves open has no weight.
    """
    plain = [_plain(text) for text in texts]
    truth, labels = _Truth(example), np.zeros(len(texts))
    weights = np.array([truth.weight(text) for text in plain])
    for index, text in enumerate(plain):
        labels[index] = truth.has(text)
    _fill_gaps(plain, labels, truth)
    _choose_copies(plain, labels, weights, truth)
    return labels, weights


def page_weights(labels: Numbers, weights: Numbers, word_counts: Numbers) -> Numbers:
    """Return the weights so that every page counts alike, and a block by its words."""
    total = max(_MIN_ARTICLE_WORDS, float((word_counts * labels).sum()))
    words_counted = np.minimum(word_counts, _MAX_WORDS) + _WORDS_OF_ANY
    result: Numbers = weights * words_counted / total * _PAGE_WEIGHT
    return result


class _Truth:
    def __init__(self, example: Example) -> None:
        lines = [
            (kind, _plain(line))
            for kind, text in example.lines
            for line in text.split("\n")
            if line.strip()
        ]
        self.lines = {text for kind, text in lines if kind == "p"}
        self.subheads = {text for kind, text in lines if kind == "subhead"}
        self.text = " ".join(text for kind, text in lines if kind == "p")
        self.runs = shingles(self.text)
        self.summary = shingles(" ".join(text for kind, text in lines if kind == "summary"))

    def has(self, text: str) -> bool:
        if text in self.subheads:
            return True
        if text.count(" ") + 1 < _FEW_WORDS:
            return text in self.lines
        return _share(text, self.runs) >= _COMMON

    def weight(self, text: str) -> float:
        if not text:
            return 0.0
        if text in self.subheads:
            return _SUBHEAD_WEIGHT
        is_long = text.count(" ") + 1 >= _FEW_WORDS
        in_summary = is_long and _share(text, self.summary) >= _COMMON
        return 0.0 if in_summary and not self.has(text) else 1.0


def _plain(text: str) -> str:
    return " ".join(words(unicodedata.normalize("NFC", text)))


def _share(text: str, runs: Shingles) -> float:
    own = shingles(text)
    return (own & runs).total() / max(1, own.total())


def _fill_gaps(plain: Sequence[str], labels: Numbers, truth: _Truth) -> None:
    """Label fragments between two blocks of the article as its own, if the truth has them.

    A fragment has no more than three words.
    """
    story = f" {truth.text} "
    for index in range(1, len(plain) - 1):
        short = plain[index] and plain[index].count(" ") < _FEW_WORDS - 1
        is_between = labels[index - 1] and labels[index + 1]
        if short and not labels[index] and is_between and f" {plain[index]} " in story:
            labels[index] = 1


def _choose_copies(plain: Sequence[str], labels: Numbers, weights: Numbers, truth: _Truth) -> None:
    """Of equal blocks, label only as many as the truth has besides what longer blocks quote.

    They are those with the most labelled blocks around them.
    """
    story = f" {truth.text} "
    texts = [f" {text} " for text, label in zip(plain, labels, strict=True) if label and text]
    paragraphs = [text for text in texts if len(text) < len(story) / 2]
    for text, count in Counter(texts).items():
        quotes = 0
        if text.count(" ") > _QUOTED_WORDS:
            longer = (paragraph for paragraph in paragraphs if len(paragraph) > len(text))
            quotes = sum(text in paragraph for paragraph in longer)
        copies = max(0 if quotes else 1, story.count(text) - quotes)
        if count > copies:
            places = [
                index for index, block in enumerate(plain) if f" {block} " == text and labels[index]
            ]
            places.sort(key=lambda index: -labels[max(0, index - 3) : index + 4].sum())
            for index in places[copies:]:
                labels[index], weights[index] = 0, weights[index] * _COPY_WEIGHT
