"""What a line looks like by itself, in numbers, and what it has in common with its text. No language is asked for but by the hints."""

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
from services.cleaner.text.characters import fold, tokens

LOOKS: Final = (
    *("words", "characters", "word length", "under four words"),
    *("ends like a sentence", "ends as a statement", "begins with a quote", "paragraph", "listed"),
    *("commas", "capitalised", "capitals", "digits", "signs"),
    *("sentence breaks", "separators", "quotes"),
    *("copies", "common words", "words of others"),
    *(f"speaks of {hint}" for hint in HINTS),
)
"""Names of the columns, in order."""
_FEW_WORDS: Final = 4
_LONG_LINE_WORDS: Final = 12
_MOST_COMMON: Final = 60
_COMMON_CHARACTERS: Final = 4
_SENTENCE_BREAK: Final = re.compile(r"[.!?] |[。！？]")
_SEPARATOR: Final = re.compile(r"[|›»]")
_QUOTE: Final = re.compile('["“„«»‚‘「『]')
_COMMA: Final = re.compile("[,、،，]")
_SIGN: Final = re.compile(r"[^\w\s]|_")
_DIGIT: Final = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Shared:
    """What the lines of a text have in common: each line's words, folded line by line and how often, ``common`` and ``told`` words.

    ``common`` are the short words that the text uses most (articles, prepositions), which menus lack; ``told``: in how many long lines a
    word is.
    """

    words: list[list[str]]
    folded: list[str]
    copies: Counter[str]
    common: frozenset[str]
    told: Counter[str]


def shared(lines: Sequence[TextLine]) -> Shared:
    """Of all lines of a text; words are in lower case."""
    words = [tokens(line.text.lower()) for line in lines]
    counted = Counter(word for each in words for word in each)
    common = frozenset(
        word for word, _ in counted.most_common(_MOST_COMMON) if len(word) <= _COMMON_CHARACTERS
    )
    told = Counter(
        word
        for each in words
        if len(each) >= _LONG_LINE_WORDS
        for word in set(each)
        if len(word) >= _COMMON_CHARACTERS
    )
    folded = [fold(line.text) for line in lines]
    return Shared(words, folded, Counter(folded), common, told)


def looks(lines: Sequence[TextLine]) -> tuple[list[list[float]], Shared]:
    """A row a line, and what the rows were made with."""
    text = shared(lines)
    rows = [
        [
            *_size(line.text, words),
            *_form(line),
            *_shares(line.text, max(1, len(words))),
            *_counts(line.text),
            *_common(words, folded, text),
        ]
        for line, words, folded in zip(lines, text.words, text.folded, strict=True)
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
    yield line.listed


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


def _common(words: Sequence[str], folded: str, text: Shared) -> Iterator[float]:
    count = max(1, len(words))
    yield text.copies[folded] - 1
    yield sum(word in text.common for word in words) / count
    yield sum(text.told[word] > 1 for word in words) / count
    joined = f" {folded} "
    yield from (bool(hint.search(joined)) for hint in HINTS.values())
