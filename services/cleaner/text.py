"""One line of text, put in order: the only place that says what white space, a word and sameness are."""

import re
import unicodedata
from typing import Final

_UNSEEN: Final = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SPACE: Final = re.compile(r"\s+")
_NOT_WORD: Final = re.compile(r"[\W_]+")
UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Scripts that put no space between words (Thai, Lao, Burmese, Khmer, kana, Han), as the inside of a character class."""
_SINGLE: Final = re.compile(f"[{UNSPACED}]")
_TOKEN: Final = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
_CHARACTERS_A_WORD: Final = 2
"""About two Han, kana or Thai characters make what another script writes as one word."""


def tidy(text: str) -> str:
    """One line as a person reads it: composed (NFC), single spaces, no invisible characters, no broken halves of characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    whole = _SURROGATE.sub("\ufffd", text)
    return _SPACE.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFC", whole))).strip()


def fold(text: str) -> str:
    """The text for comparing only: case, punctuation and width gone. Its offsets mean nothing."""
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def tokens(text: str) -> list[str]:
    """The words, in order; each character by itself in a script that writes without spaces."""
    return _TOKEN.findall(text)


def is_unspaced(character: str) -> bool:
    """Whether the character belongs to a script that puts no space between words."""
    return bool(_SINGLE.match(character))


def word_count(text: str) -> int:
    """How many words, as a person would count them in any script."""
    single = len(_SINGLE.findall(text))
    return len(tokens(text)) - single + (single + 1) // _CHARACTERS_A_WORD
