"""One line of text, tidied: the only place that defines white space, words and sameness."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from shared.text.writing_systems import LETTERED, SIGNS, UNSPACED

_INVISIBLE: Final = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_MARKS: Final = "".join(
    chr(code) for code in range(0x0300, 0xFE00) if unicodedata.category(chr(code)).startswith("M")
)
_NOT_LATIN: Final = re.compile("[\u0300-\u1fff\u2e80-\U0010ffff]")
"""What Latin texts do not have: only where there is any, marks and scripts without spaces are
searched for, which takes longer."""
_WORD: Final = re.compile(r"[^\W_]+")
_NOT_WORD: Final = re.compile(r"[\W_]+")
_ASCII_SIGNS: Final = {code: " " for code in range(128) if not chr(code).isalnum()}
_NEITHER_WORD_NOR_MARK: Final = re.compile(rf"(?:[^\w{_MARKS}]|_)+")
_SIGN: Final = re.compile(f"[{SIGNS}]")
_LETTERED: Final = re.compile(f"[{LETTERED}]")
_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_TOKEN: Final = re.compile(
    rf"[{SIGNS}]|[{LETTERED}]+|[^\W_{UNSPACED}](?:[^\W_{UNSPACED}]|[{_MARKS}])*"
)
_SIGNS_A_WORD: Final = 2
_LETTERED_A_WORD: Final = 4
"""About so many characters make what another script writes as one word."""
_RUN_CHARACTERS: Final = 4
_SHORT: Final = 300


def tidy(text: str) -> str:
    """Return one line as a person reads it.

    It is composed (NFC), has single spaces, no invisible characters and no halves of surrogate
    pairs.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = _INVISIBLE.sub("", _SURROGATE.sub("\ufffd", text))
    return " ".join(text.split())


def normalise(text: str) -> str:
    """Return the text for comparisons, without case, punctuation and width.

    Its offsets are not those of the text.
    """
    return _normalise_short(text) if len(text) <= _SHORT else _normalise(text)


def _normalise(text: str) -> str:
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII_SIGNS).split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    pattern = _NEITHER_WORD_NOR_MARK if _NOT_LATIN.search(folded) else _NOT_WORD
    return pattern.sub(" ", folded).strip()


_normalise_short = lru_cache(maxsize=512)(_normalise)
"""A page's titles are compared with each other again and again."""


def tokens(text: str) -> list[str]:
    """Return the words in order.

    Of scripts without spaces, these are Han and kana characters and ``split_unspaced_runs``.
    """
    if not _NOT_LATIN.search(text):
        return _WORD.findall(text)
    return list(split_unspaced_runs(_TOKEN.findall(text)))


def split_unspaced_runs(words: Iterable[str]) -> Iterator[str]:
    """Yield the words; of a stretch of Thai, Lao, Burmese or Khmer, overlapping runs of characters.

    Runs have four characters, because shorter ones would not do for comparisons: unrelated Thai
    texts share a sixth of their runs of three letters, and a fiftieth of those of six.
    """
    for word in words:
        if _LETTERED.match(word):
            starts = range(max(1, len(word) - _RUN_CHARACTERS + 1))
            yield from (word[start : start + _RUN_CHARACTERS] for start in starts)
        else:
            yield word


def is_unspaced(character: str) -> bool:
    """Return whether the character's script puts no spaces between words."""
    return bool(_UNSPACED.match(character))


def word_count(text: str) -> int:
    """Return how many words a person would count, in any script."""
    if not _NOT_LATIN.search(text):
        return len(_WORD.findall(text))
    signs, lettered = len(_SIGN.findall(text)), len(_LETTERED.findall(text))
    spaced = sum(not _UNSPACED.match(word) for word in _TOKEN.findall(text))
    return spaced + (signs + 1) // _SIGNS_A_WORD + (lettered + 3) // _LETTERED_A_WORD


def word_overlap(first: str, second: str) -> float:
    """Return which share of the words of two normalised texts both have, from 0 to 1."""
    left, right = set(tokens(first)), set(tokens(second))
    return len(left & right) / max(1, len(left | right))
