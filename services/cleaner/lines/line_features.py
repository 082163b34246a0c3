"""Features of a line by itself, and of what it has in common with the lines of its text.

Only the hints depend on a language.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.cleaner.lines.line_types import (
    TextLine,
    ends_like_sentence,
    ends_with_full_stop,
    is_paragraph,
)
from services.cleaner.lines.vocabulary import HINTS
from services.cleaner.text.characters import normalise, tokens

LINE_FEATURES: Final = (
    *("words", "characters", "word length", "under four words"),
    *("ends like a sentence", "ends as a statement", "begins with a quote", "paragraph", "listed"),
    *("commas", "capitalised", "capitals", "digits", "signs"),
    *("sentence breaks", "separators", "quotes"),
    *("copies", "common words", "words of others"),
    *(f"speaks of {hint}" for hint in HINTS),
)
"""Names of the columns, in order. Weights files name them: renaming one is a change of both."""
_FEW_WORDS: Final = 4
_LONG_LINE_WORDS: Final = 12
_MAX_COMMON_WORDS: Final = 60
_COMMON_CHARACTERS: Final = 4
_SENTENCE_BREAK: Final = re.compile(r"[.!?] |[。！？]")
_SEPARATOR: Final = re.compile(r"[|›»]")
_QUOTE: Final = re.compile('["“„«»‚‘「『]')
_COMMA: Final = re.compile("[,、،，]")
_SIGN: Final = re.compile(r"[^\w\s]|_")
_DIGIT: Final = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class TextStatistics:
    """What the lines of a text have in common.

    ``words`` of each line in lower case; each line ``normalised``, and how many ``copies`` of it
    there are. ``common``: the short words that the text uses most (articles, prepositions), which
    menus lack. ``long_line_words``: in how many long lines a word is.
    """

    words: list[list[str]]
    normalised: list[str]
    copies: Counter[str]
    common: frozenset[str]
    long_line_words: Counter[str]


def text_statistics(lines: Sequence[TextLine]) -> TextStatistics:
    """Return the statistics of all lines of a text."""
    words = [tokens(line.text.lower()) for line in lines]
    counts = Counter(word for line_words in words for word in line_words)
    common = frozenset(
        word for word, _ in counts.most_common(_MAX_COMMON_WORDS) if len(word) <= _COMMON_CHARACTERS
    )
    long_line_words = Counter(
        word
        for line_words in words
        if len(line_words) >= _LONG_LINE_WORDS
        for word in set(line_words)
        if len(word) >= _COMMON_CHARACTERS
    )
    normalised = [normalise(line.text) for line in lines]
    return TextStatistics(words, normalised, Counter(normalised), common, long_line_words)


def line_features(lines: Sequence[TextLine]) -> tuple[list[list[float]], TextStatistics]:
    """Return a row a line, and the statistics that the rows were made with."""
    text = text_statistics(lines)
    rows = [
        [
            *_size(line.text, words),
            *_form(line),
            *_shares(line.text, max(1, len(words))),
            *_counts(line.text),
            *_in_common(words, normalised, text),
        ]
        for line, words, normalised in zip(lines, text.words, text.normalised, strict=True)
    ]
    return rows, text


def _size(text: str, words: Sequence[str]) -> Iterator[float]:
    yield math.log1p(len(words))
    yield math.log1p(len(text))
    yield sum(map(len, words)) / max(1, len(words))
    yield len(words) < _FEW_WORDS


def _form(line: TextLine) -> Iterator[bool]:
    yield ends_like_sentence(line.text)
    yield ends_with_full_stop(line.text)
    yield bool(_QUOTE.match(line.text))
    yield is_paragraph(line)
    yield line.is_list_item


def _shares(text: str, count: int) -> Iterator[float]:
    words = tokens(text)
    yield len(_COMMA.findall(text)) / count
    yield sum(word[0].isupper() for word in words) / count
    yield sum(len(word) > 1 and word.isupper() for word in words) / count
    yield len(_DIGIT.findall(text)) / max(1, len(text))
    yield len(_SIGN.findall(text)) / max(1, len(text))


def _counts(text: str) -> Iterator[float]:
    yield len(_SENTENCE_BREAK.findall(text))
    yield len(_SEPARATOR.findall(text))
    yield len(_QUOTE.findall(text))


def _in_common(words: Sequence[str], normalised: str, text: TextStatistics) -> Iterator[float]:
    count = max(1, len(words))
    yield text.copies[normalised] - 1
    yield sum(word in text.common for word in words) / count
    yield sum(text.long_line_words[word] > 1 for word in words) / count
    padded = f" {normalised} "
    yield from (bool(hint.search(padded)) for hint in HINTS.values())
