"""One line of text, put in order: the only place that says what white space, a word and sameness are."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from shared.text.writing_systems import LETTERED, SIGNS, UNSPACED

_UNSEEN: Final = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SPACE: Final = re.compile(r"\s+")
_MARKS: Final = "".join(
    chr(code) for code in range(0x0300, 0xFE00) if unicodedata.category(chr(code)).startswith("M")
)
_ELSEWHERE: Final = re.compile("[\u0300-\u1fff\u2e80-\U0010ffff]")
"""What Latin texts have none of: where there is any, marks and scripts without spaces are looked for, which takes longer."""
_WORD: Final = re.compile(r"[^\W_]+")
_NOT_WORD: Final = re.compile(r"[\W_]+")
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
_RUN: Final = 4


def tidy(text: str) -> str:
    """One line as a person reads it: composed (NFC), single spaces, no invisible characters, no broken halves of characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    whole = _SURROGATE.sub("\ufffd", text)
    return _SPACE.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFC", whole))).strip()


def fold(text: str) -> str:
    """The text for comparing only: case, punctuation and width gone. Its offsets mean nothing."""
    if text.isascii():
        return _NOT_WORD.sub(" ", text.lower()).strip()
    folded = unicodedata.normalize("NFKC", text).casefold()
    return (
        (_NEITHER_WORD_NOR_MARK if _ELSEWHERE.search(folded) else _NOT_WORD)
        .sub(" ", folded)
        .strip()
    )


def tokens(text: str) -> list[str]:
    """The words, in order; where no space parts them, each Han or kana character, and what ``unspaced_runs`` says."""
    return (
        list(unspaced_runs(_TOKEN.findall(text)))
        if _ELSEWHERE.search(text)
        else _WORD.findall(text)
    )


def unspaced_runs(words: Iterable[str]) -> Iterator[str]:
    """The words, but of a stretch of Thai, Lao, Burmese or Khmer each run of four characters, overlapping.

    Single letters would not do for comparing: unrelated Thai texts share a sixth of their runs of three letters, and a fiftieth of those of six.
    """
    for word in words:
        if _LETTERED.match(word):
            yield from (word[at : at + _RUN] for at in range(max(1, len(word) - _RUN + 1)))
        else:
            yield word


def is_unspaced(character: str) -> bool:
    """Whether the character belongs to a script that puts no space between words."""
    return bool(_UNSPACED.match(character))


def word_count(text: str) -> int:
    """How many words, as a person would count them in any script."""
    if not _ELSEWHERE.search(text):
        return len(_WORD.findall(text))
    signs, lettered = len(_SIGN.findall(text)), len(_LETTERED.findall(text))
    spaced = sum(not _UNSPACED.match(word) for word in _TOKEN.findall(text))
    return spaced + (signs + 1) // _SIGNS_A_WORD + (lettered + 3) // _LETTERED_A_WORD
