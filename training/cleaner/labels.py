"""Which blocks of a page are its article: those whose words the true body has. Labels 0 or 1, and how much each block counts in training."""

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
"""A shorter block that a paragraph holds as well is more likely a subhead than a pull quote."""
_LONGEST_WORDS: Final = 200
_SHORTEST_ARTICLE: Final = 50
_PAGE_WEIGHT: Final = 100
_WORDS_OF_ANY: Final = 12
"""A subhead lost or a caption kept is a page that is not exact: short blocks count like longer ones."""

Numbers = NDArray[np.float64]


def labels(texts: Sequence[str], example: Example) -> tuple[Numbers, Numbers]:
    """Label and weight of each block. A summary that the truth leaves open counts for nothing."""
    plain = [_plain(text) for text in texts]
    body, known = _Truth(example), np.zeros(len(texts))
    weights = np.array([body.weight(text) for text in plain])
    for at, text in enumerate(plain):
        known[at] = body.has(text)
    _fill_gaps(plain, known, body)
    _one_of_copies(plain, known, weights, body)
    return known, weights


def page_weights(known: Numbers, weights: Numbers, word_counts: Numbers) -> Numbers:
    """Every page counts alike, a block by its words."""
    total = max(_SHORTEST_ARTICLE, float((word_counts * known).sum()))
    counted: Numbers = (
        weights * (np.minimum(word_counts, _LONGEST_WORDS) + _WORDS_OF_ANY) / total * _PAGE_WEIGHT
    )
    return counted


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
        return (
            _share(text, self.runs) >= _COMMON
            if text.count(" ") + 1 >= _FEW_WORDS
            else text in self.lines
        )

    def weight(self, text: str) -> float:
        if not text:
            return 0.0
        if text in self.subheads:
            return _SUBHEAD_WEIGHT
        in_summary = text.count(" ") + 1 >= _FEW_WORDS and _share(text, self.summary) >= _COMMON
        return 0.0 if in_summary and not self.has(text) else 1.0


def _plain(text: str) -> str:
    return " ".join(words(unicodedata.normalize("NFC", text)))


def _share(text: str, runs: Shingles) -> float:
    own = shingles(text)
    return (own & runs).total() / max(1, own.total())


def _fill_gaps(plain: Sequence[str], known: Numbers, body: _Truth) -> None:
    """A fragment of a word or three between two blocks of the article is the article's, if the truth has it."""
    told = f" {body.text} "
    for at in range(1, len(plain) - 1):
        short = plain[at] and plain[at].count(" ") < _FEW_WORDS - 1
        if short and not known[at] and known[at - 1] and known[at + 1] and f" {plain[at]} " in told:
            known[at] = 1


def _one_of_copies(plain: Sequence[str], known: Numbers, weights: Numbers, body: _Truth) -> None:
    """Of equal blocks, as many are the article's as the truth has beside what longer blocks quote: those among most others of it."""
    told = f" {body.text} "
    labelled = [f" {text} " for text, label in zip(plain, known, strict=True) if label and text]
    paragraphs = [text for text in labelled if len(text) < len(told) / 2]
    for text, count in Counter(labelled).items():
        quoted = (
            sum(text in other for other in paragraphs if len(other) > len(text))
            if text.count(" ") > _QUOTED_WORDS
            else 0
        )
        wanted = max(0 if quoted else 1, told.count(text) - quoted)
        if count > wanted:
            places = [at for at, other in enumerate(plain) if f" {other} " == text and known[at]]
            places.sort(key=lambda at: -known[max(0, at - 3) : at + 4].sum())
            for at in places[wanted:]:
                known[at], weights[at] = 0, weights[at] * _COPY_WEIGHT
