"""Normalise spellings (NFKC, case, accents) and classify characters.

Words are normalised as a whole and never measured afterwards, so an offset always points into the
text as it stands.
"""

import re
from functools import lru_cache
from typing import Final
from unicodedata import category, combining, normalize

from shared.text.writing_systems import LETTERED, SIGNS

LETTER, CAPITAL, DIGIT, MARK, NOTHING, SIGN, OTHER = "a", "A", "0", "m", "z", "c", "-"
"""Classes of characters; besides them there are S and s, and the punctuation of ``_SIGNS``."""

_SIGNS: Final = {
    **dict.fromkeys("'‘’‛ʼ＇", "'"),
    **dict.fromkeys(".．", "."),
    **dict.fromkeys(",，", ","),
    "S": "S",
    "s": "s",
}
_UNSPACED_SIGN: Final = re.compile(f"[{SIGNS}]")
_UNSPACED_LETTER: Final = re.compile(f"[{LETTERED}]")
_HALF_WIDTH_VOICING: Final = "ﾞﾟ"
SUPERSCRIPTS: Final = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")
"""Numbers of footnotes, and no part of a word: Trump² is Trump. Subscripts are: CO₂ is co2."""


class _CharacterClasses(dict[int, str]):
    """The class of each code point, computed on first use; ``str.translate`` reads it."""

    def __missing__(self, code: int) -> str:
        self[code] = kind = _class_of(chr(code))
        return kind


_CLASSES: Final = _CharacterClasses()


def character_classes(text: str) -> str:
    """Return the text with every character replaced by its class: of the same length."""
    return text.translate(_CLASSES)


@lru_cache(maxsize=65_536)
def normalise(text: str) -> str:
    """Return the form in which spellings are compared.

    NFKC, lower case, without accents, soft hyphens and zero-width characters: ü becomes u, ß
    becomes ss.
    """
    if text.isascii():
        return text.lower()
    bare = "".join(c for c in _decompose(text) if not _is_accent(c))
    return normalize("NFC", bare.casefold().replace("ʼ", ""))  # ŉ alone brings one in


@lru_cache(maxsize=65_536)
def normalise_exact(text: str) -> str:
    """Return the form that ``exact()`` compares.

    The text as it is written, but NFKC, with plain apostrophes and without invisible characters.
    """
    return text if text.isascii() else normalize("NFC", _decompose(text))


def is_hangul(character: str) -> bool:
    """Return whether the character is a Hangul syllable or letter."""
    code = ord(character)
    return (
        0xAC00 <= code <= 0xD7FB
        or 0x1100 <= code <= 0x11FF
        or 0x3131 <= code <= 0x318E
        or 0xA960 <= code <= 0xA97C
    )


def _decompose(text: str) -> str:
    """Return the text in NFKD, except for characters that must stay whole.

    Those are the ones that would become more than a word (¼ is 1⁄4) or a mark on the letter before
    (ำ).
    """
    plain = ("'" if _SIGNS.get(c) == "'" else c for c in text if _CLASSES[ord(c)] != NOTHING)
    return "".join(
        apart
        if c not in SUPERSCRIPTS
        and _is_word(apart := normalize("NFKD", c))
        and not _becomes_mark(c, apart)
        else c
        for c in plain
    )


def _becomes_mark(character: str, apart: str) -> bool:
    """Return whether a letter of its own would become a mark on the letter before it."""
    return (
        character.isalpha()
        and character not in _HALF_WIDTH_VOICING
        and category(apart[0])[0] == "M"
    )


def _is_word(text: str) -> bool:
    return all((c.isalnum() and c != "ʼ") or category(c)[0] == "M" for c in text)


def _is_accent(character: str) -> bool:
    """Return whether a character is an accent or vowel point, above or below its letter.

    The voicing marks of Kana and the vowels of Indic scripts and Thai are letters to their readers.
    """
    combining_class = combining(character)
    return combining_class >= 200 or 10 <= combining_class <= 36


def _class_of(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    if _UNSPACED_SIGN.match(character) or (
        character.isalpha() and _UNSPACED_LETTER.match(character)
    ):
        return SIGN
    if character.isspace():
        return (
            "\n"
            if character in "\n\r\x0b\x0c\x85\u2028"
            else "\u2029"
            if character == "\u2029"
            else " "
        )
    group = category(character)
    if group[0] == "M" or character in _HALF_WIDTH_VOICING:
        return MARK
    if group == "Cf":
        return NOTHING
    if character.isalpha():
        return LETTER if character.islower() else CAPITAL
    return DIGIT if character.isalnum() and character not in SUPERSCRIPTS else OTHER
